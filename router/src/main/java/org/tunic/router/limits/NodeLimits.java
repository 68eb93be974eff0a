package org.tunic.router.limits;

/**
 * The bounds of one node that its channels and circuits share. What the consensus or the operator
 * may change while the node runs is an immutable value behind a volatile field.
 *
 * <p>Threads: any.
 */
public final class NodeLimits {
  private final LimitCounters counters = new LimitCounters();
  private volatile QueueRules queues;

  /** Limits with these rules for queues. */
  public NodeLimits(QueueRules queues) {
    this.queues = queues;
  }

  /** What the bounds did so far. */
  public LimitCounters counters() {
    return counters;
  }

  /** The rules for the queues of cells. */
  public QueueRules queues() {
    return queues;
  }

  /** Other rules from now on; queues that exist follow within seconds. */
  public void use(QueueRules rules) {
    queues = rules;
  }
}
