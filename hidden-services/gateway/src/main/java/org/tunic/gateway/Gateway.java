package org.tunic.gateway;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.gateway.GatewayCounters.Kind;
import org.tunic.gateway.announce.OnionPeer;
import org.tunic.gateway.announce.OutgoingAnnounce;
import org.tunic.gateway.announce.ScrapeAnswer;
import org.tunic.gateway.announce.TrackerAnswer;
import org.tunic.gateway.announce.TrackerTarget;
import org.tunic.gateway.http.TrackerExchange;
import org.tunic.gateway.peer.PeerConnection;
import org.tunic.gateway.peer.PeerConnection.Fate;
import org.tunic.gateway.peer.WireFilter;
import org.tunic.gateway.standin.StandIn;
import org.tunic.gateway.standin.StandIns;
import org.tunic.onion.host.OnionService;
import org.tunic.onion.host.OnionServices;
import org.tunic.onion.host.ServiceSettings;
import org.tunic.onion.host.StreamRules;
import org.tunic.onion.host.VisitorStream;
import org.tunic.router.cell.EndReason;
import org.tunic.tracker.bencode.BencodeException;
import org.tunic.tracker.request.AddressRules;
import org.tunic.tracker.request.AnnounceRequest;
import org.tunic.tracker.request.ScrapeRequest;
import org.tunic.tracker.swarm.Announce.Event;
import org.tunic.tracker.swarm.InfoHash;

/**
 * Between a BitTorrent client on this host and its swarms.
 *
 * <p>For each torrent that the client announces there is an onion service of its own, with a key
 * that nobody can connect with those of other torrents, and circuits of its own. The tracker is
 * told that onion, signed for; of its answer the client gets an address of loopback for each onion
 * peer. When the client connects to one of those and has said the handshake of that torrent, the
 * peer's onion is dialled. When a peer comes to the onion service and has said the handshake, the
 * client is dialled from an address that no other peer has.
 *
 * <p>Bounds: {@link #MAX_TORRENTS}; the stand-ins' ({@link StandIns}); {@link #MAX_INCOMING} peers
 * that dialled the client for one torrent, {@link #MAX_OF_VISITOR} of one circuit; {@link
 * #MAX_SCRAPED} torrents of one scrape.
 *
 * <p>Threads: any; the table of torrents is guarded by this; conversations with trackers block and
 * belong on virtual threads.
 */
public final class Gateway implements AutoCloseable {
  /** Torrents at a time, each with an onion service. */
  public static final int MAX_TORRENTS = 32;

  /** The port of every torrent's onion service. */
  public static final int VIRTUAL_PORT = 6881;

  /** Peers that dialled the client for one torrent. */
  public static final int MAX_INCOMING = 64;

  /** Streams of one visitor's circuit. */
  public static final int MAX_OF_VISITOR = 4;

  /** Torrents of one scrape: each takes a circuit. */
  public static final int MAX_SCRAPED = 8;

  /** How long a torrent lives on that the client has stopped: it may begin it again. */
  static final Duration STOPPED_LIMIT = Duration.ofSeconds(30);

  /** How long one does that the client announces no more. */
  static final Duration SILENT_LIMIT = Duration.ofMinutes(150);

  /**
   * How long the first announce waits for the torrent's onion service to be found: peers come as
   * soon as they hear of it. libtorrent waits ten seconds for an answer.
   */
  static final Duration PUBLICATION_PATIENCE = Duration.ofSeconds(6);

  /** How long a tracker may take to be reached and to answer. */
  static final Duration TRACKER_LIMIT = Duration.ofSeconds(60);

  private static final Duration LISTEN_LIMIT = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private final GatewaySecret secret;
  private final OnionServices services;
  private final OnionDialer onions;
  private final LocalSockets sockets;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final StandIns standIns;
  private final GatewayCounters counters = new GatewayCounters();
  private final Map<InfoHash, Torrent> torrents = new HashMap<>();

  /**
   * @param secret owned from here on
   * @param random must not be foreseeable
   */
  public Gateway(
      GatewaySecret secret,
      OnionServices services,
      OnionDialer onions,
      LocalSockets sockets,
      InstantSource clock,
      RandomGenerator random) {
    this.secret = secret;
    this.services = services;
    this.onions = onions;
    this.sockets = sockets;
    this.clock = clock;
    this.random = random;
    this.standIns = new StandIns(random);
  }

  /** What it did. */
  public GatewayCounters counters() {
    return counters;
  }

  /** Torrents now. */
  public synchronized int torrents() {
    return torrents.size();
  }

  /** The addresses in use. */
  public StandIns standIns() {
    return standIns;
  }

  // ---- trackers ----

  /**
   * Announces the gateway where the client would announce itself. Blocks for up to a minute.
   *
   * @return what the client gets
   */
  public byte[] announce(TrackerTarget tracker, AnnounceRequest heard) throws InterruptedException {
    boolean stops = heard.event() == Event.STOPPED;
    if (stops && find(heard.torrent()) == null) {
      return TrackerAnswer.NOTHING.write(List.of());
    }
    Optional<Torrent> found = heard(heard);
    if (found.isEmpty()) {
      counters.count(Kind.NO_ROOM);
      return TrackerAnswer.failure("the gateway has room for " + MAX_TORRENTS + " torrents");
    }
    Torrent torrent = found.get();
    try {
      if (!stops) {
        awaitPublication(torrent);
      }
      String request =
          OutgoingAnnounce.announce(
              tracker,
              heard,
              torrent.self(),
              clock.instant().getEpochSecond(),
              torrent.service()::sign);
      TrackerAnswer answer = TrackerAnswer.read(ask(tracker, torrent, request).toArray());
      counters.count(Kind.ANNOUNCES);
      return answer.write(stops ? List.of() : standIns(torrent, answer.peers()));
    } catch (ExecutionException | TimeoutException | BencodeException e) {
      LOG.debug("a tracker did not answer an announce: {}", e.getClass().getSimpleName());
      counters.count(Kind.NOT_ANSWERED);
      return TrackerAnswer.failure("the tracker did not answer");
    } catch (IllegalStateException e) {
      return TrackerAnswer.failure("the torrent was stopped");
    }
  }

  /**
   * Scrapes torrents that the client has announced; of others nobody is asked. Blocks.
   *
   * @return what the client gets
   */
  public byte[] scrape(TrackerTarget tracker, ScrapeRequest heard) throws InterruptedException {
    counters.count(Kind.SCRAPES);
    Map<InfoHash, ScrapeAnswer> answers = new HashMap<>();
    for (InfoHash infoHash : heard.torrents().stream().limit(MAX_SCRAPED).toList()) {
      @Nullable Torrent torrent = find(infoHash);
      if (torrent == null) {
        continue;
      }
      try {
        Bytes body = ask(tracker, torrent, OutgoingAnnounce.scrape(tracker, infoHash));
        answers.put(infoHash, ScrapeAnswer.read(body.toArray(), infoHash));
      } catch (ExecutionException | TimeoutException | BencodeException e) {
        counters.count(Kind.NOT_ANSWERED);
        return TrackerAnswer.failure("the tracker did not answer");
      }
    }
    return ScrapeAnswer.write(answers);
  }

  private Bytes ask(TrackerTarget tracker, Torrent torrent, String request)
      throws InterruptedException, ExecutionException, TimeoutException {
    CompletableFuture<? extends Channel> dialled =
        onions.dial(tracker.onion(), tracker.port(), torrent.isolation());
    CompletableFuture<Bytes> answer =
        dialled.thenCompose(stream -> TrackerExchange.ask(stream, request));
    // A stream that comes when nobody waits for it any longer.
    answer.whenComplete((_, _) -> dialled.thenAccept(Channel::close));
    try {
      return answer.get(TRACKER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      answer.cancel(false);
    }
  }

  private static void awaitPublication(Torrent torrent) throws InterruptedException {
    try {
      torrent
          .service()
          .published()
          .copy()
          .get(PUBLICATION_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("a torrent is announced before its onion service can be found");
    }
  }

  private synchronized @Nullable Torrent find(InfoHash infoHash) {
    return torrents.get(infoHash);
  }

  // ---- torrents ----

  /** The torrent of an announce, begun if it is new; empty if there is no room for it. */
  private synchronized Optional<Torrent> heard(AnnounceRequest announce) {
    Instant now = clock.instant();
    @Nullable Torrent torrent = torrents.get(announce.torrent());
    if (torrent == null) {
      if (torrents.size() >= MAX_TORRENTS && !removeStopped()) {
        return Optional.empty();
      }
      torrent = begin(announce.torrent(), now);
      torrents.put(announce.torrent(), torrent);
    }
    torrent.heard = now;
    if (announce.event() != Event.STOPPED) {
      torrent.stopped = null;
    } else if (torrent.stopped == null) {
      torrent.stopped = now;
    }
    torrent.clientListensAt(announce.port() >= AddressRules.LEAST_PORT ? announce.port() : 0);
    return Optional.of(torrent);
  }

  private Torrent begin(InfoHash infoHash, Instant now) {
    OnionService service =
        services.add(
            secret.onionKey(infoHash),
            ServiceSettings.of(Map.of(VIRTUAL_PORT, List.of(stream -> onVisitor(infoHash, stream))))
                .with(new StreamRules(MAX_OF_VISITOR, false, false)));
    return new Torrent(infoHash, service, VIRTUAL_PORT, now, random);
  }

  private boolean removeStopped() {
    Optional<Torrent> longest =
        torrents.values().stream()
            .filter(torrent -> torrent.stopped != null)
            .min(Comparator.comparing(torrent -> torrent.heard));
    longest.ifPresent(this::remove);
    return longest.isPresent();
  }

  private void remove(Torrent torrent) {
    torrents.remove(torrent.infoHash());
    standIns.forget(torrent.infoHash());
    torrent.close();
  }

  /** Torrents that the client stopped or forgot go, and stand-ins that nobody needs. */
  public synchronized void expire() {
    Instant now = clock.instant();
    List<Torrent> over =
        torrents.values().stream().filter(torrent -> isOver(torrent, now)).toList();
    over.forEach(this::remove);
    standIns.expire(now).forEach(this::stopListening);
  }

  private static boolean isOver(Torrent torrent, Instant now) {
    @Nullable Instant stopped = torrent.stopped;
    return !torrent.heard.plus(SILENT_LIMIT).isAfter(now)
        || (stopped != null && !stopped.plus(STOPPED_LIMIT).isAfter(now));
  }

  private void stopListening(StandIn standIn) {
    @Nullable Torrent torrent = find(standIn.torrent());
    if (torrent != null) {
      @Nullable Runnable end = torrent.listening().remove(standIn);
      if (end != null) {
        end.run();
      }
    }
  }

  // ---- peers that the client dials ----

  /** An address for each, at which somebody listens. */
  private List<InetSocketAddress> standIns(Torrent torrent, List<OnionPeer> peers)
      throws InterruptedException {
    List<StandIn> all = new ArrayList<>();
    List<CompletableFuture<Void>> opening = new ArrayList<>();
    for (OnionPeer peer : peers) {
      if (peer.onion().equals(torrent.self().onion())) {
        continue; // ourselves
      }
      StandIns.Listed listed =
          standIns.list(torrent.infoHash(), peer.onion(), peer.port(), clock.instant());
      listed.displaced().ifPresent(this::stopListening);
      if (listed.standIn().isEmpty()) {
        counters.count(Kind.NO_ROOM);
        continue;
      }
      StandIn standIn = listed.standIn().get();
      all.add(standIn);
      if (listed.isNew()) {
        opening.add(listen(torrent, standIn));
      }
    }
    try {
      CompletableFuture.allOf(opening.toArray(new CompletableFuture<?>[0]))
          .get(LISTEN_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("not all stand-ins can be listened at");
    }
    return all.stream().filter(torrent.listening()::containsKey).map(StandIn::address).toList();
  }

  private CompletableFuture<Void> listen(Torrent torrent, StandIn standIn) {
    return sockets
        .listen(standIn.address(), connection -> onClient(torrent, standIn, connection))
        .handle(
            (end, failure) -> {
              if (failure != null) {
                standIns.giveUp(standIn);
                return null;
              }
              synchronized (this) {
                if (torrents.get(torrent.infoHash()) == torrent) {
                  torrent.listening().put(standIn, end);
                  return null;
                }
              }
              end.run();
              return null;
            });
  }

  /** The client, or somebody else of this host, connected to a stand-in. */
  private void onClient(Torrent torrent, StandIn standIn, Channel connection) {
    if (!standIns.connected(standIn)) {
      connection.close();
      return;
    }
    connection.closeFuture().addListener(_ -> standIns.disconnected(standIn));
    WireFilter.Pair filters = WireFilter.pair(torrent.infoHash(), torrent.self().peer());
    connection
        .pipeline()
        .addLast(
            new PeerConnection(
                filters.out(),
                filters.in(),
                () -> onions.dial(standIn.onion(), standIn.port(), torrent.isolation()),
                fate -> count(fate, Kind.DIALLED, Kind.NOT_REACHED)));
  }

  private void count(Fate fate, Kind joined, Kind notReached) {
    counters.count(
        switch (fate) {
          case JOINED -> joined;
          case NOT_REACHED -> notReached;
          case VIOLATION -> Kind.VIOLATIONS;
          case SILENT -> Kind.SILENT;
        });
  }

  // ---- peers that dial the client ----

  /** Threads: event loop of the visitor's circuit. */
  private void onVisitor(InfoHash infoHash, VisitorStream stream) {
    @Nullable Torrent torrent = find(infoHash);
    if (torrent == null || torrent.clientPort() == 0) {
      counters.count(Kind.TURNED_AWAY);
      stream.refuse(EndReason.CONNECTREFUSED);
      return;
    }
    if (torrent.incoming().incrementAndGet() > MAX_INCOMING) {
      torrent.incoming().decrementAndGet();
      counters.count(Kind.TURNED_AWAY);
      stream.refuse(EndReason.RESOURCELIMIT);
      return;
    }
    Optional<InetAddress> source = standIns.take();
    if (source.isEmpty()) {
      torrent.incoming().decrementAndGet();
      counters.count(Kind.TURNED_AWAY);
      stream.refuse(EndReason.RESOURCELIMIT);
      return;
    }
    Channel peer = stream.accept();
    peer.closeFuture().addListener(_ -> torrent.incoming().decrementAndGet());
    peer.closeFuture().addListener(_ -> standIns.giveBack(source.get()));
    WireFilter.Pair filters = WireFilter.pair(infoHash, torrent.self().peer());
    peer.pipeline()
        .addLast(
            new PeerConnection(
                filters.in(),
                filters.out(),
                () -> sockets.connect(stream.loop(), source.get(), torrent.clientPort()),
                fate -> count(fate, Kind.CAME, Kind.TURNED_AWAY)));
  }

  /** Ends all torrents, and with them all connections to peers. */
  @Override
  public void close() {
    List<Torrent> all;
    synchronized (this) {
      all = List.copyOf(torrents.values());
      all.forEach(this::remove);
    }
    secret.close();
  }
}
