package org.tunic.ledger.chain;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.ledger.consensus.BlockChange;
import org.tunic.ledger.consensus.BlockConnector;
import org.tunic.ledger.consensus.BlockPlace;
import org.tunic.ledger.consensus.BlockRules;
import org.tunic.ledger.consensus.MedianTimes;
import org.tunic.ledger.consensus.RejectedException;
import org.tunic.ledger.header.HeaderEntry;
import org.tunic.ledger.header.HeaderTree;
import org.tunic.ledger.params.ChainParams;
import org.tunic.ledger.primitive.Block;
import org.tunic.ledger.primitive.BlockHeader;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.store.CoinStats;
import org.tunic.ledger.store.LedgerStore;

/**
 * The chain with most work whose blocks keep all rules, and its coins.
 *
 * <p>A reorganisation is single steps, each of which leaves tip and coins agreeing on disk: blocks
 * are taken back to the fork, then those of the better chain connected. If one of these breaks a
 * rule, it and all upon it are marked, and the best of the rest is followed, which as a rule is the
 * old tip.
 *
 * <p>Every block is forced to the disk when it is connected, but for the catching up of a node that
 * is far behind, where one in {@value #UNFORCED_BLOCKS} is.
 *
 * <p>Threads: one, the thread of the chain.
 */
public final class Chain implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Chain.class);

  /** Blocks behind the best header from which a node counts as catching up. */
  private static final int CATCHING_UP = 24;

  /** Blocks of catching up that a crash of the machine may cost. */
  private static final int UNFORCED_BLOCKS = 100;

  private final ChainParams params;
  private final LedgerStore store;
  private final BlockConnector connector;
  private final InstantSource clock;
  private final ChainListener listener;
  private final HeaderTree headers;
  private final Candidates candidates;
  private final List<String> recovered;
  private HeaderEntry tip;

  private Chain(
      ChainParams params,
      LedgerStore store,
      BlockConnector connector,
      InstantSource clock,
      ChainListener listener,
      List<String> recovered) {
    this.params = params;
    this.store = store;
    this.connector = connector;
    this.clock = clock;
    this.listener = listener;
    this.recovered = recovered;
    this.headers = new HeaderTree(params);
    this.candidates = new Candidates(headers.genesis());
    this.tip = headers.genesis();
    tip.become(HeaderEntry.State.VALID);
  }

  /**
   * Opens the chain in {@code folder} and goes on where it was.
   *
   * @throws IOException if the folder cannot be used; the message says why
   */
  public static Chain open(
      Path folder,
      ChainParams params,
      BlockConnector connector,
      InstantSource clock,
      ChainListener listener)
      throws IOException {
    List<String> notes = new ArrayList<>();
    LedgerStore store = LedgerStore.open(folder, params, notes);
    notes.forEach(note -> LOG.warn("after an unclean stop: {}", note));
    Chain chain = new Chain(params, store, connector, clock, listener, List.copyOf(notes));
    try {
      chain.restore();
      chain.activate();
    } catch (IOException | RuntimeException e) {
      store.close();
      throw e;
    }
    return chain;
  }

  private void restore() throws IOException {
    for (LedgerStore.Restored each : store.restored()) {
      try {
        HeaderEntry entry = headers.restore(each.header());
        entry.become(each.state());
        if (entry.isStored()) {
          candidates.stored(entry);
        }
      } catch (RejectedException e) {
        throw new IOException("the ledger's index is not whole", e);
      }
    }
    headers.refreshBest();
    tip =
        headers
            .find(store.tip())
            .orElseThrow(() -> new IOException("the ledger's tip is not in its index"));
    candidates.removeInvalid();
  }

  /** What was put right at opening, a line each; empty after a clean stop. */
  public List<String> recovered() {
    return recovered;
  }

  /** The last connected block. */
  public HeaderEntry tip() {
    return tip;
  }

  /** All headers. */
  public HeaderTree headers() {
    return headers;
  }

  /** The rules of this chain. */
  public ChainParams params() {
    return params;
  }

  /** The block of {@code hash}, if it is stored. */
  public Optional<Block> block(Hash256 hash) throws IOException {
    return hash.equals(headers.genesis().hash())
        ? Optional.of(params.genesis())
        : store.block(hash);
  }

  /** Where the coins of the tip are. */
  public LedgerStore coins() {
    return store;
  }

  /** All coins in short. */
  public CoinStats stats() throws IOException {
    return store.stats();
  }

  /** Where a block upon {@code parent} stands. */
  public BlockPlace placeUpon(HeaderEntry parent) {
    return new BlockPlace(params, parent.height() + 1, parent.medianTime());
  }

  /** Median times of the chain that ends in {@code end}. */
  public static MedianTimes medians(HeaderEntry end) {
    return height -> end.ancestor(height).orElseThrow().medianTime();
  }

  /**
   * Takes a header.
   *
   * @throws RejectedException if it breaks a rule
   */
  public HeaderEntry accept(BlockHeader header) throws RejectedException, IOException {
    boolean known = headers.find(header.hash()).isPresent();
    HeaderEntry entry = headers.accept(header, clock.instant().getEpochSecond());
    if (!known) {
      store.saveHeader(entry);
    }
    return entry;
  }

  /**
   * Takes a block, and follows it if its chain is the best now.
   *
   * @return false if it was known already
   * @throws RejectedException if it breaks a rule, with Bitcoin Core's words
   */
  public boolean accept(Block block) throws RejectedException, IOException {
    BlockRules.check(block, params.maxMoneySat());
    HeaderEntry entry = accept(block.header());
    if (entry.isStored()) {
      return false;
    }
    HeaderEntry parent = entry.parent().orElseThrow();
    try {
      BlockRules.checkPlace(block, placeUpon(parent));
    } catch (RejectedException e) {
      if (e.kind() == RejectedException.Kind.INVALID) {
        mark(entry);
      }
      throw e;
    }
    entry.become(HeaderEntry.State.STORED);
    store.saveBlock(entry, block);
    candidates.stored(entry);
    List<Failure> failures = activate();
    for (Failure failure : failures) {
      if (failure.entry().equals(entry)) {
        throw failure.why();
      }
    }
    return true;
  }

  /** A block that was found to break a rule when it was connected. */
  private record Failure(HeaderEntry entry, RejectedException why) {}

  private List<Failure> activate() throws IOException {
    List<Failure> failures = new ArrayList<>();
    while (true) {
      HeaderEntry best = candidates.best();
      boolean standing = tip.state() != HeaderEntry.State.INVALID;
      if (best.equals(tip) || (standing && best.chainWork().compareTo(tip.chainWork()) <= 0)) {
        candidates.removeWorseThan(tip);
        return failures;
      }
      HeaderEntry fork = HeaderTree.fork(tip, best);
      int depth = tip.height() - fork.height();
      if (depth > 0) {
        LOG.info("reorganising {} blocks", depth);
      }
      while (!tip.equals(fork)) {
        disconnectTip();
      }
      for (int height = fork.height() + 1; height <= best.height(); height++) {
        HeaderEntry next = best.ancestor(height).orElseThrow();
        try {
          connect(next);
        } catch (RejectedException e) {
          failures.add(new Failure(next, e));
          mark(next);
          break;
        }
      }
    }
  }

  private void connect(HeaderEntry next) throws RejectedException, IOException {
    Block block =
        store.block(next.hash()).orElseThrow(() -> new IOException("a stored block is missing"));
    BlockChange change = connector.connect(block, placeUpon(tip), medians(tip), store);
    next.become(HeaderEntry.State.VALID);
    boolean behind = headers.best().height() - next.height() > CATCHING_UP;
    store.connect(next, change, !behind || next.height() % UNFORCED_BLOCKS == 0);
    tip = next;
    listener.connected(next, block);
  }

  private void disconnectTip() throws IOException {
    HeaderEntry old = tip;
    Block block =
        store.block(old.hash()).orElseThrow(() -> new IOException("a stored block is missing"));
    store.disconnect(old, true);
    tip = old.parent().orElseThrow();
    listener.disconnected(old, block);
  }

  private void mark(HeaderEntry bad) throws IOException {
    for (HeaderEntry entry : headers.invalidate(bad)) {
      store.saveHeader(entry);
    }
    candidates.removeInvalid();
    candidates.restore();
  }

  /** Treats a block as bad from now on, as an operator asks. */
  public void invalidate(HeaderEntry bad) throws IOException {
    mark(bad);
    activate();
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
