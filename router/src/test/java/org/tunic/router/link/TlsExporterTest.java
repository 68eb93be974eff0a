package org.tunic.router.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.crypto.cert.RelayCredentials;
import org.tunic.router.link.TlsContext.Engine;

/** The two exporters held against each other over real handshakes, without sockets. */
class TlsExporterTest {
  private static final String LABEL = "EXPORTER FOR TOR TLS CLIENT BINDING AUTH0003";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static RelayCredentials credentials;

  @BeforeAll
  static void makeCredentials() {
    credentials = TestCredentials.create(Instant.parse("2026-11-22T12:00:00Z"), new SecureRandom());
  }

  static Stream<Arguments> pairs() {
    return Stream.of("TLSv1.3", "TLSv1.2")
        .flatMap(
            version ->
                Stream.of(Engine.values())
                    .flatMap(
                        client ->
                            Stream.of(Engine.values())
                                .map(server -> Arguments.of(client, server, version))));
  }

  private static TlsContext server(Engine engine, List<String> versions) {
    return TlsContext.forServer(
        engine,
        credentials.linkKey().jdkKey(),
        credentials.tlsCertificate().jdkCertificate(),
        versions);
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void export_atBothEnds_isEqual(Engine clientEngine, Engine serverEngine, String version)
      throws Exception {
    try (TlsContext clientContext = TlsContext.forClient(clientEngine, List.of(version));
        TlsContext serverContext = server(serverEngine, List.of(version))) {
      Pair pair = new Pair(clientContext, serverContext);
      pair.handshake();
      assertEquals(version, pair.client.handler().engine().getSession().getProtocol());
      byte[] context = new byte[32];
      Arrays.fill(context, (byte) 7);
      byte[] one = pair.client.exporter().export(LABEL, context, 32);
      assertArrayEquals(one, pair.server.exporter().export(LABEL, context, 32));
      assertEquals(32, one.length);
      assertArrayEquals(
          pair.client.exporter().export("EXPORTER-other", new byte[0], 80),
          pair.server.exporter().export("EXPORTER-other", new byte[0], 80));
      context[0] = 8;
      assertFalse(Arrays.equals(one, pair.client.exporter().export(LABEL, context, 32)));
      pair.close();
    }
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void peerCertificate_isTheOneShown(Engine clientEngine, Engine serverEngine, String version)
      throws Exception {
    try (TlsContext clientContext = TlsContext.forClient(clientEngine, List.of(version));
        TlsContext serverContext = server(serverEngine, List.of(version))) {
      Pair pair = new Pair(clientContext, serverContext);
      pair.handshake();
      assertArrayEquals(
          credentials.tlsCertificate().der().toArray(),
          pair.client.handler().engine().getSession().getPeerCertificates()[0].getEncoded());
      pair.close();
    }
  }

  @Test
  void keyLog_afterCompletionOrClose_keepsNothing() {
    try (TlsContext clientContext = TlsContext.forClient(Engine.TCNATIVE);
        TlsContext serverContext = server(Engine.TCNATIVE, TlsContext.PROTOCOLS)) {
      Pair taken = new Pair(clientContext, serverContext);
      taken.handshake();
      assertEquals(0, clientContext.keptSecrets());
      taken.client.exporter().close();
      assertThrows(
          IllegalStateException.class,
          () -> taken.client.exporter().export(LABEL, new byte[32], 32));
      taken.close();
      Pair abandoned = new Pair(clientContext, serverContext);
      abandoned.exchange();
      assertEquals(1, clientContext.keptSecrets());
      abandoned.close();
      assertEquals(0, clientContext.keptSecrets());
      assertEquals(0, serverContext.keptSecrets());
    }
  }

  @Test
  void bestEngine_here_isBoringSsl() {
    assertEquals(Engine.TCNATIVE, TlsContext.bestEngine());
  }

  /** A client and a server joined in memory. */
  private static final class Pair {
    final TlsContext.Session client;
    final TlsContext.Session server;
    private final EmbeddedChannel clientSocket;
    private final EmbeddedChannel serverSocket;

    Pair(TlsContext clientContext, TlsContext serverContext) {
      client = clientContext.newSession(ByteBufAllocator.DEFAULT, "www.example1234.com", TIMEOUT);
      server = serverContext.newSession(ByteBufAllocator.DEFAULT, null, TIMEOUT);
      serverSocket = new EmbeddedChannel(server.handler());
      clientSocket = new EmbeddedChannel(client.handler());
    }

    void exchange() {
      boolean moved = true;
      while (moved) {
        moved = move(clientSocket, serverSocket);
        moved |= move(serverSocket, clientSocket);
      }
      assertTrue(client.handler().handshakeFuture().isSuccess(), "client");
      assertTrue(server.handler().handshakeFuture().isSuccess(), "server");
    }

    void handshake() {
      exchange();
      client.exporter().handshakeCompleted();
      server.exporter().handshakeCompleted();
    }

    private static boolean move(EmbeddedChannel from, EmbeddedChannel to) {
      boolean moved = false;
      from.runPendingTasks();
      for (Object bytes = from.readOutbound(); bytes != null; bytes = from.readOutbound()) {
        moved = true;
        to.writeInbound(bytes);
      }
      return moved;
    }

    void close() {
      client.exporter().close();
      server.exporter().close();
      clientSocket.finishAndReleaseAll();
      serverSocket.finishAndReleaseAll();
    }
  }
}
