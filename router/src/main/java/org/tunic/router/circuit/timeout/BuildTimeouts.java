package org.tunic.router.circuit.timeout;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns how long to wait for a circuit.
 *
 * <p>Circuits that take long to build are slow to use, so a client drops the slowest fifth. Where
 * the fifth begins depends on the client's own network; so it keeps the times of the last {@value
 * #HISTORY} circuits and fits a Pareto distribution to them: least time <i>Xm</i>, the average of
 * the most frequent bins of a histogram, and exponent <i>alpha</i>, the maximum-likelihood estimate
 * in which circuits that never came count for nothing. Two quantiles of it are the timeouts: after
 * {@link #timeoutMs} a circuit is not used any more, but goes on so that its time is known; after
 * {@link #closeMs} it is closed and counted as abandoned.
 *
 * <p>Two things spoil the sample. While the network is down every circuit times out: so a closed
 * circuit during whose life nothing at all was heard is not counted, nor is anything until
 * something is heard again. And when the network changes for the worse the timeout is too short for
 * everything: so if most of the recent circuits timed out beyond the first hop, everything is
 * forgotten, and the timeout doubles if it had been the first one already.
 *
 * <p>Agrees with C tor's {@code circuitstats.c} number for number. Costs a sort of the history for
 * each circuit. Bounds: {@value #HISTORY} times, {@code cbtrecentcount} flags.
 *
 * <p>Spec: path-spec/learning-timeouts. Threads: one at a time, its owner's.
 */
public final class BuildTimeouts {
  private static final Logger log = LoggerFactory.getLogger(BuildTimeouts.class);

  /** Build times kept. */
  public static final int HISTORY = 1000;

  /** Width of the histogram's bins, milliseconds. */
  static final int BIN_MS = 10;

  /** Stands in the history for a circuit that was closed before it was built. */
  static final int ABANDONED = Integer.MAX_VALUE - 1;

  /** Longest timeout that is doubled. */
  private static final int MAX_DOUBLED_MS = Integer.MAX_VALUE / 2;

  private static final int SAVE_EVERY = 10;
  private static final int CLOCK_JUMP_MS = 1000;

  private TimeoutParameters parameters;

  /** Milliseconds, {@link #ABANDONED}, or 0 where nothing is yet. A ring. */
  private final int[] times = new int[HISTORY];

  private int next;
  private int total;

  /** Of the last circuits that reached the first hop, whether they timed out. A ring. */
  private boolean[] recent;

  private int nextRecent;
  private double timeoutMs;
  private double closeMs;

  /** Circuits closed since anything was heard; nothing is recorded while there are any. */
  private int nonLive;

  private long changes;

  /** Knows nothing yet. */
  public BuildTimeouts(TimeoutParameters parameters) {
    this.parameters = parameters;
    this.recent = new boolean[parameters.recentCircuits()];
    startAnew();
  }

  /**
   * Begins with what was learned in an earlier run, in random order.
   *
   * @param saved nothing of it is used if learning is off
   */
  public BuildTimeouts(TimeoutParameters parameters, SavedTimes saved, RandomGenerator random) {
    this(parameters);
    if (parameters.learning()) {
      int[] shuffled = saved.times();
      for (int n = shuffled.length - 1; n > 0; n--) {
        int other = random.nextInt(n + 1);
        int swapped = shuffled[n];
        shuffled[n] = shuffled[other];
        shuffled[other] = swapped;
      }
      for (int i = 0; i < Math.min(shuffled.length, HISTORY); i++) {
        add(shuffled[i]);
      }
      computeTimeout();
    }
    changes = 0;
  }

  /** Takes what a newer consensus or configuration says. */
  public void use(TimeoutParameters newer) {
    boolean restart =
        newer.learning() != parameters.learning()
            || (total < newer.minCircuits() && newer.startMs() != parameters.startMs());
    if (newer.recentCircuits() != recent.length) {
      recent = Arrays.copyOf(recent, newer.recentCircuits());
      nextRecent = Math.min(nextRecent, recent.length - 1);
    }
    parameters = newer;
    if (restart) {
      startAnew();
      computeTimeout();
    }
  }

  private void startAnew() {
    timeoutMs = parameters.startMs();
    closeMs = timeoutMs;
  }

  /** What is in force. */
  public TimeoutParameters parameters() {
    return parameters;
  }

  /** Milliseconds from CREATE on after which a circuit is not used any more. */
  public double timeoutMs() {
    return timeoutMs;
  }

  /** Milliseconds from CREATE on after which it is closed; at least {@link #timeoutMs}. */
  public double closeMs() {
    return closeMs;
  }

  /** Whether there are enough build times to compute a timeout. */
  public boolean isEnough() {
    return total >= parameters.minCircuits();
  }

  /** Whether circuits are to be built for the sake of learning. */
  public boolean needsCircuits() {
    return parameters.learning() && !isEnough();
  }

  /** Moves when there is something new to save, but not with each circuit. */
  public long changes() {
    return changes;
  }

  // ---- what happens to circuits of three hops ----

  /**
   * A circuit is built, used or not.
   *
   * @param elapsedMs from CREATE on
   * @param timedOut whether it had timed out before
   */
  public void built(long elapsedMs, boolean timedOut) {
    if (!parameters.learning()) {
      return;
    }
    if (elapsedMs > 2 * closeMs + CLOCK_JUMP_MS) {
      log.debug("a circuit took {} ms to build; taken for a jump of the clock", elapsedMs);
      return;
    }
    if (nonLive == 0) {
      add((int) Math.max(1, elapsedMs));
      computeTimeout();
    }
    if (!timedOut) {
      noteRecent(false);
    }
  }

  /**
   * A circuit is not there after {@link #timeoutMs}.
   *
   * @param firstHop whether its first hop answered
   */
  public void timedOut(boolean firstHop) {
    if (!parameters.learning()) {
      startAnew();
      return;
    }
    if (firstHop) {
      noteRecent(true);
    }
    forgetIfNetworkChanged();
  }

  /**
   * A circuit is closed because it is not there after {@link #closeMs}.
   *
   * @param elapsedMs from CREATE on
   * @param heard whether anything came over any channel in its life
   */
  public void closed(long elapsedMs, boolean heard) {
    if (!parameters.learning()) {
      startAnew();
      return;
    }
    if (elapsedMs > 2 * closeMs + CLOCK_JUMP_MS || !isEnough()) {
      return;
    }
    if (!heard && nonLive++ == 0) {
      log.info("No network activity is seen. Build times are not recorded for the time being.");
    }
    if (nonLive == 0) {
      add(ABANDONED);
      computeTimeout();
    }
  }

  /** Something came over some channel. */
  public void heard() {
    if (nonLive > 0) {
      log.info("Network activity is seen again. Build times are recorded again.");
      nonLive = 0;
    }
  }

  private void add(int ms) {
    times[next] = ms;
    next = (next + 1) % HISTORY;
    total = Math.min(total + 1, HISTORY);
    if (total % SAVE_EVERY == 0) {
      changes++;
    }
  }

  private void noteRecent(boolean timedOut) {
    recent[nextRecent] = timedOut;
    nextRecent = (nextRecent + 1) % recent.length;
  }

  private void forgetIfNetworkChanged() {
    int timeouts = 0;
    for (boolean one : recent) {
      timeouts += one ? 1 : 0;
    }
    if (timeouts < parameters.maxTimeouts()) {
      return;
    }
    Arrays.fill(times, 0);
    total = 0;
    next = 0;
    Arrays.fill(recent, false);
    nextRecent = 0;
    changes++;
    if (timeoutMs < parameters.startMs()) {
      startAnew();
    } else if (timeoutMs <= MAX_DOUBLED_MS && closeMs <= MAX_DOUBLED_MS) {
      timeoutMs *= 2;
      closeMs *= 2;
    }
    log.info(
        "The network connection seems to have changed. Circuits may take {} ms from now on.",
        Math.round(timeoutMs));
  }

  // ---- computation ----

  private void computeTimeout() {
    if (!parameters.learning() || !isEnough()) {
      return;
    }
    int xm = leastMs();
    if (xm == 0) {
      return;
    }
    double alpha = alpha(xm);
    timeoutMs = quantileMs(xm, alpha, parameters.quantile());
    closeMs = quantileMs(xm, alpha, parameters.closeQuantile());
    int longest = longestMs();
    timeoutMs = Math.min(timeoutMs, longest);
    if (longest < MAX_DOUBLED_MS) {
      closeMs = Math.min(closeMs, 2.0 * longest);
    }
    // A steep curve would leave no time to measure in.
    closeMs = Math.max(closeMs, parameters.initialMs());
    if (timeoutMs < parameters.minMs()) {
      timeoutMs = parameters.minMs();
      closeMs = Math.max(closeMs, timeoutMs);
    }
    log.debug("circuits may take {} ms, learned from {}", Math.round(timeoutMs), total);
  }

  /** Xm: the average of the most frequent bins, weighted by how frequent they are; 0 for none. */
  int leastMs() {
    SavedTimes histogram = save();
    int[] counts = histogram.counts();
    long sum = 0;
    int members = 0;
    for (int mode = 0; mode < parameters.modes(); mode++) {
      int most = 0;
      for (int i = 1; i < counts.length; i++) {
        if (counts[i] > counts[most]) { // of equal ones the shortest, as in C tor
          most = i;
        }
      }
      if (counts.length == 0 || counts[most] == 0) {
        break;
      }
      members += counts[most];
      sum += (long) histogram.middlesMs()[most] * counts[most];
      counts[most] = 0;
    }
    return members == 0 ? 0 : (int) (sum / members);
  }

  /** The exponent, for a least time. */
  double alpha(int xm) {
    double sum = 0;
    int n = 0;
    for (int time : times) {
      if (time != 0 && time != ABANDONED) {
        sum += Math.log(Math.max(time, xm));
        n++;
      }
    }
    return n / (sum - n * Math.log(xm));
  }

  /** The time within which {@code quantile} of all circuits are there, milliseconds. */
  static double quantileMs(int xm, double alpha, double quantile) {
    double rest = alpha > 0 ? Math.pow(1 - quantile, 1 / alpha) : 0;
    return rest > 0 ? Math.min(xm / rest, Integer.MAX_VALUE) : Integer.MAX_VALUE;
  }

  private int longestMs() {
    int longest = 0;
    for (int time : times) {
      if (time != ABANDONED) {
        longest = Math.max(longest, time);
      }
    }
    return longest;
  }

  /** Circuits known of. */
  public int total() {
    return total;
  }

  /** What to keep on disk. */
  public SavedTimes save() {
    return SavedTimes.of(times);
  }
}
