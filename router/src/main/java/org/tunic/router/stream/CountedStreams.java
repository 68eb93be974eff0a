package org.tunic.router.stream;

import org.tunic.router.limits.TrafficCounters;

/**
 * Counts what others ask of a hop, and hands it on.
 *
 * <p>Threads: called on the event loop of each circuit; shared by all.
 */
public final class CountedStreams implements StreamAcceptor {
  private final StreamAcceptor acceptor;
  private final TrafficCounters counters;

  /** Counts what {@code acceptor} gets. */
  public CountedStreams(StreamAcceptor acceptor, TrafficCounters counters) {
    this.acceptor = acceptor;
    this.counters = counters;
  }

  @Override
  public void onBegin(IncomingStream stream) {
    counters.addStream(TrafficCounters.Stream.BEGIN);
    acceptor.onBegin(stream);
  }

  @Override
  public void onBeginDir(IncomingStream stream) {
    counters.addStream(TrafficCounters.Stream.BEGIN_DIR);
    acceptor.onBeginDir(stream);
  }

  @Override
  public void onResolve(IncomingResolve resolve) {
    counters.addStream(TrafficCounters.Stream.RESOLVE);
    acceptor.onResolve(resolve);
  }
}
