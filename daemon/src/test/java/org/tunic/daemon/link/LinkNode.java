package org.tunic.daemon.link;

import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.cert.RelayCredentials;
import org.tunic.router.channel.CellCounters;
import org.tunic.router.channel.Channel;
import org.tunic.router.channel.ChannelEvent;
import org.tunic.router.channel.ChannelManager;
import org.tunic.router.channel.ChannelManagerSettings;
import org.tunic.router.channel.ChannelSettings;
import org.tunic.router.channel.CircuitAcceptor;
import org.tunic.router.channel.ExtendTarget;
import org.tunic.router.channel.LoopContexts;
import org.tunic.router.link.OutboundAddresses;
import org.tunic.router.link.TestCredentials;
import org.tunic.router.link.TlsContext;
import org.tunic.router.link.Transport;

/** A node that has links and nothing else. */
final class LinkNode implements AutoCloseable {
  static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final long WAIT_SECONDS = 20;

  final ConcurrentLinkedQueue<ChannelEvent> events = new ConcurrentLinkedQueue<>();
  final CellCounters counters = new CellCounters();
  final AtomicReference<@Nullable RelayCredentials> credentials;
  final ChannelManager manager;
  private final EventLoopGroup loops;

  private LinkNode(
      TlsContext.Engine tls,
      Transport transport,
      @Nullable RelayCredentials credentials,
      @Nullable CircuitAcceptor acceptor,
      Duration handshakeTimeout,
      Duration idleTimeout) {
    SecureRandom random = new SecureRandom();
    this.credentials = new AtomicReference<>(credentials);
    this.loops = transport.newLoops(2, Thread.ofPlatform().name("link-", 0).daemon().factory());
    ChannelManagerSettings settings =
        new ChannelManagerSettings(
            new ChannelSettings(acceptor, counters, 2000, System::nanoTime),
            tls,
            () -> Optional.ofNullable(this.credentials.get()),
            () -> List.of(LOOPBACK),
            Duration.ofSeconds(5),
            handshakeTimeout,
            idleTimeout,
            100,
            () -> OutboundAddresses.ANY,
            events::add);
    this.manager =
        new ChannelManager(
            transport,
            loops,
            new LoopContexts(random, System::nanoTime),
            settings,
            InstantSource.system(),
            random);
  }

  static LinkNode client(TlsContext.Engine tls) {
    return new LinkNode(
        tls, Transport.best(), null, null, Duration.ofSeconds(10), Duration.ofMinutes(3));
  }

  static LinkNode relay(TlsContext.Engine tls, @Nullable CircuitAcceptor acceptor) {
    return relay(tls, Transport.best(), acceptor, Duration.ofSeconds(10), Duration.ofMinutes(3));
  }

  static LinkNode relay(
      TlsContext.Engine tls,
      Transport transport,
      @Nullable CircuitAcceptor acceptor,
      Duration handshakeTimeout,
      Duration idleTimeout) {
    return new LinkNode(tls, transport, newCredentials(), acceptor, handshakeTimeout, idleTimeout);
  }

  static RelayCredentials newCredentials() {
    return TestCredentials.create(InstantSource.system().instant(), new SecureRandom());
  }

  InetSocketAddress listen() throws Exception {
    return manager.listen(new InetSocketAddress(LOOPBACK, 0));
  }

  RelayCredentials own() {
    return Objects.requireNonNull(credentials.get());
  }

  Channel connect(RelayCredentials to, InetSocketAddress... addresses) throws Exception {
    return await(manager.get(new ExtendTarget(to.ids(), List.of(addresses))));
  }

  static <T> T await(CompletableFuture<T> future) throws Exception {
    try {
      return future.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  /** Waits for an event of this type. */
  <T extends ChannelEvent> T event(Class<T> type) throws Exception {
    until(() -> events.stream().anyMatch(type::isInstance));
    return events.stream().filter(type::isInstance).map(type::cast).findFirst().orElseThrow();
  }

  /** Waits until {@code condition} holds. */
  static void until(BooleanSupplier condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new TimeoutException("not within " + WAIT_SECONDS + " s");
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Override
  public void close() {
    manager.close();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
