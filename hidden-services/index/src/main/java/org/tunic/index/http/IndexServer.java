package org.tunic.index.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.index.web.Site;
import org.tunic.onion.host.ServiceTarget;
import org.tunic.onion.host.StreamRules;
import org.tunic.onion.host.VisitorStream;
import org.tunic.router.cell.EndReason;

/**
 * Serves a site on channels that others accept.
 *
 * <p>Bounds: {@link #MAX_CHANNELS} at a time; {@link #MAX_BODIES_BYTES} of bodies of all of them
 * together; of each one request at a time, {@link #REQUEST_TIMEOUT} from its first byte to its
 * last, or {@link #UPLOAD_TIMEOUT} if it is an upload, {@link #ANSWER_TIMEOUT} for an answer to be
 * read, {@link #IDLE_TIMEOUT} without a request.
 *
 * <p>Threads: any.
 */
public final class IndexServer {
  /** Channels at a time; further ones are refused. */
  public static final int MAX_CHANNELS = 4096;

  /** Streams of one visitor's circuit at a time. */
  public static final int MAX_STREAMS_OF_CIRCUIT = 32;

  /** Bytes of a request line. */
  public static final int MAX_REQUEST_LINE_BYTES = 4096;

  /** Bytes of all header lines. */
  public static final int MAX_HEADER_BYTES = 16_384;

  /** Bytes of bodies that are being received or answered. */
  public static final long MAX_BODIES_BYTES = 64L << 20;

  /** From the first byte of a request to its last. */
  public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

  /** The same for an upload: four megabytes through six hops. */
  public static final Duration UPLOAD_TIMEOUT = Duration.ofMinutes(5);

  /** How long an answer may be worked on and wait to be read. */
  public static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(3);

  /** How long a channel may be without a request. */
  public static final Duration IDLE_TIMEOUT = Duration.ofSeconds(90);

  private static final int MAX_CHUNK_BYTES = 16_384;

  /** An address of IPv6 stands for its network of 64 bits: one customer has all of that. */
  private static final int IPV6_PREFIX_BYTES = 8;

  private final Site site;
  private final Executor workers;
  private final LongSupplier nanoClock;
  private final Allowance.All allowances;
  private final AtomicInteger channels = new AtomicInteger();
  private final AtomicLong bodies = new AtomicLong();

  /**
   * @param workers where requests are answered, with a bounded queue
   * @param nanoClock monotonic nanoseconds
   */
  public IndexServer(Site site, Executor workers, LongSupplier nanoClock) {
    this.site = site;
    this.workers = workers;
    this.nanoClock = nanoClock;
    this.allowances = new Allowance.All(nanoClock);
  }

  /** Streams of one circuit that a service with this target should let through. */
  public static StreamRules streamRules() {
    return new StreamRules(MAX_STREAMS_OF_CIRCUIT, false, false);
  }

  /** Channels that are served now. */
  public int channels() {
    return channels.get();
  }

  Site site() {
    return site;
  }

  Executor workers() {
    return workers;
  }

  LongSupplier nanoClock() {
    return nanoClock;
  }

  /** Bytes of bodies in memory, of all channels. */
  AtomicLong bodies() {
    return bodies;
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
    serveTaken(channel, Optional.of(allowances.of(stream.circuitTag())));
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
    serveTaken(
        connection,
        address.isLoopbackAddress()
            ? Optional.empty()
            : Optional.of(
                allowances.of(Bytes.copyOf(bytes, 0, Math.min(bytes.length, IPV6_PREFIX_BYTES)))));
  }

  private boolean take() {
    if (channels.incrementAndGet() <= MAX_CHANNELS) {
      return true;
    }
    channels.decrementAndGet();
    return false;
  }

  private void serveTaken(Channel channel, Optional<Allowance> allowance) {
    channel.closeFuture().addListener(_ -> channels.decrementAndGet());
    channel
        .pipeline()
        .addLast(
            new HttpRequestDecoder(
                new HttpDecoderConfig()
                    .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                    .setMaxHeaderSize(MAX_HEADER_BYTES)
                    .setMaxChunkSize(MAX_CHUNK_BYTES)),
            new RequestHandler(this, allowance));
  }
}
