package org.tunic.ledger.header;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.ledger.primitive.BlockHeader;
import org.tunic.ledger.primitive.Hash256;

/**
 * A header in its place in the tree.
 *
 * <p>Threads: all but the state is immutable; the state belongs to the thread of the chain.
 */
public final class HeaderEntry {
  private static final int MEDIAN_SPAN = 11;

  /** What is known of the block beyond its header. */
  public enum State {
    /** The header alone. */
    HEADER,
    /** The block is stored. */
    STORED,
    /** The block was connected once: all rules held. */
    VALID,
    /** The block breaks a rule, or builds on one that does. */
    INVALID
  }

  private final BlockHeader header;
  private final int height;
  private final BigInteger chainWork;
  private final @Nullable HeaderEntry parent;
  private final @Nullable HeaderEntry skip;
  private State state = State.HEADER;

  HeaderEntry(BlockHeader header, BigInteger work, @Nullable HeaderEntry parent) {
    this.header = header;
    this.parent = parent;
    this.height = parent == null ? 0 : parent.height + 1;
    this.chainWork = parent == null ? work : parent.chainWork.add(work);
    this.skip = parent == null ? null : parent.ancestor(skipHeight(height)).orElse(null);
  }

  /** The header. */
  public BlockHeader header() {
    return header;
  }

  /** Name of the block. */
  public Hash256 hash() {
    return header.hash();
  }

  /** Blocks between it and genesis, plus one; 0 for genesis. */
  public int height() {
    return height;
  }

  /** Hashes that the chain up to here took, on average. */
  public BigInteger chainWork() {
    return chainWork;
  }

  /** The block before; empty for genesis. */
  public Optional<HeaderEntry> parent() {
    return Optional.ofNullable(parent);
  }

  /** What is known of the block. */
  public State state() {
    return state;
  }

  /** Says what has become known. */
  public void become(State other) {
    state = other;
  }

  /** Whether the block, valid or not yet judged, is on disk. */
  public boolean isStored() {
    return state == State.STORED || state == State.VALID;
  }

  /**
   * The block at {@code wanted} on the way to genesis, in O(log height); empty if that is above.
   */
  public Optional<HeaderEntry> ancestor(int wanted) {
    if (wanted > height || wanted < 0) {
      return Optional.empty();
    }
    HeaderEntry at = this;
    while (at.height != wanted) {
      HeaderEntry far = at.skip;
      HeaderEntry near = at.parent;
      if (far != null && far.height >= wanted) {
        at = far;
      } else if (near != null) {
        at = near;
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(at);
  }

  /** A height far below that few others skip to: the lowest set bits are cleared. */
  private static int skipHeight(int height) {
    if (height < 2) {
      return 0;
    }
    return (height & 1) == 1
        ? withoutLowestBit(withoutLowestBit(height - 1)) + 1
        : withoutLowestBit(height);
  }

  private static int withoutLowestBit(int n) {
    return n & (n - 1);
  }

  /** Median of the times of this block and the ten before: a clock no single miner sets. */
  public long medianTime() {
    long[] times = new long[MEDIAN_SPAN];
    int count = 0;
    for (HeaderEntry at = this; at != null && count < MEDIAN_SPAN; at = at.parent) {
      times[count++] = at.header.timeSeconds();
    }
    Arrays.sort(times, 0, count);
    return times[count / 2];
  }

  /** Whether {@code other} is this block or one before it. */
  public boolean descendsFrom(HeaderEntry other) {
    return ancestor(other.height).filter(found -> found.equals(other)).isPresent();
  }

  @Override
  public String toString() {
    return "HeaderEntry[" + height + "]";
  }
}
