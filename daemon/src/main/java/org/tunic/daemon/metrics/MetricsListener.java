package org.tunic.daemon.metrics;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.tunic.router.link.ListeningPort;

/**
 * MetricsPort: HTTP for {@code GET /metrics} and nothing else, one request a connection.
 *
 * <p>Bounds: {@link #MAX_CONNECTIONS} at a time, {@link #MAX_HEADER_BYTES} of header, {@link
 * #TIMEOUT} from the first byte to the last.
 *
 * <p>Threads: any; each connection on its own event loop.
 */
public final class MetricsListener {
  /** Connections at a time; one more is closed at once. */
  public static final int MAX_CONNECTIONS = 16;

  /** From accepting a connection to the end of its answer. */
  public static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Bytes of a request line. */
  static final int MAX_REQUEST_LINE_BYTES = 1024;

  /** Bytes of all header lines. */
  static final int MAX_HEADER_BYTES = 8 * 1024;

  private static final int MAX_CHUNK_BYTES = 1024;

  private MetricsListener() {}

  /**
   * Starts to listen.
   *
   * @param listeners makes listening sockets for {@code group}, which apply the policy
   * @param address numeric; port 0 for any
   * @param text makes the answer
   * @param executor where, with a bounded queue
   * @return completes when bound, or fails with the reason why not
   */
  public static CompletableFuture<ListeningPort> open(
      EventLoopGroup group,
      ChannelFactory<? extends ServerChannel> listeners,
      InetSocketAddress address,
      Supplier<String> text,
      Executor executor,
      InstantSource clock) {
    AtomicInteger connections = new AtomicInteger();
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channelFactory(listeners)
            .option(ChannelOption.SO_BACKLOG, MAX_CONNECTIONS)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    connection.closeFuture().addListener(_ -> connections.decrementAndGet());
                    if (connections.incrementAndGet() > MAX_CONNECTIONS) {
                      connection.close();
                      return;
                    }
                    connection
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(
                                MAX_REQUEST_LINE_BYTES, MAX_HEADER_BYTES, MAX_CHUNK_BYTES),
                            new MetricsHandler(text, executor, clock));
                  }
                });
    return ListeningPort.open(bootstrap, address);
  }
}
