package org.tunic.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.gateway.GatewayCounters.Kind;
import org.tunic.gateway.announce.TrackerTarget;
import org.tunic.gateway.http.TrackerPort;
import org.tunic.gateway.standin.StandIns;
import org.tunic.onion.OnionNetwork;
import org.tunic.onion.host.OnionService;
import org.tunic.onion.host.ServiceSettings;
import org.tunic.router.stream.socks.IsolationKey;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.Tracker;
import org.tunic.tracker.TrackerCounters;
import org.tunic.tracker.TrackerSettings;
import org.tunic.tracker.Visitors;
import org.tunic.tracker.account.Accounts;
import org.tunic.tracker.bencode.Bencode;
import org.tunic.tracker.bencode.BencodeValue.Dict;
import org.tunic.tracker.bencode.BencodeValue.Int;
import org.tunic.tracker.bencode.BencodeValue.Text;
import org.tunic.tracker.http.TrackerServer;
import org.tunic.tracker.request.AddressRules;
import org.tunic.tracker.request.AddressRules.Policy;
import org.tunic.tracker.request.AddressRules.Unsigned;
import org.tunic.tracker.request.AnnounceRequest;
import org.tunic.tracker.request.ScrapeRequest;
import org.tunic.tracker.swarm.SwarmStore;

/** Clients of two hosts meet over a tracker and six hops of a network in memory. */
class GatewayTest {
  private static final int WAIT_SECONDS = 60;
  private static final int CLIENT_PORT = 6901;
  private static final String TORRENT = "t".repeat(20);
  private static final String SEED_ID = "-qB4520-seedseedseed";
  private static final String LEECH_ID = "A2-1-36-0-leechleech";

  private final OnionNetwork network = new OnionNetwork();
  private final SeededRandom random = new SeededRandom(7);
  private final HsIdKeypair trackerKey = HsIdKeypair.generate(random);
  private final HsId trackerName = trackerKey.id();
  private final TrackerTarget target = new TrackerTarget(trackerName, 80, TrackerTarget.ANNOUNCE);
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
    network.close();
  }

  private void startTracker() throws Exception {
    TrackerCounters counters = new TrackerCounters();
    Tracker tracker =
        new Tracker(
            TrackerSettings.DEFAULT,
            new SwarmStore(
                SwarmStore.Limits.DEFAULT,
                network.clock,
                random,
                () -> new SeededRandom(random.nextLong())),
            new AddressRules(Policy.ONION, Unsigned.DROP, Optional.of(trackerName), network.clock),
            new Accounts(network.clock),
            counters,
            System::nanoTime);
    TrackerServer server =
        new TrackerServer(
            tracker,
            new Visitors(TrackerSettings.DEFAULT, System::nanoTime, counters),
            task -> Thread.ofVirtual().start(task),
            System::nanoTime);
    OnionService service =
        network
            .node(1)
            .services
            .add(
                trackerKey,
                ServiceSettings.of(Map.of(80, List.of(server.onionTarget())))
                    .with(TrackerServer.streamRules()));
    service.published().get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  /** A user with a gateway. */
  private final class User {
    final LocalHost host;
    final Gateway gateway;
    final GatewaySecret secret;

    /** Onions that were dialled, with the isolation. */
    final List<IsolationKey> dialled = new java.util.concurrent.CopyOnWriteArrayList<>();

    User(int seed) {
      OnionNetwork.Node node = network.node(seed);
      host = new LocalHost("host " + GatewayTest.this.hashCode() + " " + seed);
      secret = GatewaySecretTest.secret(seed);
      gateway =
          new Gateway(
              secret,
              node.services,
              (service, port, isolation) -> {
                dialled.add(isolation);
                return node.client.dial(service, port, isolation);
              },
              host,
              network.clock,
              new SeededRandom(seed));
      open.add(host);
      open.add(gateway);
    }

    Dict announce(String query) throws Exception {
      byte[] answer = gateway.announce(target, AnnounceRequest.parse(query));
      return (Dict) Bencode.read(answer, Bencode.Limits.SMALL);
    }

    Peer dial(InetSocketAddress address) throws Exception {
      return new Peer(host.connect(address).get(WAIT_SECONDS, TimeUnit.SECONDS));
    }

    /** A client that listens, and says its handshake to whoever says one. */
    void seed(BlockingQueue<Peer> came) throws Exception {
      host.listen(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), CLIENT_PORT),
              connection -> {
                came.add(new Peer(connection));
                connection.writeAndFlush(Unpooled.copiedBuffer(greeting(SEED_ID), ISO_8859_1));
              })
          .get(WAIT_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** One end of a connection, and what came on it. */
  private static final class Peer {
    final Channel channel;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    Peer(Channel channel) {
      this.channel = channel;
      channel
          .pipeline()
          .addLast(
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                  ByteBuf in = (ByteBuf) message;
                  received.add(in.toString(ISO_8859_1));
                  in.release();
                }
              });
      channel.config().setAutoRead(true);
    }

    void say(String latin) {
      channel.writeAndFlush(Unpooled.copiedBuffer(latin, ISO_8859_1));
    }

    String hear(int length) throws InterruptedException {
      StringBuilder all = new StringBuilder();
      while (all.length() < length) {
        String part = received.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        if (part == null) {
          throw new AssertionError("no more than " + all.length() + " characters");
        }
        all.append(part);
      }
      return all.toString();
    }

    void awaitEnd() throws InterruptedException {
      assertTrue(channel.closeFuture().await(WAIT_SECONDS, TimeUnit.SECONDS), "still open");
    }
  }

  private static String greeting(String id) {
    return greeting(TORRENT, id);
  }

  private static String greeting(String torrent, String id) {
    return "\u0013BitTorrent protocol" + "\0".repeat(5) + "\u0010\0\5" + torrent + id;
  }

  private static String announce(String torrent, String id, int left, String event) {
    return "info_hash="
        + torrent
        + "&peer_id="
        + id
        + "&port="
        + CLIENT_PORT
        + "&left="
        + left
        + "&uploaded=0&downloaded=0&compact=1&ip=203.0.113.7"
        + event;
  }

  private static List<InetSocketAddress> peers(Dict answer) throws Exception {
    Bytes all = ((Text) answer.get("peers").orElseThrow()).value();
    List<InetSocketAddress> peers = new ArrayList<>();
    for (int at = 0; at < all.length(); at += 6) {
      peers.add(
          new InetSocketAddress(
              InetAddress.getByAddress(all.slice(at, 4).toArray()),
              all.at(at + 4) << 8 | all.at(at + 5)));
    }
    return peers;
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, what);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** The stand-in of the seed, at the leech. */
  private InetSocketAddress meet(User seed, User leech) throws Exception {
    assertEquals(List.of(), peers(seed.announce(announce(TORRENT, SEED_ID, 0, "&event=started"))));
    Dict answer = leech.announce(announce(TORRENT, LEECH_ID, 9, "&event=started"));
    assertEquals(1, ((Int) answer.get("complete").orElseThrow()).value());
    List<InetSocketAddress> peers = peers(answer);
    assertEquals(1, peers.size());
    return peers.getFirst();
  }

  @Test
  void twoClients_meetThroughTheirGateways_andNothingTellsWhoTheyAre() throws Exception {
    startTracker();
    User seed = new User(2);
    User leech = new User(3);
    BlockingQueue<Peer> came = new LinkedBlockingQueue<>();
    seed.seed(came);
    InetSocketAddress standIn = meet(seed, leech);
    byte[] address = standIn.getAddress().getAddress();
    assertEquals(127, address[0]);
    assertEquals(64, address[1] & 0xe0);
    assertEquals(Gateway.VIRTUAL_PORT, standIn.getPort());

    Peer one = leech.dial(standIn);
    one.say(greeting(LEECH_ID) + "\0\0\0\1\2" + "\0\0\0\3\u0009\u001a\u00e1");
    String heard = one.hear(68);
    assertTrue(heard.startsWith("\u0013BitTorrent protocol\0\0\0\0\0\u0010\0\4" + TORRENT), heard);
    assertTrue(heard.endsWith("-TN0001-" + heard.substring(56)) && !heard.contains("seed"), heard);
    Peer atSeed = came.poll(WAIT_SECONDS, TimeUnit.SECONDS);
    String told = atSeed.hear(73);
    assertTrue(told.substring(48).startsWith("-TN0001-") && !told.contains("leech"), told);
    assertTrue(told.endsWith("\0\0\0\1\2"), told);

    // A second connection comes from another address, or the client would refuse it.
    Peer two = leech.dial(standIn);
    two.say(greeting(LEECH_ID));
    two.hear(68);
    assertEquals(2, new HashSet<>(seed.host.sources).size());
    for (InetAddress source : seed.host.sources) {
      assertEquals(96, source.getAddress()[1] & 0xe0, source.toString());
    }
    assertEquals(2, seed.gateway.counters().of(Kind.CAME));
    assertEquals(2, leech.gateway.counters().of(Kind.DIALLED));

    // What one side ends, ends at the other; and its source address is free again.
    one.channel.close();
    atSeed.awaitEnd();
    await("one source in use", () -> seed.gateway.standIns().dialling() == 1);
  }

  @Test
  void standIn_withoutAHandshakeOfItsTorrent_dialsNobody() throws Exception {
    startTracker();
    User seed = new User(2);
    User leech = new User(3);
    seed.seed(new LinkedBlockingQueue<>());
    InetSocketAddress standIn = meet(seed, leech);
    int dialled = leech.dialled.size();
    List<String> bad =
        List.of(
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            greeting("x".repeat(20), LEECH_ID),
            "\u0013BitTorrent protocoX",
            new String(new SeededRandom(1).bytes(96), ISO_8859_1));
    for (String said : bad) {
      Peer peer = leech.dial(standIn);
      peer.say(said);
      peer.awaitEnd();
    }
    Peer half = leech.dial(standIn);
    half.say(greeting(LEECH_ID).substring(0, 67));
    half.channel.close();
    await("all counted", () -> leech.gateway.counters().of(Kind.SILENT) == 1);
    assertEquals(bad.size(), leech.gateway.counters().of(Kind.VIOLATIONS));
    assertEquals(dialled, leech.dialled.size(), "dials after the announce");
  }

  @Test
  void visitor_withoutAHandshakeOfTheTorrent_doesNotReachTheClient() throws Exception {
    startTracker();
    User seed = new User(2);
    BlockingQueue<Peer> came = new LinkedBlockingQueue<>();
    seed.seed(came);
    seed.announce(announce(TORRENT, SEED_ID, 0, "&event=started"));
    HsId onion;
    try (HsIdKeypair key =
        seed.secret.onionKey(AnnounceRequest.parse(announce(TORRENT, SEED_ID, 0, "")).torrent())) {
      onion = key.id();
    }
    OnionNetwork.Node stranger = network.node(4);
    for (String said : List.of("GET / HTTP/1.1\r\n\r\n", greeting("x".repeat(20), LEECH_ID))) {
      Peer peer =
          new Peer(
              stranger
                  .client
                  .dial(onion, Gateway.VIRTUAL_PORT, IsolationKey.ofGroup(1))
                  .get(WAIT_SECONDS, TimeUnit.SECONDS));
      peer.say(said);
      peer.awaitEnd();
    }
    assertEquals(0, came.size());
    assertEquals(0, seed.host.sources.size());
    assertEquals(2, seed.gateway.counters().of(Kind.VIOLATIONS));
    ExecutionException refused =
        assertThrows(
            ExecutionException.class,
            () ->
                stranger
                    .client
                    .dial(onion, CLIENT_PORT, IsolationKey.ofGroup(1))
                    .get(WAIT_SECONDS, TimeUnit.SECONDS));
    assertFalse(refused.getMessage().isEmpty());
  }

  @Test
  void torrents_haveOnionsAndCircuitsOfTheirOwn() throws Exception {
    startTracker();
    User user = new User(2);
    user.announce(announce(TORRENT, SEED_ID, 0, ""));
    user.announce(announce("u".repeat(20), SEED_ID, 0, ""));
    user.announce(announce(TORRENT, SEED_ID, 0, ""));
    assertEquals(2, user.gateway.torrents());
    assertEquals(user.dialled.get(0), user.dialled.get(2));
    assertNotEquals(user.dialled.get(0), user.dialled.get(1));
  }

  @Test
  void scrape_asksOnlyOfTorrentsThatAreAnnounced_eachOnItsOwn() throws Exception {
    startTracker();
    User user = new User(2);
    user.announce(announce(TORRENT, SEED_ID, 0, ""));
    byte[] answer =
        user.gateway.scrape(
            target, ScrapeRequest.parse("info_hash=" + TORRENT + "&info_hash=" + "x".repeat(20)));
    assertEquals(
        "d5:filesd20:" + TORRENT + "d8:completei1e10:downloadedi0e10:incompletei0eeee",
        new String(answer, ISO_8859_1));
    assertEquals(2, user.dialled.size());
    assertEquals(
        "d5:filesdee",
        new String(user.gateway.scrape(target, ScrapeRequest.parse("")), ISO_8859_1));
    assertEquals(2, user.dialled.size());
  }

  @Test
  void stoppedTorrent_andASilentOne_go() throws Exception {
    startTracker();
    User seed = new User(2);
    User leech = new User(3);
    seed.seed(new LinkedBlockingQueue<>());
    InetSocketAddress standIn = meet(seed, leech);
    assertTrue(leech.host.listening.contains(standIn));
    leech.announce(announce(TORRENT, LEECH_ID, 9, "&event=stopped"));
    leech.gateway.expire();
    assertEquals(1, leech.gateway.torrents(), "it may be begun again");
    network.clock.advance(Gateway.STOPPED_LIMIT);
    leech.gateway.expire();
    seed.gateway.expire();
    assertEquals(0, leech.gateway.torrents());
    assertEquals(Set.of(), leech.host.listening);
    assertEquals(0, leech.gateway.standIns().dialled());
    assertEquals(1, seed.gateway.torrents());
    network.clock.advance(Gateway.SILENT_LIMIT);
    seed.gateway.expire();
    assertEquals(0, seed.gateway.torrents());
    // Stopping what was never begun makes no onion service.
    assertTrue(
        peers(leech.announce(announce("n".repeat(20), LEECH_ID, 9, "&event=stopped"))).isEmpty());
    assertEquals(0, leech.gateway.torrents());
  }

  /** Without a network no service is published and no tracker answers; the table is the same. */
  @Test
  void torrents_beyondTheBound_areRefused_unlessOneWasStopped() throws Exception {
    OnionNetwork.Node node = network.lateNode(5);
    Gateway gateway =
        new Gateway(
            GatewaySecretTest.secret(5),
            node.services,
            (_, _, _) ->
                java.util.concurrent.CompletableFuture.failedFuture(new java.io.IOException()),
            new LocalHost("bounded"),
            network.clock,
            new SeededRandom(5));
    try (gateway;
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> answers = new ArrayList<>();
      for (int i = 0; i < Gateway.MAX_TORRENTS; i++) {
        String query = announce("t".repeat(18) + (10 + i), SEED_ID, 0, "");
        answers.add(threads.submit(() -> gateway.announce(target, AnnounceRequest.parse(query))));
      }
      for (Future<byte[]> answer : answers) {
        assertEquals(
            "d14:failure reason26:the tracker did not answere",
            new String(answer.get(WAIT_SECONDS, TimeUnit.SECONDS), ISO_8859_1));
      }
      assertEquals(Gateway.MAX_TORRENTS, gateway.torrents());
      AnnounceRequest oneMore = AnnounceRequest.parse(announce("m".repeat(20), SEED_ID, 0, ""));
      assertEquals(
          "d14:failure reason36:the gateway has room for 32 torrentse",
          new String(gateway.announce(target, oneMore), ISO_8859_1));
      gateway.announce(
          target,
          AnnounceRequest.parse(announce("t".repeat(18) + 20, SEED_ID, 0, "&event=stopped")));
      gateway.announce(target, oneMore);
      assertEquals(Gateway.MAX_TORRENTS, gateway.torrents());
    }
  }

  @Test
  void incoming_beyondTheBoundOfACircuit_areRefused_andNoSourceIsLost() throws Exception {
    startTracker();
    User seed = new User(2);
    User leech = new User(3);
    seed.seed(new LinkedBlockingQueue<>());
    InetSocketAddress standIn = meet(seed, leech);
    for (int i = 0; i < Gateway.MAX_OF_VISITOR; i++) {
      Peer peer = leech.dial(standIn);
      peer.say(greeting(LEECH_ID));
      peer.hear(68);
    }
    Peer beyond = leech.dial(standIn);
    beyond.say(greeting(LEECH_ID));
    beyond.awaitEnd();
    assertEquals(Gateway.MAX_OF_VISITOR, seed.gateway.standIns().dialling());
    assertTrue(Gateway.MAX_OF_VISITOR < StandIns.MAX_DIALLING);
    assertEquals(1, leech.gateway.counters().of(Kind.NOT_REACHED));
  }

  @Test
  void incoming_beyondTheBoundOfATorrent_areRefused() throws Exception {
    startTracker();
    User seed = new User(2);
    seed.seed(new LinkedBlockingQueue<>());
    String query = announce(TORRENT, SEED_ID, 0, "&event=started");
    seed.announce(query);
    HsId onion;
    try (HsIdKeypair key = seed.secret.onionKey(AnnounceRequest.parse(query).torrent())) {
      onion = key.id();
    }
    OnionNetwork.Node visitor = network.node(4);
    List<Channel> streams = new ArrayList<>();
    for (int i = 0; i < Gateway.MAX_INCOMING; i++) {
      // Four of each circuit.
      streams.add(
          visitor
              .client
              .dial(onion, Gateway.VIRTUAL_PORT, IsolationKey.ofGroup(i / Gateway.MAX_OF_VISITOR))
              .get(WAIT_SECONDS, TimeUnit.SECONDS));
    }
    assertEquals(Gateway.MAX_INCOMING, seed.gateway.standIns().dialling());
    assertThrows(
        ExecutionException.class,
        () ->
            visitor
                .client
                .dial(onion, Gateway.VIRTUAL_PORT, IsolationKey.ofGroup(1000))
                .get(WAIT_SECONDS, TimeUnit.SECONDS));
    assertEquals(1, seed.gateway.counters().of(Kind.TURNED_AWAY));
    streams.getFirst().close();
    await("room again", () -> seed.gateway.standIns().dialling() < Gateway.MAX_INCOMING);
  }

  @Test
  void trackerPort_answersOneRequestOfAClient() throws Exception {
    startTracker();
    User user = new User(2);
    String token = user.secret.token();
    TrackerPort port = new TrackerPort(user.gateway, token, "127.0.0.1", 6980);
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 6980);
    user.host.listen(address, port::serve).get(WAIT_SECONDS, TimeUnit.SECONDS);
    String query = announce(TORRENT, SEED_ID, 0, "&event=started");
    String path = "/announce/" + token + "/" + trackerName.unredactedHost() + "/80";
    String headers = " HTTP/1.1\r\nHost: 127.0.0.1:6980\r\nUser-Agent: x/1\r\n\r\n";

    Peer client = user.dial(address);
    client.say("GET " + path + "?" + query + headers);
    client.awaitEnd();
    String answer = client.hear(1);
    assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
    assertTrue(answer.endsWith("5:peers0:e"), answer);
    assertTrue(answer.contains("\r\nConnection: close\r\n"), answer);

    for (String[] bad :
        new String[][] {
          {
            "GET /announce/x" + path.substring(11) + "?" + query + headers, "HTTP/1.1 403 Forbidden"
          },
          {
            "GET " + path + "?" + query + headers.replace("127.0.0.1", "evil.example"),
            "HTTP/1.1 403"
          },
          {"GET " + path + "?" + query + headers.replace("User-Agent", "Origin"), "HTTP/1.1 403"},
          {"POST " + path + "?" + query + headers, "HTTP/1.1 405 Method Not Allowed"},
          {"CONNECT x:1" + headers, "HTTP/1.1 405 Method Not Allowed"},
          {"GET " + path + "?port=1" + headers, "HTTP/1.1 200 OK"},
          {"GET " + path.replace(".onion", ".example") + "?" + query + headers, "HTTP/1.1 200 OK"},
          {"nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request"}
        }) {
      Peer other = user.dial(address);
      other.say(bad[0]);
      other.awaitEnd();
      String refusal = other.hear(1);
      assertTrue(refusal.startsWith(bad[1]), bad[0] + refusal);
      assertTrue(!bad[1].contains("200") || refusal.contains("failure reason"), refusal);
    }
    assertEquals(1, user.gateway.torrents());
    assertEquals(2, user.gateway.counters().of(Kind.FOREIGN));
    assertEquals(1, user.gateway.counters().of(Kind.WRONG_TOKEN));
    assertEquals(1, user.gateway.counters().of(Kind.NOT_ONION));
    assertEquals(1, user.gateway.counters().of(Kind.ANNOUNCES));
  }

  @Test
  void trackerPort_beyondItsConnections_closesThem() throws Exception {
    User user = new User(2);
    TrackerPort port = new TrackerPort(user.gateway, user.secret.token(), "127.0.0.1", 6980);
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 6980);
    user.host.listen(address, port::serve).get(WAIT_SECONDS, TimeUnit.SECONDS);
    AtomicInteger ended = new AtomicInteger();
    for (int i = 0; i <= TrackerPort.MAX_CHANNELS; i++) {
      user.dial(address).channel.closeFuture().addListener(_ -> ended.incrementAndGet());
    }
    await("one was closed", () -> ended.get() == 1);
    assertEquals(TrackerPort.MAX_CHANNELS, port.channels());
    assertEquals(1, user.gateway.counters().of(Kind.NO_ROOM));
  }

  @Test
  void trackerPort_thatIsToldTooSlowly_closes() {
    User user = new User(2);
    TrackerPort port = new TrackerPort(user.gateway, user.secret.token(), "127.0.0.1", 6980);
    EmbeddedChannel slow = new EmbeddedChannel();
    slow.freezeTime();
    port.serve(slow);
    slow.writeInbound(Unpooled.copiedBuffer("GET /announce", ISO_8859_1));
    slow.advanceTimeBy(TrackerPort.REQUEST_TIMEOUT.toMillis() - 1, TimeUnit.MILLISECONDS);
    slow.runScheduledPendingTasks();
    assertTrue(slow.isOpen());
    slow.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    slow.runScheduledPendingTasks();
    assertFalse(slow.isOpen());
    assertEquals(0, port.channels());
  }

  @Test
  void trackerThatAnswersWithSomethingElse_isNotPassedOn() throws Exception {
    List<String> answers =
        List.of(
            "HTTP/1.1 302 Found\r\nLocation: http://203.0.113.7/\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nde",
            "HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n",
            "nonsense\r\n\r\n");
    AtomicInteger next = new AtomicInteger();
    network
        .node(1)
        .services
        .add(
            trackerKey,
            ServiceSettings.of(
                Map.of(
                    80,
                    List.of(
                        stream -> {
                          Channel channel = stream.accept();
                          channel.config().setAutoRead(true);
                          channel.writeAndFlush(
                              Unpooled.copiedBuffer(
                                  answers.get(next.getAndIncrement()), ISO_8859_1));
                        }))))
        .published()
        .get(WAIT_SECONDS, TimeUnit.SECONDS);
    User user = new User(2);
    for (int i = 0; i < answers.size(); i++) {
      Dict answer = user.announce(announce(TORRENT, SEED_ID, 0, ""));
      assertTrue(answer.get("failure reason").isPresent(), answers.get(i));
      assertEquals(1, answer.entries().size());
    }
    assertEquals(answers.size(), user.gateway.counters().of(Kind.NOT_ANSWERED));
  }
}
