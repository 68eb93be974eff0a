package org.tunic.gateway.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.tunic.gateway.Gateway;
import org.tunic.gateway.GatewayCounters.Kind;

/**
 * Answers clients on connections that others accept: one request each.
 *
 * <p>Bounds: {@link #MAX_CHANNELS} at a time, {@link #MAX_ASKING} requests that are being asked of
 * trackers, {@link #REQUEST_TIMEOUT} for a whole request.
 *
 * <p>Threads: any.
 */
public final class TrackerPort {
  /** Connections at a time; further ones are closed. */
  public static final int MAX_CHANNELS = 256;

  /** Requests at a time that trackers are asked, each on a virtual thread. */
  public static final int MAX_ASKING = 64;

  /** From the acceptance of a connection to the end of its request. */
  public static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(20);

  private static final int MAX_LINE_BYTES = 8192;
  private static final int MAX_HEADER_BYTES = 8192;
  private static final int MAX_CHUNK_BYTES = 1024;

  private final Gateway gateway;
  private final LocalRules rules;
  private final AtomicInteger channels = new AtomicInteger();
  private final Semaphore asking = new Semaphore(MAX_ASKING);

  /**
   * @param token what a request must carry
   * @param address numeric, where it listens
   * @param port where it listens
   */
  public TrackerPort(Gateway gateway, String token, String address, int port) {
    this.gateway = gateway;
    this.rules = new LocalRules(token, address, port);
  }

  /** Connections now. */
  public int channels() {
    return channels.get();
  }

  /** Serves a connection, or closes it. To be called before it is read from. */
  public void serve(Channel connection) {
    if (channels.incrementAndGet() > MAX_CHANNELS) {
      channels.decrementAndGet();
      gateway.counters().count(Kind.NO_ROOM);
      connection.close();
      return;
    }
    connection.closeFuture().addListener(_ -> channels.decrementAndGet());
    connection
        .pipeline()
        .addLast(
            new HttpRequestDecoder(
                new HttpDecoderConfig()
                    .setMaxInitialLineLength(MAX_LINE_BYTES)
                    .setMaxHeaderSize(MAX_HEADER_BYTES)
                    .setMaxChunkSize(MAX_CHUNK_BYTES)),
            new TrackerPortHandler(gateway, rules, asking));
    connection.config().setAutoRead(true);
  }
}
