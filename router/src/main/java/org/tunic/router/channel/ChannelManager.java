package org.tunic.router.channel;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Base32;
import org.tunic.crypto.cert.RelayCredentials;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.limits.BandwidthLimits;
import org.tunic.router.limits.DosDefences;
import org.tunic.router.limits.NodeLimits;
import org.tunic.router.link.CellSink;
import org.tunic.router.link.LinkFailure;
import org.tunic.router.link.LinkOpener;
import org.tunic.router.link.Links;
import org.tunic.router.link.ListeningPort;
import org.tunic.router.link.TlsContext;
import org.tunic.router.link.TlsLink;
import org.tunic.router.link.Transport;

/**
 * Opens, finds and closes the channels of a node.
 *
 * <p>As a relay it listens, shows its certificates and authenticates to those it connects to;
 * without credentials it is a client. Bounds: {@link #MAX_ATTEMPTS} connections being made, {@link
 * HalfOpen} for those being accepted, {@link ChannelManagerSettings#maxAccepted} accepted ones.
 *
 * <p>Spec: tor-spec/channels, tor-spec/negotiating-channels
 *
 * <p>Threads: any; its maps are guarded by locks of their own, channels belong to their loops.
 */
public final class ChannelManager implements AutoCloseable {
  /** Connections to relays being made at a time: EXTEND2 lets others ask for them. */
  static final int MAX_ATTEMPTS = 1024;

  private static final Logger log = LoggerFactory.getLogger(ChannelManager.class);
  private static final String EXPORTER_LABEL =
      org.tunic.crypto.handshake.authenticate.Authenticate.EXPORTER_LABEL;
  private static final int EXPORTER_LENGTH =
      org.tunic.crypto.handshake.authenticate.Authenticate.FIELD_LENGTH;
  private static final long SWEEP_SECONDS = 10;

  /** What a TLS handshake keeps outside of our buffers, about. */
  private static final int HALF_OPEN_BYTES = 32 * 1024;

  private static final long CLOSE_SECONDS = 5;
  private static final int MIN_NAME = 4;
  private static final int MAX_NAME = 25;

  private final EventLoopGroup loops;
  private final LoopContexts contexts;
  private final ChannelManagerSettings settings;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Links links;
  private final TlsContext clientTls;
  private final io.netty.util.concurrent.Future<?> sweeper;
  private final io.netty.util.concurrent.Future<?> padder;
  private final io.netty.util.concurrent.Future<?> memoryCheck;
  private final MemoryRelief relief;

  private final OpenChannels open = new OpenChannels();
  private final HalfOpen halfOpen = new HalfOpen();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicLong serials = new AtomicLong();
  private final Object lock = new Object();

  /**
   * By the relay; those of {@link #reach} by relay and addresses, because one that goes elsewhere
   * would prove nothing. Guarded by lock.
   */
  private final Map<Object, Attempt> attempts = new HashMap<>();

  private final List<ListeningPort> listeners = new ArrayList<>(); // guarded by lock
  private @Nullable ServerTls serverTls; // guarded by lock
  private boolean closed; // guarded by lock

  /**
   * A manager without connections.
   *
   * @param loops of {@code transport}; stay the caller's
   * @param contexts the same for all that share {@code loops}
   */
  public ChannelManager(
      Transport transport,
      EventLoopGroup loops,
      LoopContexts contexts,
      ChannelManagerSettings settings,
      InstantSource clock,
      SecureRandom random) {
    this.loops = loops;
    this.contexts = contexts;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.links =
        new Links(
            transport,
            settings.tcpTimeout(),
            settings.handshakeTimeout(),
            settings.channels().limits().traffic(),
            settings.channels().limits().bandwidth(),
            settings.outbound());
    this.clientTls = TlsContext.forClient(settings.tls());
    this.sweeper =
        loops
            .next()
            .scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    this.padder =
        loops
            .next()
            .scheduleWithFixedDelay(
                () -> onEach(Channel::pad),
                ChannelPadding.PERIOD_NANOS,
                ChannelPadding.PERIOD_NANOS,
                TimeUnit.NANOSECONDS);
    this.relief =
        new MemoryRelief(
            open::snapshot,
            contexts,
            settings.channels().limits().counters(),
            settings.channels().nanoClock());
    contexts.memory().whenFull(relief);
    contexts.memory().countBuffers(() -> (long) halfOpen.all() * HALF_OPEN_BYTES);
    this.memoryCheck =
        loops.next().scheduleWithFixedDelay(this::checkMemory, 1, 1, TimeUnit.SECONDS);
  }

  /**
   * An open channel to a relay: one that exists and is canonical or goes to an address of the
   * target, or a new one. Requests for one relay made at the same time share one connection.
   *
   * @return the channel, which may close at any time: look at the result of {@link Channel#attach}.
   *     Completes on the channel's loop or, when there is one already, at once; exceptionally with
   *     {@link ConnectException}
   */
  public CompletableFuture<Channel> get(ExtendTarget target) {
    return get(target, false);
  }

  /**
   * As {@link #get}, but only a channel that we opened will do: one that the relay opened proves
   * who it is, not that it can be reached. An authority tests relays so.
   */
  public CompletableFuture<Channel> reach(ExtendTarget target) {
    return get(target, true);
  }

  private CompletableFuture<Channel> get(ExtendTarget target, boolean openedByUs) {
    Attempt attempt;
    synchronized (lock) {
      Optional<Channel> best = open.best(target, openedByUs, nanos());
      if (best.isPresent()) {
        return CompletableFuture.completedFuture(best.get());
      }
      Object key = openedByUs ? target : target.ids();
      Attempt running = attempts.get(key);
      if (running != null) {
        return running.result.copy();
      }
      if (closed || attempts.size() >= MAX_ATTEMPTS || target.addresses().isEmpty()) {
        return CompletableFuture.failedFuture(
            new ConnectException(
                ConnectException.Reason.RESOURCES, "closing, or too many connections being made"));
      }
      attempt = new Attempt(key, target, loops.next());
      attempts.put(key, attempt);
    }
    attempt.next();
    return attempt.result.copy();
  }

  /**
   * Accepts channels on an OR port; only a relay can.
   *
   * @param address numeric; port 0 lets the system choose
   * @return where it listens
   * @throws IOException if the address cannot be had
   */
  public InetSocketAddress listen(InetSocketAddress address) throws IOException {
    ListeningPort listener = links.listen(loops, address, this::admit);
    synchronized (lock) {
      if (!closed) {
        listeners.add(listener);
        return listener.address();
      }
    }
    listener.close();
    throw new IOException("the node is closing");
  }

  /**
   * Stops accepting channels on one address; those that are open go on. Not from an event loop.
   *
   * @param address what {@link #listen} returned
   */
  public void stopListening(InetSocketAddress address) {
    List<ListeningPort> stopped;
    synchronized (lock) {
      stopped = listeners.stream().filter(l -> l.address().equals(address)).toList();
      listeners.removeAll(stopped);
    }
    stopped.forEach(ListeningPort::close);
  }

  /** Open channels, to relays and from clients. */
  public int openCount() {
    return open.size();
  }

  /** Accepted connections in TLS or negotiation. */
  public int halfOpenCount() {
    return halfOpen.all();
  }

  /**
   * Stops listening and connecting, closes every channel, and waits a few seconds for that. Not
   * from an event loop.
   */
  @Override
  public void close() {
    List<ListeningPort> listening;
    ServerTls tls;
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      listening = List.copyOf(listeners);
      listeners.clear();
      tls = serverTls;
      serverTls = null;
    }
    sweeper.cancel(false);
    padder.cancel(false);
    memoryCheck.cancel(false);
    contexts.memory().forget(relief);
    listening.forEach(ListeningPort::close);
    CompletableFuture.allOf(
            open.snapshot().stream()
                .map(
                    c ->
                        CompletableFuture.runAsync(() -> c.close(DestroyReason.FINISHED), c.loop()))
                .toArray(CompletableFuture[]::new))
        .orTimeout(CLOSE_SECONDS, TimeUnit.SECONDS)
        .handle((_, _) -> true)
        .join();
    links.close();
    clientTls.close();
    if (tls != null) {
      tls.context().close();
    }
  }

  private long nanos() {
    return settings.channels().nanoClock().getAsLong();
  }

  /** Buffers grow without anybody noticing: look from time to time. */
  private void checkMemory() {
    contexts.settle(contexts.memory()::check);
  }

  /** Every few seconds: idle channels close, idle queues give memory back. */
  private void sweep() {
    onEach(this::sweep);
  }

  /** Does something with every open channel, each on its loop. */
  private void onEach(Consumer<Channel> action) {
    Map<EventLoop, List<Channel>> byLoop = new HashMap<>();
    for (Channel channel : open.snapshot()) {
      byLoop.computeIfAbsent(channel.loop(), _ -> new ArrayList<>()).add(channel);
    }
    byLoop.forEach((loop, channels) -> loop.execute(() -> channels.forEach(action)));
  }

  private void sweep(Channel channel) {
    if (channel.isIdle(nanos())) {
      channel.close(DestroyReason.FINISHED);
    } else {
      channel.sweep();
    }
  }

  private Optional<Links.Accepted> admit(InetSocketAddress remote) {
    Optional<ServerTls> tls = serverTls();
    if (tls.isEmpty() || accepted.get() >= settings.maxAccepted()) {
      return Optional.empty();
    }
    InetAddress address = remote.getAddress();
    if (!halfOpen.enter(address)) {
      return Optional.empty();
    }
    DosDefences.Connection counted = null;
    DosDefences defences = settings.channels().limits().dos().orElse(null);
    if (defences != null) {
      counted = defences.accept(address);
      if (counted == null) {
        halfOpen.leave(address);
        return Optional.empty();
      }
    }
    accepted.incrementAndGet();
    RelayCredentials credentials = tls.get().credentials();
    return Optional.of(
        new Links.Accepted(
            tls.get().context(),
            credentials.tlsCertificate().der(),
            new Incoming(address, counted, credentials)));
  }

  /** The TLS context of the credentials of the day; made when they changed. */
  private Optional<ServerTls> serverTls() {
    Optional<RelayCredentials> credentials = settings.credentials().get();
    synchronized (lock) {
      if (credentials.isEmpty() || closed) {
        return Optional.empty();
      }
      ServerTls current = serverTls;
      if (current == null || current.credentials() != credentials.get()) {
        if (current != null) {
          current.context().close(); // connections that use it hold it
        }
        current = ServerTls.of(settings.tls(), credentials.get());
        serverTls = current;
      }
      return Optional.of(current);
    }
  }

  private HandshakeContext context(TlsLink link, @Nullable RelayCredentials credentials) {
    return new HandshakeContext(
        credentials,
        settings.ownAddresses().get(),
        link.remote().getAddress(),
        new TlsBinding(
            link.tlsCertificate(), cid -> link.export(EXPORTER_LABEL, cid, EXPORTER_LENGTH)),
        clock,
        random);
  }

  private Negotiation negotiate(TlsLink link, Handshake handshake, Negotiation.Listener listener) {
    return new Negotiation(
        link.socket(),
        link.framer(),
        handshake,
        settings.channels().counters(),
        settings.handshakeTimeout(),
        listener);
  }

  private Channel opened(long serial, boolean initiator, TlsLink link, Negotiated negotiated) {
    link.forgetSecrets();
    limit(link, negotiated.peer());
    LoopContext context = contexts.of(link.socket().eventLoop());
    Channel channel =
        new Channel(
            link.socket(),
            context,
            new Channel.Opened(
                serial,
                initiator,
                negotiated.linkProtocol(),
                negotiated.peer(),
                negotiated.canonical(),
                negotiated.clockSkewSeconds(),
                link.remote().getAddress()),
            settings.channels(),
            context.random());
    channel.drawIdleTimeout(settings.idleTimeout());
    open.add(channel);
    settings
        .events()
        .accept(
            new ChannelEvent.Opened(
                serial, initiator, channel.peer(), negotiated.clockSkewSeconds()));
    return channel;
  }

  private void closed(Channel channel, DestroyReason why) {
    open.remove(channel);
    if (!channel.initiator()) {
      accepted.decrementAndGet();
    }
    settings.events().accept(new ChannelEvent.Closed(channel.serial(), why));
  }

  /** What is not with a relay has a limit of its own, if there is one. */
  private void limit(TlsLink link, @Nullable RelayIds peer) {
    NodeLimits limits = settings.channels().limits();
    BandwidthLimits.Rates rates = limits.bandwidth().rates();
    boolean limited = rates.connectionRate() < BandwidthLimits.UNLIMITED;
    if (limited && (peer == null || !limits.isKnownRelay(peer))) {
      link.limit(rates.connectionRate(), rates.connectionBurst(), settings.channels().nanoClock());
    }
  }

  /** Closes a channel that opened while the manager was closing. */
  private void closeIfTooLate(Channel channel) {
    boolean tooLate;
    synchronized (lock) {
      tooLate = closed;
    }
    if (tooLate) {
      channel.loop().execute(() -> channel.close(DestroyReason.FINISHED));
    }
  }

  /**
   * {@code www.}, 4 to 25 random characters, {@code .com}: what C tor puts into its ClientHello.
   */
  private String serverName() {
    byte[] bytes = new byte[(MAX_NAME * 5 + 7) / 8];
    random.nextBytes(bytes);
    int length = random.nextInt(MIN_NAME, MAX_NAME + 1);
    return "www." + Base32.encode(bytes).substring(0, length) + ".com";
  }

  /** An accepted connection on its way to a channel. */
  private final class Incoming implements LinkOpener {
    private final InetAddress address;
    private final DosDefences.@Nullable Connection counted;
    private final RelayCredentials credentials;

    Incoming(
        InetAddress address,
        DosDefences.@Nullable Connection counted,
        RelayCredentials credentials) {
      this.address = address;
      this.counted = counted;
      this.credentials = credentials;
    }

    @Override
    public void onTcpConnected() {}

    @Override
    public CellSink onOpen(TlsLink link) {
      return negotiate(
          link,
          new ResponderHandshake(context(link, credentials)),
          new Negotiation.Listener() {
            @Override
            public CellSink onNegotiated(Negotiated negotiated) {
              halfOpen.leave(address);
              RelayIds peer = negotiated.peer();
              if (peer != null && settings.channels().limits().isKnownRelay(peer)) {
                forgetAddress(); // relays are exempt
              }
              Channel channel = opened(serials.incrementAndGet(), false, link, negotiated);
              channel.onClose(
                  why -> {
                    forgetAddress();
                    closed(channel, why);
                  });
              closeIfTooLate(channel);
              return channel.sink();
            }

            @Override
            public void onFailed(ConnectException why) {
              link.forgetSecrets();
              failed();
            }
          });
    }

    @Override
    public void onFailed(LinkFailure why) {
      failed();
    }

    private void failed() {
      halfOpen.leave(address);
      forgetAddress();
      accepted.decrementAndGet();
    }

    private void forgetAddress() {
      if (counted != null) {
        counted.close();
      }
    }
  }

  /** A connection to a relay being made, trying its addresses in order. */
  private final class Attempt implements LinkOpener {
    final CompletableFuture<Channel> result = new CompletableFuture<>();
    private final Object key;
    private final ExtendTarget target;
    private final EventLoop loop;
    private final long serial = serials.incrementAndGet();
    private int tried;

    Attempt(Object key, ExtendTarget target, EventLoop loop) {
      this.key = key;
      this.target = target;
      this.loop = loop;
    }

    void next() {
      InetSocketAddress address = target.addresses().get(tried++);
      if (tried == 1) {
        settings.events().accept(new ChannelEvent.Launched(serial, target.ids()));
      }
      links.connect(loop, address, clientTls, serverName(), this);
    }

    @Override
    public void onTcpConnected() {
      settings.events().accept(new ChannelEvent.TcpConnected(serial));
    }

    @Override
    public CellSink onOpen(TlsLink link) {
      RelayCredentials credentials = settings.credentials().get().orElse(null);
      return negotiate(
          link,
          new InitiatorHandshake(context(link, credentials), target.ids()),
          new Negotiation.Listener() {
            @Override
            public CellSink onNegotiated(Negotiated negotiated) {
              Channel channel = opened(serial, true, link, negotiated);
              channel.onClose(why -> closed(channel, why));
              forget();
              closeIfTooLate(channel);
              result.complete(channel);
              return channel.sink();
            }

            @Override
            public void onFailed(ConnectException why) {
              link.forgetSecrets();
              failed(why);
            }
          });
    }

    @Override
    public void onFailed(LinkFailure why) {
      failed(
          switch (why) {
            case REFUSED -> new ConnectException(ConnectException.Reason.REFUSED, "refused");
            case NETWORK -> new ConnectException(ConnectException.Reason.NETWORK, "network error");
            case TIMEOUT -> new ConnectException(ConnectException.Reason.TIMEOUT, "timed out");
            case TLS -> new ConnectException(ConnectException.Reason.TLS, "TLS failed");
          });
    }

    private void failed(ConnectException why) {
      if (tried < target.addresses().size()) {
        next();
        return;
      }
      forget();
      log.debug("no channel {} to [relay]: {}", serial, why.reason());
      settings.events().accept(new ChannelEvent.Failed(serial, target.ids(), why.reason()));
      result.completeExceptionally(why);
    }

    private void forget() {
      synchronized (lock) {
        attempts.remove(key, this);
      }
    }
  }
}
