package org.tunic.router.stream;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.router.cell.CircuitViolation;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.RelayHeader;
import org.tunic.router.congestion.FlowCounters;
import org.tunic.router.congestion.StreamParameters;

/**
 * The flow control of one stream on a circuit with congestion control.
 *
 * <p>Receiving: when more waits for the application than {@code cc_xoff_client} or {@code
 * cc_xoff_exit} allow, for longer than 5 ms, XOFF goes out; when all was taken, XON does, with the
 * rate at which it was taken. The rate is measured over {@code cc_xon_rate} bytes while something
 * waits and averaged; once the peer was told one, a change of more than {@code cc_xon_change_pct}
 * percent is told too.
 *
 * <p>Sending: nothing between XOFF and XON, and no faster than the last XON said.
 *
 * <p>Nothing forces a peer to heed XOFF. C tor then fills its memory; here {@link
 * #MAX_WAITING_BYTES} ends the circuit.
 *
 * <p>Spec: proposals/324 section 4. Threads: event loop of the circuit.
 */
final class XonXoff implements StreamFlow {
  /**
   * Bytes that may wait for the application of one stream. A peer that heeds XOFF has no more on
   * the way than its congestion window: 5000 cells at the end of the longest slow start are 2.5 MB.
   */
  static final int MAX_WAITING_BYTES = 16 << 20;

  /** How long more than the limit must wait before XOFF: a moment's burst is no reason. */
  private static final long XOFF_GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** More than this waits only where the application is slower than the circuit. */
  private static final int BURST_BYTES = 32 * RelayHeader.MAX_DATA;

  /** XOFFs or XONs after which the counts are halved, so that old data excuses few new ones. */
  private static final int MESSAGES_SCALE_AT = 200;

  /** Bytes sent after which the counts are halved. */
  private static final int BYTES_SCALE_AT = 10 << 20;

  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long MAX_RATE = Integer.MAX_VALUE;

  private static final Logger log = LoggerFactory.getLogger(XonXoff.class);

  private final HopEndpoint hop;
  private final int streamId;
  private final boolean client;
  private final StreamParameters params;
  private final FlowCounters counters;

  // Receiving.
  private int waitingBytes;
  private boolean overLimit;
  private long overLimitSince;
  private boolean xoffSent;
  private boolean draining;
  private long drainStart;
  private long drainedBytes;
  private long previousDrainedBytes;
  private long rateKbps;
  private long toldKbps;

  // Sending.
  private boolean xoffReceived;

  /** Bytes a second; 0 is no limit. */
  private long sendRate;

  private long sendTokens;
  private long refilledAt;
  private int sentBytes;
  private int xoffsReceived;
  private int xonsReceived;

  XonXoff(HopEndpoint hop, int streamId, boolean client, FlowControl.CongestionControl control) {
    this.hop = hop;
    this.streamId = streamId;
    this.client = client;
    this.params = control.parameters().streams();
    this.counters = control.counters();
  }

  // ---- sending

  @Override
  public boolean maySend() {
    if (xoffReceived) {
      return false;
    }
    if (sendRate == 0 || sendTokens > 0) {
      return true;
    }
    refill(hop.nanoTime());
    return sendTokens > 0;
  }

  @Override
  public long retryNanos() {
    if (xoffReceived || sendRate == 0) {
      return 0;
    }
    long missing = Math.max(0, RelayHeader.MAX_DATA - sendTokens);
    return Math.max(RETRY_NANOS, missing * SECOND_NANOS / sendRate);
  }

  private void refill(long now) {
    long elapsed = now - refilledAt;
    long more = elapsed >= SECOND_NANOS ? sendRate : elapsed * sendRate / SECOND_NANOS;
    if (more > 0) {
      sendTokens = Math.min(sendRate, sendTokens + more);
      refilledAt = now;
    }
  }

  @Override
  public void sent(int bytes) {
    if (sendRate != 0) {
      sendTokens -= bytes;
    }
    if (sentBytes >= BYTES_SCALE_AT - bytes) {
      scaleDown();
    }
    sentBytes += bytes;
  }

  private void scaleDown() {
    sentBytes /= 2;
    xoffsReceived /= 2;
    xonsReceived /= 2;
  }

  @Override
  public void onSendme() throws CircuitViolation {
    throw new CircuitViolation(
        "stream SENDME on a circuit with congestion control", DestroyReason.PROTOCOL);
  }

  @Override
  public HalfClosed halfClosed() {
    return hop.halfClosedNow();
  }

  @Override
  public void onXoff() {
    if (xoffReceived) {
      return; // a second one without XON says nothing; C tor drops it, too
    }
    if (xoffsReceived == MESSAGES_SCALE_AT) {
      scaleDown();
    }
    xoffsReceived++;
    noteReceived(FlowCounters.Event.XOFF_RECEIVED, xoffsReceived, params.xoffExitBytes());
    xoffReceived = true;
    log.debug("stream {} XOFF received", streamId);
  }

  @Override
  public void onXon(long kbps) {
    if (xonsReceived == MESSAGES_SCALE_AT) {
      scaleDown();
    }
    xonsReceived++;
    noteReceived(
        FlowCounters.Event.XON_RECEIVED,
        xonsReceived,
        Math.min(params.xoffExitBytes(), params.xonRateBytes()));
    log.debug("stream {} XON received, {} KB/s", streamId, kbps);
    long rate = kbps * 1000;
    if (rate == 0 || rate > MAX_RATE) {
      sendRate = 0;
    } else {
      sendTokens = sendRate == 0 ? rate : Math.min(sendTokens, rate);
      sendRate = rate;
      refilledAt = hop.nanoTime();
    }
    xoffReceived = false;
  }

  /**
   * A client counts messages that nothing it sent can have caused: an exit could mark a stream with
   * them. They are heeded all the same, as C tor does.
   */
  private void noteReceived(FlowCounters.Event event, int received, int bytesForEach) {
    counters.add(event);
    if (client && sentBytes < (long) bytesForEach * received) {
      counters.add(FlowCounters.Event.IMPLAUSIBLE_RECEIVED);
    }
  }

  // ---- receiving

  @Override
  public void received(int bytes) throws CircuitViolation {
    waitingBytes += bytes;
    if (waitingBytes > MAX_WAITING_BYTES) {
      throw new CircuitViolation("stream that does not heed XOFF", DestroyReason.RESOURCELIMIT);
    }
  }

  @Override
  public void batchEnded() {
    if (waitingBytes <= (client ? params.xoffClientBytes() : params.xoffExitBytes())) {
      overLimit = false;
    } else if (!xoffSent) {
      long now = hop.nanoTime();
      if (!overLimit) {
        overLimit = true;
        overLimitSince = now;
      } else if (now - overLimitSince >= XOFF_GRACE_NANOS) {
        xoffSent = true;
        rateKbps = 0; // it was wrong, or it would not have come so far
        counters.xoffSent(waitingBytes);
        hop.sendXoff(streamId);
        log.debug("stream {} XOFF sent, {} bytes wait", streamId, waitingBytes);
      }
    }
    if (waitingBytes > BURST_BYTES) {
      drained(0);
    }
  }

  @Override
  public boolean offersByTheBuffer() {
    return true;
  }

  @Override
  public void taken(int bytes) {
    waitingBytes -= bytes;
    drained(bytes);
  }

  private void drained(int bytes) {
    drainedBytes += bytes;
    if (!draining && waitingBytes > 0) {
      draining = true;
      drainStart = hop.nanoTime();
      drainedBytes = 0;
    }
    if (draining && drainedBytes > params.xonRateBytes()) {
      measure();
    }
    if (xoffSent ? waitingBytes == 0 : rateChanged()) {
      sendXon();
    }
    if (waitingBytes == 0) {
      draining = false;
      if (drainedBytes >= params.xonRateBytes() && toldKbps != 0) {
        // It keeps up with all it gets: let it have more.
        rateKbps = Math.min(MAX_RATE, 2 * rateKbps);
        previousDrainedBytes = drainedBytes;
        drainedBytes = 0;
      }
    }
  }

  private void measure() {
    if (previousDrainedBytes == 0) {
      previousDrainedBytes = drainedBytes;
    }
    long micros = (hop.nanoTime() - drainStart) / 1000;
    long kbps = micros == 0 ? 0 : Math.clamp(previousDrainedBytes * 1000 / micros, 1, MAX_RATE);
    previousDrainedBytes = drainedBytes;
    if (kbps != 0) {
      int n = params.xonEwmaCount();
      rateKbps = rateKbps == 0 ? kbps : (2 * kbps + (n - 1) * rateKbps) / (n + 1);
      drainedBytes = 0;
      draining = false;
    }
  }

  private boolean rateChanged() {
    int change = params.xonChangePercent();
    return toldKbps != 0
        && (rateKbps > (100 + change) * toldKbps / 100
            || rateKbps < (100 - change) * toldKbps / 100);
  }

  private void sendXon() {
    toldKbps = rateKbps;
    xoffSent = false;
    overLimit = false;
    counters.xonSent(waitingBytes);
    hop.sendXon(streamId, rateKbps);
    log.debug("stream {} XON sent, {} KB/s", streamId, rateKbps);
  }
}
