package org.tunic.router.guard;

import java.time.Instant;

/**
 * What is known about reaching a guard, since this process started.
 *
 * <p>Spec: guard-spec ({@code is_reachable}, {@code failing_since}). Threads: immutable.
 */
sealed interface Reachability {
  /** Never tried: may be reachable. */
  record Untried() implements Reachability {}

  /** The last try succeeded. */
  record Reachable() implements Reachability {}

  /**
   * The last try failed, and the next is not due.
   *
   * @param since the first of the failures in a row
   * @param lastTry when the last of the tries began
   */
  record Failing(Instant since, Instant lastTry) implements Reachability {}

  /**
   * It failed, and may be tried again.
   *
   * @param since the first of the failures in a row
   */
  record Retrying(Instant since) implements Reachability {}
}
