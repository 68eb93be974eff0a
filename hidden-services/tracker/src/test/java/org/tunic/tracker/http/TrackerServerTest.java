package org.tunic.tracker.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.testing.ManualClock;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.Tracker;
import org.tunic.tracker.TrackerCounters;
import org.tunic.tracker.TrackerCounters.Kind;
import org.tunic.tracker.TrackerSettings;
import org.tunic.tracker.Visitors;
import org.tunic.tracker.account.Accounts;
import org.tunic.tracker.request.AddressRules;
import org.tunic.tracker.request.AddressRules.Policy;
import org.tunic.tracker.request.AddressRules.Unsigned;
import org.tunic.tracker.request.Clients;
import org.tunic.tracker.swarm.SwarmStore;

/** HTTP as clients speak it, and as they should not. */
class TrackerServerTest {
  private static final String ANNOUNCE =
      "/announce?info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=bbbbbbbbbbbbbbbbbbbb&port=6881";

  private final ManualClock clock = ManualClock.at("2026-01-02T03:04:05Z");
  private final SeededRandom random = new SeededRandom(1);
  private final TrackerCounters counters = new TrackerCounters();
  private final Accounts accounts = new Accounts(clock);
  private final ArrayDeque<Runnable> work = new ArrayDeque<>();
  private boolean workersFull;
  private final TrackerSettings settings = TrackerSettings.DEFAULT.with(Policy.LAN, Unsigned.LAST);
  private final Tracker tracker =
      new Tracker(
          settings,
          new SwarmStore(
              SwarmStore.Limits.DEFAULT, clock, random, () -> new SeededRandom(random.nextLong())),
          new AddressRules(Policy.LAN, Unsigned.LAST, Optional.empty(), clock),
          accounts,
          counters,
          clock.nanos());
  private final TrackerServer server =
      new TrackerServer(
          tracker,
          new Visitors(settings, clock.nanos(), counters),
          task -> {
            if (workersFull) {
              throw new RejectedExecutionException();
            }
            work.add(task);
          },
          clock.nanos());

  private EmbeddedChannel connect() {
    return connect("10.0.0.1");
  }

  private EmbeddedChannel connect(String address) {
    EmbeddedChannel channel = new EmbeddedChannel();
    server.serve(
        channel, new InetSocketAddress(IpLiteral.parseAddress(address).orElseThrow(), 40000));
    return channel;
  }

  private static void send(EmbeddedChannel channel, String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, ISO_8859_1));
    channel.runPendingTasks();
  }

  private static String received(EmbeddedChannel channel) {
    StringBuilder text = new StringBuilder();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      text.append(part.toString(ISO_8859_1));
      part.release();
    }
    return text.toString();
  }

  private static String get(EmbeddedChannel channel, String target) {
    send(channel, "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    return received(channel);
  }

  /** Moves the clock and the timers of the channel's loop. */
  private void pass(EmbeddedChannel channel, Duration time) {
    clock.advance(time);
    channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    channel.runScheduledPendingTasks();
  }

  @ParameterizedTest
  @ValueSource(strings = {"aria2", "transmission", "qbittorrent", "rtorrent", "webtorrent"})
  void announce_ofRealClient_isAnswered(String client) {
    EmbeddedChannel channel = connect();
    String answer = get(channel, "/announce?" + Clients.query(client));
    assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"), answer);
    assertTrue(answer.contains("\r\n\r\nd8:completei0e10:downloadedi0e"), answer);
    assertTrue(channel.isOpen());
    assertFalse(answer.contains("Server:") || answer.contains("Date:"));
  }

  @Test
  void requests_severalInOneOrInPieces_areAnsweredInOrder() {
    EmbeddedChannel channel = connect();
    String one = "GET /stats HTTP/1.1\r\n\r\nGET " + ANNOUNCE + " HTTP/1.1\r\n\r\n";
    send(channel, one);
    String both = received(channel);
    assertTrue(both.indexOf("torrents") < both.indexOf("complete"), both);
    for (char single : one.toCharArray()) {
      send(channel, String.valueOf(single));
    }
    assertEquals(both.length(), received(channel).length());
  }

  @Test
  void absoluteTarget_isAnswered() {
    assertTrue(get(connect(), "http://x.onion" + ANNOUNCE).contains("complete"));
    assertTrue(get(connect(), "http://x.onion").startsWith("HTTP/1.1 404"));
  }

  @Test
  void connection_closesWhenTheClientSaysSo() {
    EmbeddedChannel channel = connect();
    send(channel, "GET " + ANNOUNCE + " HTTP/1.1\r\nConnection: close\r\n\r\n");
    assertTrue(received(channel).contains("\r\nConnection: close\r\n"));
    assertFalse(channel.isOpen());
    EmbeddedChannel old = connect();
    send(old, "GET " + ANNOUNCE + " HTTP/1.0\r\n\r\n");
    assertTrue(received(old).contains("complete"));
    assertFalse(old.isOpen());
    EmbeddedChannel kept = connect();
    send(kept, "GET " + ANNOUNCE + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    assertTrue(received(kept).contains("\r\nConnection: keep-alive\r\n"));
    assertTrue(kept.isOpen());
  }

  @Test
  void badAnnounce_isStatus200WithReason() {
    String answer = get(connect(), "/announce?port=1");
    assertTrue(answer.startsWith("HTTP/1.1 200 OK"), answer);
    assertTrue(answer.endsWith("d14:failure reason17:missing info_hashe"), answer);
    assertEquals(1, counters.of(Kind.BAD_REQUESTS));
  }

  @Test
  void badHttp_isRefusedAndClosed() {
    for (String bad :
        List.of(
            "POST /announce HTTP/1.1\r\n\r\n",
            "GET /x HTTP/1.1\r\n\r\n",
            "GET /announce HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
            "GET /announce?"
                + "x".repeat(TrackerServer.MAX_REQUEST_LINE_BYTES)
                + " HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nX: " + "x".repeat(TrackerServer.MAX_HEADER_BYTES) + "\r\n\r\n",
            "\u0016\u0003\u0001 \r\n\r\n")) {
      EmbeddedChannel channel = connect();
      send(channel, bad);
      String answer = received(channel);
      assertFalse(channel.isOpen(), bad.substring(0, 6));
      assertTrue(answer.contains("HTTP/1.1 40"), answer);
    }
  }

  @Test
  void requestThroughAProxy_isNotServed() {
    for (String header : List.of("X-Forwarded-For: 1.2.3.4", "Via: 1.1 x")) {
      EmbeddedChannel channel = connect();
      send(channel, "GET " + ANNOUNCE + " HTTP/1.1\r\n" + header + "\r\n\r\n");
      assertTrue(received(channel).endsWith("d14:failure reason22:proxies are not servede"));
    }
    assertEquals(2, counters.of(Kind.INPROXIES));
  }

  @Test
  void slowRequest_isClosedHoweverItTrickles() {
    EmbeddedChannel channel = connect();
    get(channel, ANNOUNCE);
    for (int i = 0; i < 19; i++) {
      send(channel, "G");
      pass(channel, Duration.ofSeconds(1));
      assertTrue(channel.isOpen());
    }
    send(channel, "G");
    pass(channel, Duration.ofSeconds(1));
    pass(channel, Duration.ofSeconds(1));
    // The timer of the idle limit looks at the deadline only when it runs off.
    pass(channel, TrackerServer.IDLE_TIMEOUT);
    assertFalse(channel.isOpen());
    assertEquals(1, counters.of(Kind.TIMEOUTS));
  }

  @Test
  void idleConnection_isClosed() {
    EmbeddedChannel silent = connect();
    pass(silent, TrackerServer.REQUEST_TIMEOUT);
    assertFalse(silent.isOpen());
    EmbeddedChannel used = connect();
    get(used, ANNOUNCE);
    pass(used, Duration.ofSeconds(80));
    assertTrue(used.isOpen());
    get(used, ANNOUNCE);
    pass(used, Duration.ofSeconds(80));
    assertTrue(used.isOpen());
    pass(used, Duration.ofSeconds(11));
    assertFalse(used.isOpen());
  }

  @Test
  void onionAnnounce_waitsForTheWorkersAndKeepsTheOrder() {
    EmbeddedChannel channel = connect();
    String onion = HsIdKeypair.generate(random).id().unredactedHost();
    send(
        channel,
        "GET " + ANNOUNCE + "&ip=" + onion + " HTTP/1.1\r\n\r\nGET /stats HTTP/1.1\r\n\r\n");
    assertEquals("", received(channel));
    assertFalse(channel.config().isAutoRead());
    work.remove().run();
    channel.runPendingTasks();
    String both = received(channel);
    assertTrue(
        both.indexOf("complete") >= 0 && both.indexOf("complete") < both.indexOf("torrents"));
    assertTrue(channel.config().isAutoRead());
  }

  @Test
  void onionAnnounce_withoutRoomAtTheWorkers_isToldSo() {
    workersFull = true;
    String onion = HsIdKeypair.generate(random).id().unredactedHost();
    EmbeddedChannel channel = connect();
    assertTrue(get(channel, ANNOUNCE + "&ip=" + onion).contains("the tracker is busy8:retry in"));
    assertTrue(get(channel, ANNOUNCE).contains("complete"));
  }

  @Test
  void requests_behindOneThatIsChecked_areBounded() {
    EmbeddedChannel channel = connect();
    String onion = HsIdKeypair.generate(random).id().unredactedHost();
    send(
        channel,
        "GET "
            + ANNOUNCE
            + "&ip="
            + onion
            + " HTTP/1.1\r\n\r\n"
            + "GET /stats HTTP/1.1\r\n\r\n".repeat(TrackerServer.MAX_WAITING + 1));
    assertFalse(channel.isOpen());
    assertTrue(received(channel).startsWith("HTTP/1.1 400"));
    work.remove().run();
    channel.runPendingTasks();
    assertEquals("", received(channel));
  }

  @Test
  void channels_overTheBound_areClosedAtOnce() {
    List<EmbeddedChannel> open = new ArrayList<>();
    for (int i = 0; i < TrackerServer.MAX_CHANNELS; i++) {
      open.add(connect());
    }
    assertFalse(connect().isOpen());
    assertEquals(1, counters.of(Kind.CONNECTIONS_REFUSED));
    open.getFirst().close();
    EmbeddedChannel next = connect();
    assertTrue(next.isOpen());
    assertTrue(get(next, ANNOUNCE).contains("complete"));
    open.forEach(EmbeddedChannel::close);
    next.close();
    assertEquals(0, server.channels());
  }

  @Test
  void visitor_thatNeverStops_isExpelledAndLocalOnesAreNot() {
    EmbeddedChannel channel = connect("10.9.9.9");
    EmbeddedChannel local = connect("127.0.0.1");
    for (int i = 0; i < settings.burst() * 2 + 2 && channel.isOpen(); i++) {
      get(channel, ANNOUNCE);
      assertTrue(get(local, ANNOUNCE).contains("complete"));
    }
    assertFalse(channel.isOpen());
    assertTrue(local.isOpen());
    assertTrue(get(connect("10.8.8.8"), ANNOUNCE).contains("complete"), "others are served");
  }

  @Test
  void passkey_beforeOrBehindThePage_isReadAndNeverShown() {
    String key = "0aZ".repeat(10) + "xy";
    assertEquals(new RequestPath("/announce", key), RequestPath.of("/" + key + "/announce"));
    assertEquals(new RequestPath("/scrape", key), RequestPath.of("/" + key + "/scrape"));
    assertEquals(new RequestPath("/announce", key), RequestPath.of("/announce/" + key));
    assertEquals(new RequestPath("/announce", ""), RequestPath.of("/announce"));
    assertEquals("/x" + key + "/announce", RequestPath.of("/x" + key + "/announce").page());
    assertFalse(RequestPath.of("/" + key + "/announce").toString().contains(key));
    assertTrue(get(connect(), "/" + key + ANNOUNCE).contains("complete"), "everybody is served");
  }

  @Test
  void line_thatIsTooLong_isCounted() {
    get(connect(), "/announce?x=" + "y".repeat(TrackerServer.MAX_REQUEST_LINE_BYTES));
    assertEquals(1, counters.of(Kind.TOO_LONG));
  }
}
