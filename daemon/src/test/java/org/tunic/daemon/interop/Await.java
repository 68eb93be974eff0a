package org.tunic.daemon.interop;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for something another process does. Threads: any, because it has no state. */
final class Await {
  private static final long POLL_MILLIS = 50;

  private Await() {}

  /**
   * Polls {@code condition} until it holds.
   *
   * @param what names the thing in the message of the failure
   * @param detail is asked once, when the time is over: what was seen instead
   * @throws AssertionError when {@code limit} has passed
   */
  static void until(
      String what, Duration limit, BooleanSupplier condition, Supplier<String> detail) {
    long deadlineNanos = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new AssertionError(
            "not within " + limit.toSeconds() + " s: " + what + "\n" + detail.get());
      }
      pause(POLL_MILLIS);
    }
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting", e);
    }
  }
}
