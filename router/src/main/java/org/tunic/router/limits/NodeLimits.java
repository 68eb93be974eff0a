package org.tunic.router.limits;

import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.identity.RelayIds;

/**
 * The bounds of one node that its channels and circuits share. What the consensus or the operator
 * may change while the node runs is an immutable value behind a volatile field.
 *
 * <p>Threads: any.
 */
public final class NodeLimits {
  private final LimitCounters counters;
  private final TrafficCounters traffic = new TrafficCounters();
  private final BandwidthLimits bandwidth;
  private final @Nullable DosDefences dos;
  private volatile QueueRules queues;
  private volatile Predicate<RelayIds> knownRelay = relay -> false;

  /** The limits of a node that serves nobody. */
  public NodeLimits(QueueRules queues) {
    this(new LimitCounters(), queues, null, () -> 0);
  }

  /**
   * Limits with these rules for queues.
   *
   * @param dos what a relay defends itself with, over the same counters
   * @param nanoClock for the bandwidth, which is without limit until it is given one
   */
  public NodeLimits(
      LimitCounters counters,
      QueueRules queues,
      @Nullable DosDefences dos,
      LongSupplier nanoClock) {
    this.bandwidth = new BandwidthLimits(traffic, nanoClock);
    this.counters = counters;
    this.queues = queues;
    this.dos = dos;
  }

  /** What the bounds did so far. */
  public LimitCounters counters() {
    return counters;
  }

  /** What the node carried and did so far. */
  public TrafficCounters traffic() {
    return traffic;
  }

  /** How much its connections may carry. */
  public BandwidthLimits bandwidth() {
    return bandwidth;
  }

  /** The defences of a relay. */
  public Optional<DosDefences> dos() {
    return Optional.ofNullable(dos);
  }

  /** The rules for the queues of cells. */
  public QueueRules queues() {
    return queues;
  }

  /** Other rules from now on; queues that are open keep their bound. */
  public void use(QueueRules rules) {
    queues = rules;
  }

  /** Whether the consensus lists a relay. */
  public boolean isKnownRelay(RelayIds relay) {
    return knownRelay.test(relay);
  }

  /** Another consensus. */
  public void knowRelays(Predicate<RelayIds> known) {
    knownRelay = known;
  }
}
