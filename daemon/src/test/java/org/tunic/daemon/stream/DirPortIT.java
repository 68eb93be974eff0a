package org.tunic.daemon.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirAuthority;
import org.tunic.directory.fetch.DirFetchException;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.directory.fetch.DirServer;
import org.tunic.router.limits.TrafficCounters;
import org.tunic.router.link.ListeningPort;
import org.tunic.router.stream.begindir.DirClientLimits;
import org.tunic.router.stream.begindir.DirPortListener;
import org.tunic.router.stream.begindir.DirServerLimits;
import org.tunic.router.stream.begindir.DirectoryServer;
import org.tunic.router.stream.begindir.StreamDirectoryTransport;

/** Our directory client and server over TCP, and curl as somebody else's client. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Sockets.Kind.class)
class DirPortIT {
  private static final Bytes DOCUMENT;

  static {
    byte[] text = new byte[3_000_000];
    new Random(1).nextBytes(text);
    DOCUMENT = Bytes.copyOf(text);
  }

  private final ThreadPoolExecutor workers =
      new ThreadPoolExecutor(2, 2, 1, TimeUnit.SECONDS, new ArrayBlockingQueue<>(64));
  private final Sockets sockets;
  private final StreamDirectoryTransport transport;
  private final ListeningPort port;

  DirPortIT(Sockets.Kind kind) throws Exception {
    sockets = new Sockets(kind);
    DirectoryServer server =
        new DirectoryServer(
            (request, _) -> answer(request),
            workers,
            DirServerLimits.AUTHORITY,
            () -> Long.MAX_VALUE,
            InstantSource.system(),
            new TrafficCounters(),
            DirectoryServer.Bandwidth.UNLIMITED);
    port =
        DirPortListener.open(sockets.group, sockets.listeners, Sockets.loopback(0), server)
            .get(5, TimeUnit.SECONDS);
    transport = transport(sockets, Duration.ofSeconds(20));
  }

  private static StreamDirectoryTransport transport(Sockets sockets, Duration stall) {
    return new StreamDirectoryTransport(
        new DirPortDialer(sockets.group, sockets.sockets, Duration.ofSeconds(5)),
        new DirClientLimits(Duration.ofSeconds(5), stall, Duration.ofSeconds(40)));
  }

  private static DirAnswer answer(DirRequest request) {
    if (request.method() == DirRequest.Method.POST) {
      return DirAnswer.ok(Bytes.copyOf(new byte[] {(byte) request.body().length()}));
    }
    return request.path().startsWith("/tor/document")
        ? DirAnswer.ok(DOCUMENT)
        : DirAnswer.empty(404, "Not found");
  }

  @AfterEach
  void stop() {
    port.close();
    sockets.close();
    workers.shutdownNow();
  }

  private static DirServer authority(int dirPort) throws Exception {
    String line =
        "auth orport=1 no-v2 v3ident="
            + "A".repeat(40)
            + " 127.0.0.1:"
            + dirPort
            + " "
            + "B".repeat(40);
    return new DirServer.Authority(DirAuthority.parse(line));
  }

  @Test
  void documents_areFetched() throws Exception {
    DirServer server = authority(port.address().getPort());
    for (String path : List.of("/tor/document", "/tor/document.z")) {
      assertEquals(DOCUMENT, transport.exchange(server, DirRequest.get(path, 4_000_000)).body());
    }
    assertEquals(404, transport.exchange(server, DirRequest.get("/tor/other", 1000)).status());
    DirAnswer posted =
        transport.exchange(server, DirRequest.post("/tor/", Bytes.copyOf(new byte[100])));
    assertEquals(100, posted.body().at(0));
  }

  @Test
  void manyAtOnce_areServed() throws Exception {
    DirServer server = authority(port.address().getPort());
    List<CompletableFuture<Integer>> lengths = new java.util.ArrayList<>();
    for (int i = 0; i < 30; i++) {
      CompletableFuture<Integer> length = new CompletableFuture<>();
      lengths.add(length);
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  DirRequest request = DirRequest.get("/tor/document", 4_000_000);
                  length.complete(transport.exchange(server, request).body().length());
                } catch (DirFetchException | InterruptedException e) {
                  length.completeExceptionally(e);
                }
              });
    }
    for (CompletableFuture<Integer> length : lengths) {
      assertEquals(DOCUMENT.length(), length.get(40, TimeUnit.SECONDS));
    }
  }

  @Test
  void curl_isServed() throws Exception {
    Process curl =
        new ProcessBuilder(
                "curl",
                "-s",
                "-i",
                "--http1.0",
                "--max-time",
                "10",
                "http://127.0.0.1:" + port.address().getPort() + "/tor/other")
            .start();
    String said = new String(curl.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    assertTrue(said.startsWith("HTTP/1.0 404 Not found\r\nDate: "), said);
  }

  @Test
  void deadOrSilentServer_isNotWaitedForLong() throws Exception {
    StreamDirectoryTransport impatient = transport(sockets, Duration.ofSeconds(1));
    DirServer server;
    try (ServerSocket silent = new ServerSocket()) {
      silent.bind(Sockets.loopback(0));
      server = authority(silent.getLocalPort());
      DirFetchException late =
          assertThrows(
              DirFetchException.class,
              () -> impatient.exchange(server, DirRequest.get("/tor/x", 1000)));
      assertEquals(DirFetchException.Reason.TIMEOUT, late.reason());
    }
    DirFetchException dead =
        assertThrows(
            DirFetchException.class,
            () -> impatient.exchange(server, DirRequest.get("/tor/x", 1000)));
    assertEquals(DirFetchException.Reason.UNREACHABLE, dead.reason());
  }
}
