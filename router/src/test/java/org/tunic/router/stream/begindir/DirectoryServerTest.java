package org.tunic.router.stream.begindir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.router.limits.TrafficCounters;

final class DirectoryServerTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-22T22:00:00Z"));
  private static final DirServerLimits LIMITS =
      new DirServerLimits(1000, 2500, 3, Duration.ofSeconds(30), Duration.ofMinutes(5));

  private final List<DirRequest> asked = new ArrayList<>();
  private final ArrayDeque<Runnable> work = new ArrayDeque<>();
  private final List<Client> clients = new ArrayList<>();
  private int maxWork = 10;
  private long memory = Long.MAX_VALUE;
  private DirAnswer answer = DirAnswer.ok(text("hello"));

  private final List<String> taken = new ArrayList<>();
  private boolean bandwidth = true;

  private final TrafficCounters counters = new TrafficCounters();
  private final DirectoryServer server =
      new DirectoryServer(
          (request, _) -> {
            asked.add(request);
            return answer;
          },
          task -> {
            if (work.size() >= maxWork) {
              throw new RejectedExecutionException("full");
            }
            work.add(task);
          },
          LIMITS,
          () -> memory,
          CLOCK,
          counters,
          (client, bytes) -> {
            taken.add(client.getHostAddress() + " " + bytes);
            return bandwidth;
          });

  private static Bytes text(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** A peer that may stop taking bytes. */
  private static final class Client extends EmbeddedChannel {
    boolean stalled;

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
      if (!stalled) {
        super.doWrite(in);
      }
    }

    long waiting() {
      ChannelOutboundBuffer out = unsafe().outboundBuffer();
      return out == null ? 0 : out.totalPendingWriteBytes();
    }

    byte[] received() {
      runPendingTasks();
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (ByteBuf next; (next = readOutbound()) != null; ) {
        byte[] bytes = new byte[next.readableBytes()];
        next.readBytes(bytes);
        next.release();
        all.writeBytes(bytes);
      }
      return all.toByteArray();
    }

    String text() {
      return new String(received(), StandardCharsets.ISO_8859_1);
    }
  }

  @AfterEach
  void release() {
    clients.forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  private Client client() {
    return client(Optional.empty());
  }

  private Client client(Optional<InetAddress> address) {
    Client client = new Client();
    clients.add(client);
    client.freezeTime();
    client.config().setAutoRead(false);
    server.serve(client, address);
    client.runPendingTasks();
    return client;
  }

  private static void send(Client client, String text) {
    if (client.isOpen()) {
      client.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }
    client.runPendingTasks();
  }

  private void work() {
    for (Runnable task; (task = work.poll()) != null; ) {
      task.run();
    }
  }

  private String exchange(String request) {
    Client client = client();
    send(client, request);
    work();
    String response = client.text();
    assertFalse(client.isOpen(), "closes behind the answer");
    return response;
  }

  @Test
  void get_isAnsweredInHttp10() {
    String response = exchange("GET /tor/keys/all HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
    assertEquals(
        """
        HTTP/1.0 200 OK\r
        Date: Sun, 22 Nov 2026 22:00:00 GMT\r
        Content-Type: text/plain\r
        Content-Length: 5\r
        \r
        hello""",
        response);
    assertEquals("/tor/keys/all", asked.getFirst().path());
    assertEquals(DirRequest.Method.GET, asked.getFirst().method());
    assertEquals("127.0.0.1", asked.getFirst().headers().get("host").orElseThrow());
  }

  @Test
  void get_inPieces_isAnswered() {
    Client client = client();
    for (char c : "GET /tor/x HTTP/1.0\r\n\r\n".toCharArray()) {
      send(client, String.valueOf(c));
    }
    work();
    assertTrue(client.text().startsWith("HTTP/1.0 200 OK\r\n"));
  }

  @Test
  void dotZ_isDeflated() throws Exception {
    Client client = client();
    send(client, "GET /tor/keys/all.z HTTP/1.0\r\n\r\n");
    work();
    byte[] response = client.received();
    String head = new String(response, StandardCharsets.ISO_8859_1);
    assertTrue(head.contains("\r\nContent-Encoding: deflate\r\n"), head);
    assertTrue(head.contains("\r\nContent-Type: application/octet-stream\r\n"), head);
    int body = head.indexOf("\r\n\r\n") + 4;
    byte[] coded = java.util.Arrays.copyOfRange(response, body, response.length);
    assertEquals(text("hello"), ContentCoding.DEFLATE.decode(coded, 100));
  }

  @Test
  void answerHeaders_areSent() {
    answer = DirAnswer.empty(304, "Not modified").with("Expires", "tomorrow");
    String response = exchange("GET /tor/x.z HTTP/1.0\r\n\r\n");
    assertTrue(response.startsWith("HTTP/1.0 304 Not modified\r\n"), response);
    assertTrue(response.contains("\r\nExpires: tomorrow\r\n"), response);
    assertFalse(response.contains("Content-Encoding"), response);
  }

  @Test
  void client_isToldItsAddress_unlessInternal() throws Exception {
    Client outside = client(Optional.of(InetAddress.getByAddress(new byte[] {8, 8, 4, 4})));
    Client inside = client(Optional.of(InetAddress.getByAddress(new byte[] {10, 0, 0, 1})));
    send(outside, "GET /tor/x HTTP/1.0\r\n\r\n");
    send(inside, "GET /tor/x HTTP/1.0\r\n\r\n");
    work();
    assertTrue(outside.text().contains("\r\nX-Your-Address-Is: 8.8.4.4\r\n"));
    assertFalse(inside.text().contains("X-Your-Address-Is"));
  }

  @Test
  void post_bodyIsHandedOver() {
    exchange("POST /tor/ HTTP/1.0\r\nContent-Length: 6\r\n\r\nrouter");
    assertEquals(DirRequest.Method.POST, asked.getFirst().method());
    assertEquals(text("router"), asked.getFirst().body());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /tor/ HTTP/1.0\r\n\r\n", // no length
        "POST /tor/ HTTP/1.0\r\nContent-Length: -1\r\n\r\n",
        "POST /tor/ HTTP/1.0\r\nContent-Length: x\r\n\r\n",
        "POST /tor/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "PUT /tor/ HTTP/1.0\r\n\r\n",
        "HEAD /tor/ HTTP/1.0\r\n\r\n",
        "nonsense\r\n\r\n",
      })
  void badRequest_isRefused(String request) {
    String response = exchange(request);
    assertTrue(response.startsWith("HTTP/1.0 400 Bad request\r\n"), response);
    assertTrue(asked.isEmpty());
  }

  @Test
  void post_tooLong_isRefusedBeforeItsBody() {
    String response = exchange("POST /tor/ HTTP/1.0\r\nContent-Length: 1001\r\n\r\n");
    assertTrue(response.startsWith("HTTP/1.0 413"), response);
  }

  @Test
  void requestLine_tooLong_isRefused() {
    String path = "a".repeat(DirectoryServer.MAX_REQUEST_LINE_BYTES + 1);
    assertTrue(exchange("GET /" + path + " HTTP/1.0\r\n\r\n").startsWith("HTTP/1.0 400"));
  }

  @Test
  void headers_tooLong_areRefused() {
    Client client = client();
    send(client, "GET /tor/x HTTP/1.0\r\n");
    for (int i = 0; i < 1000 && client.isOpen(); i++) {
      send(client, "X-Filler: " + "a".repeat(100) + "\r\n");
    }
    assertFalse(client.isOpen());
    assertTrue(asked.isEmpty());
  }

  @Test
  void postBodies_ofAllClients_areBounded() {
    String post = "POST /tor/ HTTP/1.0\r\nContent-Length: 1000\r\n\r\n" + "a".repeat(999);
    Client one = client();
    Client two = client();
    Client three = client();
    send(one, post);
    send(two, post);
    send(three, post);
    assertTrue(three.text().startsWith("HTTP/1.0 503"));
    assertTrue(one.isOpen() && two.isOpen());
    one.close();
    Client four = client();
    send(four, post);
    assertTrue(four.isOpen(), "room was given back");
  }

  @Test
  void postBodies_ofAllClients_areBoundedByMemory() {
    memory = 4500; // thrice 1500
    String post = "POST /tor/ HTTP/1.0\r\nContent-Length: 1000\r\n\r\n" + "a".repeat(999);
    Client one = client();
    Client two = client();
    send(one, post);
    assertEquals(3 * 999, server.heldBytes());
    send(two, post);
    assertTrue(two.text().startsWith("HTTP/1.0 503"));
    assertTrue(one.isOpen());
    assertEquals(3 * 999, server.heldBytes());
    memory = 6000;
    send(client(), post);
    assertEquals(6 * 999, server.heldBytes());
  }

  @Test
  void exchanges_areBounded() {
    Client first = client();
    client();
    client();
    assertFalse(client().isOpen());
    first.close();
    assertTrue(client().isOpen());
  }

  @Test
  void busyResponder_answers503() {
    maxWork = 1;
    Client one = client();
    Client two = client();
    send(one, "GET /tor/x HTTP/1.0\r\n\r\n");
    send(two, "GET /tor/x HTTP/1.0\r\n\r\n");
    assertTrue(two.text().startsWith("HTTP/1.0 503 Directory busy"));
    work();
    assertTrue(one.text().startsWith("HTTP/1.0 200"));
  }

  @Test
  void requestAndAnswer_countAsDirectoryBytesAndAsTraffic() {
    counters.countPrivate(true); // what an EmbeddedChannel is connected to is no address
    String request = "GET /tor/x HTTP/1.0\r\n\r\n";
    Client client = client();
    send(client, request);
    work();
    int sent = client.received().length;
    assertTrue(sent > 0);
    assertEquals(request.length(), counters.directoryBytesRead());
    assertEquals(sent, counters.directoryBytesWritten());
    assertEquals(request.length(), counters.bytesRead());
    assertEquals(sent, counters.bytesWritten());
  }

  @Test
  void answer_withoutBandwidthForIt_isRefused() throws Exception {
    Optional<InetAddress> asker = Optional.of(InetAddress.getByName("192.0.2.7"));
    for (String expected : List.of("HTTP/1.0 200", "HTTP/1.0 503 Directory busy, try again")) {
      Client client = client(asker);
      send(client, "GET /tor/x HTTP/1.0\r\n\r\n");
      work();
      String response = client.text();
      assertTrue(response.startsWith(expected), response);
      assertFalse(client.isOpen());
      bandwidth = false;
    }
    assertEquals(List.of("192.0.2.7 5", "192.0.2.7 5"), taken);
  }

  @Test
  void answer_withoutABody_needsNoBandwidth() throws Exception {
    bandwidth = false;
    answer = DirAnswer.empty(404, "Not found");
    Client client = client(Optional.of(InetAddress.getByName("192.0.2.7")));
    send(client, "GET /tor/x HTTP/1.0\r\n\r\n");
    work();
    assertTrue(client.text().startsWith("HTTP/1.0 404"));
  }

  @Test
  void failingResponder_answers500() {
    DirectoryServer broken =
        new DirectoryServer(
            (request, _) -> {
              throw new IllegalArgumentException("a fault of ours, provoked by a test");
            },
            Runnable::run,
            LIMITS,
            () -> memory,
            CLOCK,
            counters,
            DirectoryServer.Bandwidth.UNLIMITED);
    Client client = new Client();
    clients.add(client);
    broken.serve(client, Optional.empty());
    send(client, "GET /tor/x HTTP/1.0\r\n\r\n");
    assertTrue(client.text().startsWith("HTTP/1.0 500"));
  }

  @Test
  void largeAnswer_waitsForASlowClient() {
    byte[] large = new byte[4_000_000];
    new Random(1).nextBytes(large);
    answer = DirAnswer.ok(Bytes.copyOf(large));
    Client client = client();
    client.stalled = true;
    send(client, "GET /tor/x HTTP/1.0\r\n\r\n");
    work();
    client.runPendingTasks();
    assertTrue(client.waiting() < 200_000, "keeps " + client.waiting());
    client.stalled = false;
    client.flush();
    byte[] response = client.received();
    String head = new String(response, 0, 300, StandardCharsets.ISO_8859_1);
    int body = head.indexOf("\r\n\r\n") + 4;
    assertEquals(Bytes.copyOf(large), Bytes.copyOf(response, body, response.length - body));
    assertFalse(client.isOpen());
  }

  @Test
  void clientThatTakesNothing_isCutOff() {
    answer = DirAnswer.ok(Bytes.copyOf(new byte[1_000_000]));
    Client client = client();
    client.stalled = true;
    send(client, "GET /tor/x HTTP/1.0\r\n\r\n");
    work();
    client.runPendingTasks();
    for (int i = 0; i < 3 && client.isOpen(); i++) {
      client.advanceTimeBy(31, TimeUnit.SECONDS);
      client.runScheduledPendingTasks();
    }
    client.runPendingTasks();
    assertFalse(client.isOpen());
  }

  @Test
  void clientThatSaysNothing_isCutOff() {
    Client client = client();
    client.advanceTimeBy(31, TimeUnit.SECONDS);
    client.runScheduledPendingTasks();
    assertFalse(client.isOpen());
  }

  @Test
  void clientThatDrips_isCutOffInTheEnd() {
    Client client = client();
    int seconds = 0;
    while (client.isOpen() && seconds < 3600) {
      send(client, "G");
      client.advanceTimeBy(20, TimeUnit.SECONDS);
      client.runScheduledPendingTasks();
      seconds += 20;
    }
    assertTrue(seconds <= 6 * 60, "held for " + seconds + " s");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void randomBytes_neverThrow(long seed) {
    Random random = new Random(seed);
    byte[] start =
        "POST /tor/ HTTP/1.0\r\nContent-Length: 6\r\n\r\nrouter"
            .getBytes(StandardCharsets.US_ASCII);
    for (int round = 0; round < 500; round++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      System.arraycopy(start, 0, bytes, 0, Math.min(bytes.length, random.nextInt(start.length)));
      Client client = client();
      send(client, new String(bytes, StandardCharsets.ISO_8859_1));
      work();
      client.runPendingTasks();
      client.finishAndReleaseAll();
      clients.removeLast();
    }
  }
}
