package org.tunic.ledger.header;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;
import org.tunic.ledger.consensus.RejectedException;
import org.tunic.ledger.params.ChainParams;
import org.tunic.ledger.pow.Target;
import org.tunic.ledger.primitive.BlockHeader;
import org.tunic.ledger.primitive.Hash256;

/**
 * Looks at a peer's chain before anything of it is kept: does it claim enough work at all?
 *
 * <p>Where the proof of work is expensive, headers are a weapon: a peer sends in a second what
 * takes minutes to check, and 80 bytes each stay with us for ever. So the chain is sent twice. The
 * first time its links, times and bits are checked and its claimed work is summed, which costs
 * nothing; one header in {@value #SAMPLE}, which one only we know, is really hashed, so that a
 * chain without work is found out after some hundred headers. Of each header one bit stays, salted.
 * If the claim reaches the minimum, the chain is asked for again, and each header must agree with
 * its bit before it goes on to {@link HeaderTree#accept}, which hashes it and keeps it: a peer that
 * sends another chain the second time is found out after two headers on average.
 *
 * <p>A chain that is too short of work costs its sender at least the work of the sample's share, us
 * {@value #MAX_HEADERS} bits at most, and nothing of it is kept.
 *
 * <p>Threads: the thread of the chain.
 */
public final class HeaderPresync {
  /** One header in so many is hashed the first time. */
  static final int SAMPLE = 64;

  /** The longest chain that is looked at: at 300 seconds a block, twenty years. */
  static final int MAX_HEADERS = 2_000_000;

  private static final int MEDIAN_SPAN = 11;

  /** Where it is. */
  public enum Phase {
    /** Summing the claim; headers are asked for from where the last ended. */
    CLAIM,
    /** The claim is enough: headers are asked for again from the start. */
    REPLAY,
    /** All headers of the claim came again. */
    DONE
  }

  private final ChainParams params;
  private final HeaderEntry start;
  private final BigInteger minimumWork;
  private final RandomGenerator random;
  private final long salt;
  private final BitSet commitments = new BitSet();
  private final Deque<Long> times = new ArrayDeque<>();
  private Phase phase = Phase.CLAIM;
  private Hash256 last;
  private int height;
  private long lastTime;
  private BigInteger work;
  private int claimed;
  private int replayed;

  /**
   * Looks at a chain upon {@code start}, which is known.
   *
   * @param minimumWork of a chain that is worth keeping
   * @param random secret: who guesses it knows which headers are not hashed
   */
  public HeaderPresync(
      ChainParams params, HeaderEntry start, BigInteger minimumWork, RandomGenerator random) {
    this.params = params;
    this.start = start;
    this.minimumWork = minimumWork;
    this.random = random;
    this.salt = random.nextLong();
    this.last = start.hash();
    this.height = start.height();
    this.lastTime = start.header().timeSeconds();
    this.work = start.chainWork();
    HeaderEntry at = start;
    for (int i = 0; i < MEDIAN_SPAN; i++) {
      times.addFirst(at.header().timeSeconds());
      if (at.parent().isEmpty()) {
        break;
      }
      at = at.parent().get();
    }
  }

  /** Where it is. */
  public Phase phase() {
    return phase;
  }

  /** The block whose successors are to be asked for. */
  public Hash256 wantedAfter() {
    return last;
  }

  /**
   * Takes the next headers of the chain.
   *
   * @param nowSeconds the clock's
   * @return those that are to be given to {@link HeaderTree#accept} now, in order; none in the
   *     first phase
   * @throws RejectedException if the peer is to be left: the chain breaks a rule, has no work, or
   *     is not the one of the first phase
   */
  public List<BlockHeader> take(List<BlockHeader> headers, long nowSeconds)
      throws RejectedException {
    return switch (phase) {
      case CLAIM -> {
        for (BlockHeader header : headers) {
          claim(header, nowSeconds);
        }
        yield List.of();
      }
      case REPLAY -> {
        for (BlockHeader header : headers) {
          replay(header);
        }
        yield List.copyOf(headers);
      }
      case DONE -> List.of();
    };
  }

  private void claim(BlockHeader header, long nowSeconds) throws RejectedException {
    if (phase != Phase.CLAIM) {
      return; // the rest of the message comes again
    }
    if (!header.previous().equals(last)) {
      throw RejectedException.invalid("bad-prevblk");
    }
    if (header.bits() != params.nextBits(height, lastTime)) {
      throw RejectedException.invalid("bad-diffbits");
    }
    if (header.timeSeconds() <= median()) {
      throw RejectedException.invalid("time-too-old");
    }
    if (header.timeSeconds() > nowSeconds + params.futureLimitSeconds()) {
      throw new RejectedException(RejectedException.Kind.TOO_EARLY, "time-too-new");
    }
    if (claimed == MAX_HEADERS) {
      throw RejectedException.invalid("too-many-headers");
    }
    Target target =
        Target.ofBits(header.bits()).orElseThrow(() -> RejectedException.invalid("high-hash"));
    if (random.nextInt(SAMPLE) == 0 && !target.isMetBy(params.pow().hash(header))) {
      throw RejectedException.invalid("high-hash");
    }
    commitments.set(claimed++, bit(header));
    advance(header);
    work = work.add(target.work());
    if (work.compareTo(minimumWork) >= 0) {
      phase = Phase.REPLAY;
      last = start.hash();
    }
  }

  private void advance(BlockHeader header) {
    last = header.hash();
    lastTime = header.timeSeconds();
    height++;
    times.addLast(lastTime);
    if (times.size() > MEDIAN_SPAN) {
      times.removeFirst();
    }
  }

  private long median() {
    long[] sorted = times.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private void replay(BlockHeader header) throws RejectedException {
    if (!header.previous().equals(last)) {
      throw RejectedException.invalid("bad-prevblk");
    }
    // Beyond the claim the chain has its work already, and each header is hashed.
    if (replayed < claimed && commitments.get(replayed) != bit(header)) {
      throw RejectedException.invalid("another-chain");
    }
    replayed++;
    last = header.hash();
    if (replayed >= claimed) {
      phase = Phase.DONE;
    }
  }

  private boolean bit(BlockHeader header) {
    long mixed = (header.hash().hashCode() ^ salt) * 0x9e37_79b9_7f4a_7c15L;
    return mixed < 0;
  }
}
