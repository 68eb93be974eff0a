package org.tunic.router.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class HalfClosedStreamsTest {
  private static final int ID = 7;

  private final HalfClosedStreams streams = new HalfClosedStreams();

  @Test
  void data_withinTheWindow_isExpectedAndNoMore() {
    streams.add(ID, HalfClosed.cells(3, 0));
    for (int i = 0; i < 3; i++) {
      streams.onData(ID, 0);
    }
    assertEquals(0, streams.unexpected());
    streams.onData(ID, 0);
    assertEquals(1, streams.unexpected());
    assertTrue(streams.contains(ID), "only END frees the id");
  }

  @Test
  void data_withCongestionControl_isExpectedUpToTheTime() {
    streams.add(ID, HalfClosed.until(1000));
    for (int i = 0; i < 10_000; i++) {
      streams.onData(ID, 1000);
    }
    assertEquals(0, streams.unexpected());
    streams.onData(ID, 1001);
    assertEquals(1, streams.unexpected());
  }

  @Test
  void data_whereTheClockWraps_isComparedByDifference() {
    streams.add(ID, HalfClosed.until(Long.MAX_VALUE + 5)); // negative
    streams.onData(ID, Long.MAX_VALUE);
    assertEquals(0, streams.unexpected());
  }

  @Test
  void sendmes_asManyAsSentCellsAreWorth_areExpected() {
    streams.add(ID, HalfClosed.cells(0, 2));
    streams.onSendme(ID);
    streams.onSendme(ID);
    assertEquals(0, streams.unexpected());
    streams.onSendme(ID);
    assertEquals(1, streams.unexpected());
  }

  @Test
  void sendme_withCongestionControl_isNeverExpected() {
    streams.add(ID, HalfClosed.until(1000));
    streams.onSendme(ID);
    assertEquals(1, streams.unexpected());
  }

  @Test
  void connected_isExpectedOnceWhereTheStreamWasOpening() {
    streams.add(ID, HalfClosed.cells(500, 0).beforeConnected());
    streams.onConnected(ID);
    assertEquals(0, streams.unexpected());
    streams.onConnected(ID);
    assertEquals(1, streams.unexpected());
  }

  @Test
  void connected_whereTheStreamWasOpen_isUnexpected() {
    streams.add(ID, HalfClosed.cells(500, 0));
    streams.onConnected(ID);
    assertEquals(1, streams.unexpected());
  }

  @Test
  void data_ofAQuestion_isUnexpected() {
    streams.add(ID, HalfClosed.cells(500, 0).withoutData());
    streams.onData(ID, 0);
    assertEquals(1, streams.unexpected());
  }

  @Test
  void end_isExpectedOnceAndFreesTheId() {
    streams.add(ID, HalfClosed.cells(500, 9).beforeConnected());
    streams.onEnd(ID);
    assertEquals(0, streams.unexpected());
    assertFalse(streams.contains(ID));
    streams.onEnd(ID);
    streams.onData(ID, 0);
    streams.onSendme(ID);
    streams.onConnected(ID);
    assertEquals(4, streams.unexpected());
  }

  @Test
  void add_everyId_staysWithinTheBound() {
    for (int round = 0; round < 2; round++) {
      for (int id = 1; id <= HalfClosedStreams.MAX_STREAMS; id++) {
        streams.add(id, HalfClosed.cells(0, 0));
      }
    }
    assertEquals(HalfClosedStreams.MAX_STREAMS, streams.size());
  }
}
