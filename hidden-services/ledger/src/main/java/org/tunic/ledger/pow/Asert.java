package org.tunic.ledger.pow;

import java.math.BigInteger;

/**
 * Difficulty by absolutely scheduled exponential targets: a block that comes early or late moves
 * the target by how far the whole chain is from its schedule.
 *
 * <p>It needs the anchor and the last header only, has no window to be played with, and its
 * integers are those of aserti3-2d, so that everybody rounds alike. A floating-point number here
 * would be a split of the chain.
 *
 * <p>Threads: immutable.
 *
 * @param spacingSeconds wanted between blocks
 * @param halfLifeSeconds behind (ahead of) the schedule, after which the target has doubled
 *     (halved)
 * @param limit the easiest target
 * @param anchorHeight height of the anchor, from which the schedule counts
 * @param anchorParentTimeSeconds time of the block before the anchor; for genesis, its own less the
 *     spacing
 * @param anchorBits target of the anchor
 */
public record Asert(
    long spacingSeconds,
    long halfLifeSeconds,
    Target limit,
    int anchorHeight,
    long anchorParentTimeSeconds,
    int anchorBits) {
  private static final long RADIX = 65_536;

  /**
   * The bits of the block after the one at {@code height} with time {@code timeSeconds}.
   *
   * @param height at least that of the anchor
   */
  public int next(int height, long timeSeconds) {
    long elapsed = timeSeconds - anchorParentTimeSeconds;
    long scheduled = spacingSeconds * ((long) height - anchorHeight + 1);
    // Java divides toward zero, as the rule does; the shift below rounds down, as the rule does.
    long exponent = (elapsed - scheduled) * RADIX / halfLifeSeconds;
    int shifts = (int) Math.max(Math.min(exponent >> 16, 512), -512);
    long fraction = exponent & (RADIX - 1);
    long cubic =
        195_766_423_245_049L * fraction
            + 971_821_376L * fraction * fraction
            + 5127L * fraction * fraction * fraction
            + (1L << 47);
    long factor = RADIX + (cubic >>> 48); // unsigned: the sum may pass 2^63
    Target anchor = Target.ofBits(anchorBits).orElseThrow();
    BigInteger target = anchor.value().multiply(BigInteger.valueOf(factor));
    target = shifts < 0 ? target.shiftRight(-shifts) : target.shiftLeft(shifts);
    target = target.shiftRight(16);
    if (target.signum() == 0) {
      return new Target(BigInteger.ONE).bits();
    }
    return new Target(target.min(limit.value())).bits();
  }
}
