package org.tunic.router.circuit;

import java.time.Duration;
import org.tunic.directory.view.ConsensusParameters;

/**
 * How many onion skins may wait, and how long.
 *
 * <p>Threads: immutable.
 *
 * @param maxDelay an onion skin is refused when those before it need longer; MaxOnionQueueDelay
 * @param cutoff one that waits longer is given up; {@code onion_queue_wait_cutoff}
 * @param pendingPerCpu onion skins handed to the threads at a time, for each of NumCPUs; {@code
 *     max_pending_tasks_per_cpu}
 */
public record OnionQueueRules(Duration maxDelay, Duration cutoff, int pendingPerCpu) {
  private static final int MAX_DELAY_MILLIS = 1750;
  private static final int CUTOFF_SECONDS = 5;
  private static final int PENDING_PER_CPU = 64;

  /** What holds without a consensus and without options. */
  public static final OnionQueueRules DEFAULT =
      new OnionQueueRules(
          Duration.ofMillis(MAX_DELAY_MILLIS), Duration.ofSeconds(CUTOFF_SECONDS), PENDING_PER_CPU);

  /**
   * The rules of a consensus.
   *
   * @param maxDelayOption MaxOnionQueueDelay of the torrc; zero: as the consensus says
   */
  public static OnionQueueRules of(ConsensusParameters params, Duration maxDelayOption) {
    return new OnionQueueRules(
        maxDelayOption.isZero()
            ? Duration.ofMillis(
                params.get("MaxOnionQueueDelay", MAX_DELAY_MILLIS, 1, Integer.MAX_VALUE))
            : maxDelayOption,
        Duration.ofSeconds(
            params.get("onion_queue_wait_cutoff", CUTOFF_SECONDS, 1, Integer.MAX_VALUE)),
        params.get("max_pending_tasks_per_cpu", PENDING_PER_CPU, 1, Integer.MAX_VALUE));
  }
}
