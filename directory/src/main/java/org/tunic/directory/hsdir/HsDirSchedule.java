package org.tunic.directory.hsdir;

import java.time.Instant;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsSchedule;
import org.tunic.crypto.hs.TimePeriod;
import org.tunic.directory.doc.consensus.SharedRandom;
import org.tunic.directory.view.NetworkView;

/**
 * Which periods and shared random values a consensus makes current.
 *
 * <pre>
 *                     first descriptor      second descriptor     clients fetch
 * period to next run  previous, previous    current, current      current, current
 * run to next period  current, previous     next, current         current, previous
 * </pre>
 *
 * <p>(Each: time period, shared random value.) So a service has two descriptors up at all times,
 * and whatever consensus of about this hour a client has, it looks where one of them is.
 *
 * <p>Spec: rend-spec/deriving-keys#WHERE-HSDESC, rend-spec/hsdesc (“When to upload descriptors”)
 *
 * <p>Threads: immutable.
 *
 * @param first the descriptor that services store first
 * @param second the descriptor that services store second
 * @param fetch what clients look for; the first or the second
 * @param rotation when the second becomes the first: the start of the next shared-random run
 */
public record HsDirSchedule(
    DescriptorSlot first, DescriptorSlot second, DescriptorSlot fetch, Instant rotation) {
  /**
   * The schedule of a consensus.
   *
   * @param testingNetwork whether {@code TestingTorNetwork} shortens the periods
   */
  public static HsDirSchedule of(NetworkView view, boolean testingNetwork) {
    return of(schedule(view, testingNetwork), view.validAfter(), view.sharedRandom());
  }

  /** Lengths and starts of the periods of this network. */
  public static HsSchedule schedule(NetworkView view, boolean testingNetwork) {
    if (testingNetwork) {
      return HsSchedule.ofTestingNetwork(view.lifetime().interval());
    }
    int minutes =
        view.params()
            .get(
                "hsdir_interval",
                HsSchedule.DEFAULT_PERIOD_MINUTES,
                HsSchedule.MIN_PERIOD_MINUTES,
                HsSchedule.MAX_PERIOD_MINUTES);
    return HsSchedule.of(minutes, view.lifetime().interval());
  }

  static HsDirSchedule of(HsSchedule schedule, Instant validAfter, SharedRandom sharedRandom) {
    TimePeriod now = schedule.periodAt(validAfter);
    boolean between = schedule.isBetweenPeriodAndRun(validAfter);
    TimePeriod firstPeriod = between ? now.previous() : now;
    DescriptorSlot first =
        new DescriptorSlot(
            firstPeriod,
            value(sharedRandom.previous(), firstPeriod),
            schedule.previousRunStart(validAfter));
    TimePeriod secondPeriod = between ? now : now.next();
    DescriptorSlot second =
        new DescriptorSlot(
            secondPeriod,
            value(sharedRandom.current(), secondPeriod),
            schedule.runStart(validAfter));
    return new HsDirSchedule(
        first, second, between ? second : first, schedule.nextRunStart(validAfter));
  }

  private static Bytes value(Optional<SharedRandom.Value> agreed, TimePeriod period) {
    return agreed.map(SharedRandom.Value::value).orElseGet(period::disasterValue);
  }
}
