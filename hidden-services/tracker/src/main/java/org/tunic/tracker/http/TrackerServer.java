package org.tunic.tracker.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.onion.host.ServiceTarget;
import org.tunic.onion.host.StreamRules;
import org.tunic.onion.host.VisitorStream;
import org.tunic.router.cell.EndReason;
import org.tunic.tracker.Tracker;
import org.tunic.tracker.TrackerCounters.Kind;
import org.tunic.tracker.Visitors;

/**
 * Serves a tracker on channels that others accept.
 *
 * <p>Bounds: {@link #MAX_CHANNELS} at a time; of each the header of one request, {@link
 * #MAX_WAITING} requests that came behind one that takes longer, {@link #REQUEST_TIMEOUT} from the
 * first byte of a request to its last, {@link #IDLE_TIMEOUT} without a request.
 *
 * <p>Threads: any.
 */
public final class TrackerServer {
  /** Channels at a time; further ones are refused. */
  public static final int MAX_CHANNELS = 16_384;

  /** Streams of one visitor's circuit at a time. */
  public static final int MAX_STREAMS_OF_CIRCUIT = 64;

  /** Bytes of a request line; the longest that clients send has some 500. */
  public static final int MAX_REQUEST_LINE_BYTES = 4096;

  /** Bytes of all header lines. */
  public static final int MAX_HEADER_BYTES = 8192;

  /** Requests of one channel that wait while one is checked. */
  public static final int MAX_WAITING = 16;

  /** From the first byte of a request to its last. */
  public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(20);

  /** How long a channel may be without a request, and an answer wait to be read. */
  public static final Duration IDLE_TIMEOUT = Duration.ofSeconds(90);

  private static final int MAX_CHUNK_BYTES = 1024;

  /** An address of IPv6 stands for its network of 64 bits: one customer has all of that. */
  private static final int IPV6_PREFIX_BYTES = 8;

  private final Tracker tracker;
  private final Visitors visitors;
  private final Executor workers;
  private final LongSupplier nanoClock;
  private final AtomicInteger channels = new AtomicInteger();

  /**
   * @param workers where signatures are checked, with a bounded queue
   * @param nanoClock monotonic nanoseconds
   */
  public TrackerServer(
      Tracker tracker, Visitors visitors, Executor workers, LongSupplier nanoClock) {
    this.tracker = tracker;
    this.visitors = visitors;
    this.workers = workers;
    this.nanoClock = nanoClock;
  }

  /** Streams of one circuit that a service with this target should let through. */
  public static StreamRules streamRules() {
    return new StreamRules(MAX_STREAMS_OF_CIRCUIT, false, false);
  }

  /** Channels that are served now. */
  public int channels() {
    return channels.get();
  }

  /** Takes the streams of an onion service. */
  public ServiceTarget onionTarget() {
    return this::onStream;
  }

  private void onStream(VisitorStream stream) {
    if (!take()) {
      stream.refuse(EndReason.RESOURCELIMIT);
      return;
    }
    Channel channel = stream.accept();
    serveTaken(
        channel,
        new Origin(visitors.of(stream.circuitTag()), Optional.empty(), stream::closeCircuit));
    channel.config().setAutoRead(true);
  }

  /**
   * Serves a TCP connection that was accepted, or closes it if there are too many. To be called
   * before it is read from.
   */
  public void serve(Channel connection, InetSocketAddress remote) {
    if (!take()) {
      connection.close();
      return;
    }
    InetAddress address = remote.getAddress();
    byte[] bytes = address.getAddress();
    Origin origin =
        new Origin(
            address.isLoopbackAddress()
                ? visitors.local()
                : visitors.of(Bytes.copyOf(bytes, 0, Math.min(bytes.length, IPV6_PREFIX_BYTES))),
            Optional.of(address),
            connection::close);
    serveTaken(connection, origin);
  }

  private boolean take() {
    if (channels.incrementAndGet() <= MAX_CHANNELS) {
      return true;
    }
    channels.decrementAndGet();
    tracker.counters().count(Kind.CONNECTIONS_REFUSED);
    return false;
  }

  private void serveTaken(Channel channel, Origin origin) {
    channel.closeFuture().addListener(_ -> channels.decrementAndGet());
    ChannelWatch watch = new ChannelWatch(nanoClock, tracker.counters());
    channel
        .pipeline()
        .addLast(
            watch,
            new HttpRequestDecoder(
                new HttpDecoderConfig()
                    .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                    .setMaxHeaderSize(MAX_HEADER_BYTES)
                    .setMaxChunkSize(MAX_CHUNK_BYTES)),
            new RequestHandler(tracker, origin, watch, workers));
  }
}
