package org.tunic.ledger.header;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tunic.ledger.consensus.RejectedException;
import org.tunic.ledger.params.Activation;
import org.tunic.ledger.params.ChainParams;
import org.tunic.ledger.pow.Target;
import org.tunic.ledger.primitive.BlockHeader;
import org.tunic.ledger.primitive.Hash256;

/**
 * All headers that follow the rules, and the one with most work behind it.
 *
 * <p>A chain of headers is judged with two headers at hand: bits come from the parent's height and
 * time, so that whoever makes up a chain has done the work of it. What is cheap is checked first
 * where the proof of work is expensive.
 *
 * <p>Of two chains with the same work the one that was seen first is kept.
 *
 * <p>Threads: the thread of the chain.
 */
public final class HeaderTree {
  private final ChainParams params;
  private final Map<Hash256, HeaderEntry> entries = new HashMap<>();
  private final HeaderEntry genesis;
  private HeaderEntry best;

  /** A tree of genesis alone. */
  public HeaderTree(ChainParams params) {
    this.params = params;
    BlockHeader first = params.genesis().header();
    this.genesis = new HeaderEntry(first, params.limit().work(), null);
    this.best = genesis;
    entries.put(first.hash(), genesis);
  }

  /** The first block. */
  public HeaderEntry genesis() {
    return genesis;
  }

  /** The end of the chain with most work that is not known to be invalid. */
  public HeaderEntry best() {
    return best;
  }

  /** The entry of a hash. */
  public Optional<HeaderEntry> find(Hash256 hash) {
    return Optional.ofNullable(entries.get(hash));
  }

  /** Headers known. */
  public int size() {
    return entries.size();
  }

  /**
   * Takes a header, or finds it.
   *
   * @param nowSeconds the clock's
   * @return the entry, new or old
   * @throws RejectedException with Bitcoin Core's words; {@code duplicate-invalid} for one that is
   *     known and bad
   */
  public HeaderEntry accept(BlockHeader header, long nowSeconds) throws RejectedException {
    HeaderEntry known = entries.get(header.hash());
    if (known != null) {
      if (known.state() == HeaderEntry.State.INVALID) {
        throw RejectedException.invalid("duplicate-invalid");
      }
      return known;
    }
    boolean lateWork = params.pow().isExpensive();
    if (!lateWork) {
      checkWork(header);
    }
    HeaderEntry parent = entries.get(header.previous());
    if (parent == null) {
      throw new RejectedException(RejectedException.Kind.MISSING_PREVIOUS, "prev-blk-not-found");
    }
    if (parent.state() == HeaderEntry.State.INVALID) {
      throw RejectedException.invalid("bad-prevblk");
    }
    checkPlace(header, parent, nowSeconds);
    if (lateWork) {
      checkWork(header);
    }
    return insert(header, parent);
  }

  /**
   * Takes a header that was accepted before this start, without judging it again.
   *
   * @throws RejectedException if its parent is missing: what was stored is not whole
   */
  public HeaderEntry restore(BlockHeader header) throws RejectedException {
    HeaderEntry known = entries.get(header.hash());
    if (known != null) {
      return known;
    }
    HeaderEntry parent = entries.get(header.previous());
    if (parent == null) {
      throw new RejectedException(RejectedException.Kind.MISSING_PREVIOUS, "prev-blk-not-found");
    }
    return insert(header, parent);
  }

  /** Finds the best again after states were restored. */
  public void refreshBest() {
    best = genesis;
    for (HeaderEntry entry : entries.values()) {
      if (entry.state() != HeaderEntry.State.INVALID
          && entry.chainWork().compareTo(best.chainWork()) > 0) {
        best = entry;
      }
    }
  }

  private HeaderEntry insert(BlockHeader header, HeaderEntry parent) throws RejectedException {
    Target target =
        Target.ofBits(header.bits()).orElseThrow(() -> RejectedException.invalid("high-hash"));
    HeaderEntry entry = new HeaderEntry(header, target.work(), parent);
    entries.put(header.hash(), entry);
    if (entry.chainWork().compareTo(best.chainWork()) > 0) {
      best = entry;
    }
    return entry;
  }

  private void checkWork(BlockHeader header) throws RejectedException {
    Optional<Target> target = Target.ofBits(header.bits());
    if (target.isEmpty()
        || target.get().value().compareTo(params.limit().value()) > 0
        || !target.get().isMetBy(params.pow().hash(header))) {
      throw RejectedException.invalid("high-hash");
    }
  }

  private void checkPlace(BlockHeader header, HeaderEntry parent, long nowSeconds)
      throws RejectedException {
    if (header.bits() != params.nextBits(parent.height(), parent.header().timeSeconds())) {
      throw RejectedException.invalid("bad-diffbits");
    }
    if (header.timeSeconds() <= parent.medianTime()) {
      throw RejectedException.invalid("time-too-old");
    }
    if (header.timeSeconds() > nowSeconds + params.futureLimitSeconds()) {
      throw new RejectedException(RejectedException.Kind.TOO_EARLY, "time-too-new");
    }
    Activation activation = params.activation();
    int height = parent.height() + 1;
    int version = header.version();
    if ((version < 2 && height >= activation.bip34())
        || (version < 3 && height >= activation.bip66())
        || (version < 4 && height >= activation.bip65())) {
      throw RejectedException.invalid("bad-version(0x%08x)".formatted(version));
    }
  }

  /**
   * Marks a block and all that build on it as invalid, and finds the best of the rest.
   *
   * @return those marked
   */
  public List<HeaderEntry> invalidate(HeaderEntry bad) {
    List<HeaderEntry> marked = new ArrayList<>();
    Set<HeaderEntry> spoilt = new HashSet<>();
    List<HeaderEntry> byHeight = new ArrayList<>(entries.values());
    byHeight.sort(Comparator.comparingInt(HeaderEntry::height));
    HeaderEntry champion = genesis;
    for (HeaderEntry entry : byHeight) {
      if (entry.equals(bad) || entry.parent().filter(spoilt::contains).isPresent()) {
        spoilt.add(entry);
        entry.become(HeaderEntry.State.INVALID);
        marked.add(entry);
      } else if (entry.state() != HeaderEntry.State.INVALID
          && entry.chainWork().compareTo(champion.chainWork()) > 0) {
        champion = entry;
      }
    }
    if (best.state() == HeaderEntry.State.INVALID) {
      best = champion;
    }
    return marked;
  }

  /**
   * Hashes by which another node finds where its chain and the one ending in {@code tip} part: the
   * last ten, then ever farther ones, then genesis.
   */
  public List<Hash256> locator(HeaderEntry tip) {
    List<Hash256> hashes = new ArrayList<>();
    int step = 1;
    HeaderEntry at = tip;
    while (true) {
      hashes.add(at.hash());
      if (at.height() == 0) {
        return hashes;
      }
      if (hashes.size() > 10) {
        step *= 2;
      }
      at = at.ancestor(Math.max(0, at.height() - step)).orElseThrow();
    }
  }

  /** The last block that two chains share. */
  public static HeaderEntry fork(HeaderEntry a, HeaderEntry b) {
    int height = Math.min(a.height(), b.height());
    HeaderEntry left = a.ancestor(height).orElseThrow();
    HeaderEntry right = b.ancestor(height).orElseThrow();
    while (!left.equals(right)) {
      left = left.parent().orElseThrow();
      right = right.parent().orElseThrow();
    }
    return left;
  }

  /** All entries, in no order. */
  public Iterable<HeaderEntry> all() {
    return entries.values();
  }
}
