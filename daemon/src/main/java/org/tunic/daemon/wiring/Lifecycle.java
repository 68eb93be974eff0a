package org.tunic.daemon.wiring;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a running daemon does at a signal and when time passes: reload, statistics, heartbeats, and
 * the two ways to stop. SIGTERM stops at once; SIGINT stops a client at once, while a relay stops
 * listening and lets the circuits of others live on for ShutdownWaitLength, unless a second SIGINT
 * comes.
 *
 * <p>Messages are C tor's, since scripts wait for them.
 *
 * <p>Threads: main thread; the inbox is fed by any.
 */
final class Lifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

  /** Signals that wait to be answered; further ones are dropped. */
  static final int MAX_WAITING = 16;

  /** Signals that we answer. */
  enum Signal {
    HUP,
    INT,
    TERM,
    USR1,
    USR2
  }

  /**
   * What to do.
   *
   * @param reload reads the configuration again
   * @param statistics logs what there is to say
   * @param debug logs everything from now on
   * @param heartbeat logs a line of life
   * @param stopAccepting closes all ports and refuses new circuits
   */
  record Actions(
      Runnable reload,
      Runnable statistics,
      Runnable debug,
      Runnable heartbeat,
      Runnable stopAccepting) {}

  /**
   * What the configuration of the moment says.
   *
   * @param shutdownWait how long a relay waits after the first SIGINT; empty for a client
   * @param heartbeatPeriod time between heartbeats; zero for none
   */
  record Times(Optional<Duration> shutdownWait, Duration heartbeatPeriod) {}

  private final BlockingQueue<Signal> signals;
  private final Actions actions;
  private final Supplier<Times> times;
  private final LongSupplier nanoClock;
  private long lastHeartbeatNanos;
  private @Nullable Long shutdownNanos;

  /**
   * @param signals from {@link #inbox}: made first, since signals may come before there is a node
   */
  Lifecycle(
      BlockingQueue<Signal> signals,
      Actions actions,
      Supplier<Times> times,
      LongSupplier nanoClock) {
    this.signals = signals;
    this.actions = actions;
    this.times = times;
    this.nanoClock = nanoClock;
    this.lastHeartbeatNanos = nanoClock.getAsLong();
  }

  /** Where signals wait; {@code offer} drops what is too much. */
  static BlockingQueue<Signal> inbox() {
    return new ArrayBlockingQueue<>(MAX_WAITING);
  }

  /** Answers signals until one of them ends the daemon. */
  void run() throws InterruptedException {
    do {
      beat();
    } while (answer(next()));
  }

  private @Nullable Signal next() throws InterruptedException {
    Long wait = nanosToWait();
    return wait == null ? signals.take() : signals.poll(Math.max(0, wait), TimeUnit.NANOSECONDS);
  }

  /** Nanoseconds to the next thing to do; null if only a signal can bring one. */
  private @Nullable Long nanosToWait() {
    long now = nanoClock.getAsLong();
    if (shutdownNanos != null) {
      return shutdownNanos - now;
    }
    Duration period = times.get().heartbeatPeriod();
    return period.isZero() ? null : lastHeartbeatNanos + period.toNanos() - now;
  }

  private void beat() {
    Duration period = times.get().heartbeatPeriod();
    long now = nanoClock.getAsLong();
    if (shutdownNanos == null && !period.isZero() && now - lastHeartbeatNanos >= period.toNanos()) {
      lastHeartbeatNanos = now;
      actions.heartbeat().run();
    }
  }

  /** Returns whether to go on. */
  boolean answer(@Nullable Signal signal) {
    if (signal == null) {
      if (shutdownNanos != null && shutdownNanos - nanoClock.getAsLong() <= 0) {
        LOG.info("Clean shutdown finished. Exiting.");
        return false;
      }
      return true;
    }
    switch (signal) {
      case HUP -> actions.reload().run();
      case USR1 -> actions.statistics().run();
      case USR2 -> {
        actions.debug().run();
        LOG.trace("Caught USR2, going to loglevel debug. Send HUP to change back.");
      }
      case TERM -> {
        LOG.info("Catching signal TERM, exiting cleanly.");
        return false;
      }
      case INT -> {
        return interrupted();
      }
    }
    return true;
  }

  private boolean interrupted() {
    if (shutdownNanos != null) {
      LOG.info("SIGINT received a second time; exiting now.");
      return false;
    }
    Optional<Duration> wait = times.get().shutdownWait();
    if (wait.isEmpty()) {
      LOG.info("Interrupt: exiting cleanly.");
      return false;
    }
    actions.stopAccepting().run();
    LOG.info(
        "Interrupt: we have stopped accepting new connections, and will shut down in {} seconds."
            + " Interrupt again to exit now.",
        wait.get().toSeconds());
    shutdownNanos = nanoClock.getAsLong() + wait.get().toNanos();
    return true;
  }
}
