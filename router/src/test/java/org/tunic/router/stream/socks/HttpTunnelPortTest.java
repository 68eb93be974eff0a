package org.tunic.router.stream.socks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.router.cell.EndReason;
import org.tunic.router.stream.StreamEndedException;
import org.tunic.testing.SeededRandom;

final class HttpTunnelPortTest {
  private static final String CONNECT = "CONNECT example.com:443 HTTP/1.1\r\n";
  private static final String END = "\r\n";

  private final List<StreamRequest> asked = new ArrayList<>();
  private final List<CompletableFuture<Channel>> opening = new ArrayList<>();
  private final List<EmbeddedChannel> channels = new ArrayList<>();
  private EntryRules rules = EntryRules.LENIENT;
  private final EntryListener port =
      new EntryListener(
          EntrySettings.of(new EntrySettings.Protocol.HttpTunnel("Tunic test"), 7),
          new EntryServices(
              request -> {
                asked.add(request);
                opening.add(new CompletableFuture<>());
                return opening.getLast();
              },
              _ -> CompletableFuture.failedFuture(new AssertionError("no onion services here")),
              _ -> CompletableFuture.failedFuture(new AssertionError("HTTP looks nothing up")),
              new AddressMap(AddressMap.Settings.DEFAULT, new SeededRandom(1)),
              () -> rules,
              () -> 0));

  @AfterEach
  void release() {
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  private EmbeddedChannel channel() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channels.add(channel);
    channel.config().setAutoRead(false);
    return channel;
  }

  private EmbeddedChannel application(String text) {
    EmbeddedChannel channel = channel();
    channel.freezeTime();
    port.accept(channel);
    send(channel, text.getBytes(StandardCharsets.ISO_8859_1));
    return channel;
  }

  private static void send(EmbeddedChannel channel, byte[] bytes) {
    if (channel.isOpen()) {
      channel.writeInbound(Unpooled.copiedBuffer(bytes));
    }
    channel.runPendingTasks();
  }

  private static String received(EmbeddedChannel channel) {
    channel.runPendingTasks();
    StringBuilder text = new StringBuilder();
    for (ByteBuf next; (next = channel.readOutbound()) != null; ) {
      text.append(next.toString(StandardCharsets.ISO_8859_1));
      next.release();
    }
    return text.toString();
  }

  @Test
  void connect_isHandedOverAndJoined() {
    EmbeddedChannel application = application(CONNECT + "Host: example.com:443\r\n" + END);
    assertEquals("example.com", asked.getFirst().target().unredacted());
    assertEquals(443, asked.getFirst().port());
    EmbeddedChannel stream = channel();
    opening.getFirst().complete(stream);
    assertEquals(
        "HTTP/1.0 200 OK\r\nTor-Capabilities: \r\nVia: tor/1.0 tor-network (Tunic test)\r\n\r\n",
        received(application));
    send(application, "hi".getBytes(StandardCharsets.ISO_8859_1));
    assertEquals("hi", received(stream));
    send(stream, "yo".getBytes(StandardCharsets.ISO_8859_1));
    assertEquals("yo", received(application));
  }

  @Test
  void bytesBehindTheRequest_areStreamData() {
    EmbeddedChannel application = application(CONNECT + END + "GET / HTTP/1.1\r\n\r\n\u0016");
    EmbeddedChannel stream = channel();
    opening.getFirst().complete(stream);
    application.runPendingTasks();
    send(application, "more".getBytes(StandardCharsets.ISO_8859_1));
    assertEquals("GET / HTTP/1.1\r\n\r\n\u0016more", received(stream));
  }

  @Test
  void ipv6Target_isTaken() {
    application("CONNECT [2001:db8::1]:80 HTTP/1.0\r\n" + END);
    assertEquals("2001:db8::1", asked.getFirst().target().unredacted());
  }

  @ParameterizedTest
  @CsvSource({
    "1, 500 Internal Server Error, MISC",
    "2, 503 Service Unavailable (resolve failed), RESOLVEFAILED",
    "3, 403 Forbidden (connection refused), CONNECTREFUSED",
    "4, 403 Forbidden (exit policy), EXITPOLICY",
    "5, 502 Bad Gateway (destroy cell received), DESTROY",
    "6, 502 Bad Gateway (unexpected close), DONE",
    "7, 504 Gateway Timeout, TIMEOUT",
    "8, 503 Service Unavailable (no route), NOROUTE",
    "9, 502 Bad Gateway (hibernating server), HIBERNATING",
    "10, 502 Bad Gateway (internal error), INTERNAL",
    "11, 502 Bad Gateway (resource limit), RESOURCELIMIT",
    "12, 403 Forbidden (connection reset), CONNRESET",
    "13, 502 Bad Gateway (tor protocol violation), TORPROTOCOL",
  })
  void endedStream_isToldWithStatusAndHeader(int reason, String status, String name) {
    EmbeddedChannel application = application(CONNECT + END);
    opening.getFirst().completeExceptionally(new StreamEndedException(new EndReason(reason)));
    String answer = received(application);
    assertTrue(answer.startsWith("HTTP/1.0 " + status + "\r\n"), answer);
    assertTrue(answer.contains("\r\nTor-Request-Failed: end/" + name + "\r\n"), answer);
    assertFalse(application.isOpen());
  }

  @Test
  void refusals_areToldApart() {
    rules = new EntryRules(false, false, true, true, Set.of(), Set.of(25));
    String policy = received(application("CONNECT example.com:25 HTTP/1.0\r\n" + END));
    assertTrue(policy.startsWith("HTTP/1.0 403 Forbidden (entry policy violation)\r\n"), policy);
    String internal = received(application("CONNECT 10.0.0.1:80 HTTP/1.0\r\n" + END));
    assertTrue(internal.contains("Tor-Request-Failed: c-tor/PRIVATE_ADDR\r\n"), internal);
    assertTrue(asked.isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CONNECT example.com:0 HTTP/1.0   | HTTP/1.0 400 Bad Request",
        "CONNECT :80 HTTP/1.0             | HTTP/1.0 400 Bad Request",
        "CONNECT [::1 HTTP/1.0            | HTTP/1.0 400 Bad Request",
        "CONNECT example.com HTTP/1.0     | HTTP/1.0 502 Bad Gateway (tor protocol violation)",
        "CONNECT a_$b.com:80 HTTP/1.0     | HTTP/1.0 502 Bad Gateway (tor protocol violation)",
        "CONNECT x.exit:80 HTTP/1.0       | HTTP/1.0 502 Bad Gateway (tor protocol violation)",
      })
  void badTargets_areRefused(String line, String status) {
    String answer = received(application(line + "\r\n" + END));
    assertTrue(answer.startsWith(status + "\r\n"), answer);
    assertTrue(asked.isEmpty());
  }

  @Test
  void longHost_is414() {
    String answer = received(application("CONNECT " + "a".repeat(256) + ":80 HTTP/1.0\r\n" + END));
    assertTrue(answer.startsWith("HTTP/1.0 414 Request-URI Too Long\r\n"), answer);
  }

  @Test
  void rpcTarget_is501() {
    String answer = received(application(CONNECT + "Tor-RPC-Target: x\r\n" + END));
    assertTrue(answer.startsWith("HTTP/1.0 501 Not implemented (No RPC Support)\r\n"), answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "localhost:9080", "127.0.0.1", "127.0.0.1:1", "[::1]:9080"})
  void localPrograms_areToldWhatThisIs(String host) {
    String options = received(application("OPTIONS * HTTP/1.0\r\nHost: " + host + "\r\n" + END));
    assertEquals(
        "HTTP/1.0 200 OK\r\nAllow: OPTIONS, CONNECT\r\nTor-Capabilities: \r\n"
            + "Server: tor/1.0 (Tunic test)\r\n\r\n",
        options);
    String get = received(application("GET / HTTP/1.0\r\nHost: " + host + "\r\n" + END));
    assertTrue(get.startsWith("HTTP/1.0 405 Method Not Allowed\r\n"), get);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "OPTIONS * HTTP/1.0\r\nHost: evil.test\r\n\r\n",
        "GET http://example.com/ HTTP/1.0\r\nHost: example.com\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "POST / HTTP/1.0\r\nHost: evil.test\r\nContent-Length: 3\r\n\r\nabc",
        "CONNECT example.com:80 HTTP/1.0\r\nbroken header\r\n\r\n",
        "\u0016\u0003\u0001\r\n\r\n",
      })
  void others_getNoAnswer(String text) {
    EmbeddedChannel application = application(text);
    assertEquals("", received(application));
    assertFalse(application.isOpen());
    assertTrue(asked.isEmpty());
  }

  @Test
  void headers_areBounded() {
    EmbeddedChannel application = application(CONNECT);
    int sent = 0;
    while (application.isOpen() && sent < 1 << 20) {
      send(application, ("A" + sent + ": b\r\n").getBytes(StandardCharsets.US_ASCII));
      sent += 8;
    }
    assertFalse(application.isOpen());
    assertTrue(sent <= 2 * HttpTunnelHandler.MAX_HEADER_BYTES, "took " + sent);
  }

  @Test
  void requestLine_isBounded() {
    EmbeddedChannel application = application("CONNECT ");
    int sent = 0;
    while (application.isOpen() && sent < 1 << 20) {
      send(application, new byte[] {'a', 'b', 'c', 'd'});
      sent += 4;
    }
    assertFalse(application.isOpen());
    assertTrue(sent <= HttpTunnelHandler.MAX_HEADER_BYTES + 8, "took " + sent);
  }

  @Test
  void body_isBounded() {
    EmbeddedChannel application = application(CONNECT + "Content-Length: 100000\r\n" + END);
    send(application, new byte[HttpTunnelHandler.MAX_BODY_BYTES]);
    assertTrue(application.isOpen());
    send(application, new byte[1]);
    assertFalse(application.isOpen());
  }

  @Test
  void slowRequest_isClosed() {
    EmbeddedChannel application = application("CONN");
    application.advanceTimeBy(61, TimeUnit.SECONDS);
    application.runScheduledPendingTasks();
    assertFalse(application.isOpen());
  }

  @Test
  void connectionsWithoutAStream_areBoundedAndCountedOnce() {
    for (int i = 0; i < EntryListener.MAX_PENDING; i++) {
      assertTrue(application(i % 2 == 0 ? "" : CONNECT + END).isOpen());
    }
    assertFalse(application("").isOpen());
    channels.get(0).close();
    channels.get(1).close();
    assertTrue(application("").isOpen());
    assertTrue(application("").isOpen());
    assertFalse(application("").isOpen());
  }

  private IsolationKey keyOf(String headers) {
    application(CONNECT + headers + END);
    return asked.getLast().isolation();
  }

  @Test
  void headers_isolate() {
    String modern = "Proxy-Authorization: Basic dG9yOmE=\r\n";
    String legacy = "Proxy-Authorization: anything\r\n";
    String token = "Tor-Stream-Isolation: a\r\n";
    String other = "X-Tor-Stream-Isolation: a\r\n";
    List<String> all = List.of("", modern, legacy, token, other, modern + token, token + other);
    for (int i = 0; i < all.size(); i++) {
      for (int j = 0; j < all.size(); j++) {
        if (i == j) {
          assertEquals(keyOf(all.get(i)), keyOf(all.get(j)));
        } else {
          assertNotEquals(keyOf(all.get(i)), keyOf(all.get(j)), all.get(i) + all.get(j));
        }
      }
    }
  }

  /** Whatever comes in whatever pieces: no exception, the same outcome. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void anyBytesInAnyPieces_endTheSame(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 700; round++) {
      byte[] message = mutated(random);
      String first = outcome(message, random.split());
      String second = outcome(message, random.split());
      assertEquals(first, second, "seed " + seed + " round " + round);
      channels.forEach(EmbeddedChannel::finishAndReleaseAll);
      channels.clear();
    }
  }

  private static byte[] mutated(SplittableRandom random) {
    String[] seeds = {
      CONNECT + "Proxy-Authorization: Basic dG9yOmE=\r\n" + END,
      CONNECT + "Content-Length: 4\r\n" + END + "abcd",
      CONNECT + "Transfer-Encoding: chunked\r\n" + END + "2\r\nab\r\n0\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n" + END,
    };
    byte[] message = seeds[random.nextInt(seeds.length)].getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = new byte[message.length + random.nextInt(100)];
    random.nextBytes(all);
    System.arraycopy(message, 0, all, 0, message.length);
    for (int flips = random.nextInt(4); flips > 0; flips--) {
      all[random.nextInt(message.length)] = (byte) random.nextInt();
    }
    return all;
  }

  /** What came of it: the request and the early bytes, or the answer. */
  private String outcome(byte[] message, SplittableRandom random) {
    int before = asked.size();
    EmbeddedChannel application = application("");
    for (int at = 0; at < message.length; ) {
      int piece = 1 + random.nextInt(message.length - at);
      send(application, java.util.Arrays.copyOfRange(message, at, at + piece));
      at += piece;
    }
    if (asked.size() == before) {
      return received(application) + " open " + application.isOpen();
    }
    EmbeddedChannel stream = channel();
    opening.getLast().complete(stream);
    application.runPendingTasks();
    return asked.getLast().target().unredacted()
        + asked.getLast().port()
        + asked.getLast().isolation().user().hex()
        + received(stream);
  }
}
