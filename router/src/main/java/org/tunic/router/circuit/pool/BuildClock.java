package org.tunic.router.circuit.pool;

/**
 * How far one circuit being built is, and since when.
 *
 * <p>Threads: one at a time, the pool's; written by {@link BuildWatch} only.
 */
final class BuildClock {
  /** Whether CREATE was sent: connecting to the first hop does not count. */
  boolean began;

  /** When it was, on the monotonic clock. */
  long beganNanos;

  /** Hops it has. */
  int hops;

  /** Cells that had come over any channel by then. */
  long heardBefore;

  /** Whether its timeout was counted. */
  boolean counted;

  /** Whether it goes on for the sake of its time only. */
  boolean measured;

  /** When the builder closes it, milliseconds from CREATE on. */
  final double closeMs;

  BuildClock(double closeMs) {
    this.closeMs = closeMs;
  }
}
