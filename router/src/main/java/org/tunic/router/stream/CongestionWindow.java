package org.tunic.router.stream;

import org.tunic.router.cell.CircuitViolation;
import org.tunic.router.congestion.FlowCounters;
import org.tunic.router.congestion.Vegas;
import org.tunic.router.congestion.VegasParameters;

/**
 * Circuit-level flow control of one hop by a congestion window. Every increment of DATA is
 * acknowledged by a SENDME at once, which carries the tag of its last cell; how long it took tells
 * how large the window may be.
 *
 * <p>A peer that sends more than its window cannot be told from one with a large window, so nothing
 * is refused here; what streams may pile up is bounded by {@link XonXoff}.
 *
 * <p>Spec: proposals/324 section 3. Threads: event loop of the circuit.
 */
final class CongestionWindow implements CircuitFlow {
  private final Vegas vegas;
  private final int incrementCells;
  private final SentTags tags;
  private int sentInIncrement;
  private int receivedInIncrement;

  CongestionWindow(int incrementCells, VegasParameters parameters, FlowCounters counters) {
    this.vegas = new Vegas(parameters, incrementCells, counters);
    this.incrementCells = incrementCells;
    this.tags = new SentTags(Math.ceilDiv(parameters.initialCells(), incrementCells));
  }

  @Override
  public int incrementCells() {
    return incrementCells;
  }

  @Override
  public boolean maySend() {
    return vegas.maySend();
  }

  @Override
  public void dataSent(HopSender sender) {
    vegas.sent();
    if (++sentInIncrement == incrementCells) {
      sentInIncrement = 0;
      tags.add(sender, sender.nanoTime());
    }
  }

  @Override
  public boolean dataReceived() {
    if (++receivedInIncrement < incrementCells) {
      return false;
    }
    receivedInIncrement = 0;
    return true;
  }

  @Override
  public void sendme(int version, byte[] cell, int tagOffset, long nanoTime, boolean blocked)
      throws CircuitViolation {
    long sentNanos = tags.take(version, cell, tagOffset);
    vegas.sendme((nanoTime - sentNanos) / 1000, blocked);
  }

  @Override
  public long maxRoundTripNanos() {
    return vegas.maxRoundTripMicros() * 1000;
  }

  @Override
  public void closed() {
    vegas.closed();
  }
}
