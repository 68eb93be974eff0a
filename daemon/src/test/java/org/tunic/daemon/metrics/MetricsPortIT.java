package org.tunic.daemon.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.daemon.keystore.OnionKeyDirectory;
import org.tunic.daemon.wiring.RunningDaemon;
import org.tunic.testing.SeededRandom;

/** Our MetricsPort beside that of C tor, each in a process of its own. */
final class MetricsPortIT {
  private static final String EXIT =
      """
      Address 127.0.0.1
      AssumeReachable 1
      PublishServerDescriptor 0
      ContactInfo x
      SocksPort 0
      ExitRelay 1
      ExitPolicy accept *:*
      ORPort 127.0.0.1:\
      """;
  private static final String CLIENT = "SocksPort 127.0.0.1:";
  private static final String ACCEPT = "accept 127.0.0.1";

  @TempDir Path dir;

  private record Node(Path torrc, Path log, int port) {}

  private Node node(String name, String role, String policy) throws Exception {
    int port = RunningDaemon.freePort();
    Path log = dir.resolve(name + ".log");
    Path torrc =
        Files.writeString(
            dir.resolve(name),
            RunningDaemon.NETWORK
                + "DataDirectory "
                + dir.resolve(name + ".data")
                + "\nLog notice file "
                + log
                + "\nMetricsPort 127.0.0.1:"
                + port
                + "\nMetricsPortPolicy "
                + policy
                + "\n"
                + role
                + RunningDaemon.freePort()
                + "\n");
    return new Node(torrc, log, port);
  }

  @ParameterizedTest
  @ValueSource(strings = {EXIT, CLIENT})
  void namesTypesAndLabels_areThoseOfCtor(String role) throws Exception {
    Node theirs = node("theirs", role, ACCEPT);
    Node ours = node("ours", role, ACCEPT);
    try (RunningDaemon ctor = RunningDaemon.ctor(theirs.torrc(), theirs.log());
        RunningDaemon node = RunningDaemon.ours(ours.torrc(), ours.log())) {
      Scrape expected = Scrape.of(theirs.port());
      Scrape actual = Scrape.of(ours.port());
      assertTrue(expected.samples().size() > 250, expected.shape());
      assertEquals(expected.shape(), actual.shape());
      assertTrue(actual.head().startsWith("HTTP/1.0 200 OK\r\n"), actual.head());
      assertTrue(actual.head().contains("Content-Type: text/plain; charset=utf-8"), actual.head());
      assertTrue(ctor.isAlive() && node.isAlive());
    }
  }

  /** The same service with both, since its address is a label; with proof of work, and without. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void namesTypesAndLabels_ofAHost_areThoseOfCtor(boolean proofOfWork) throws Exception {
    HsIdKeypair key = HsIdKeypair.generate(new SeededRandom(proofOfWork ? 4 : 5));
    byte[] secret = key.expandedSecret().borrow().clone();
    Node theirs = host("theirs", key, proofOfWork);
    Node ours = host("ours", HsIdKeypair.fromExpanded(secret), proofOfWork);
    try (RunningDaemon ctor = RunningDaemon.ctor(theirs.torrc(), theirs.log());
        RunningDaemon node = RunningDaemon.ours(ours.torrc(), ours.log())) {
      Scrape expected = Scrape.of(theirs.port());
      assertTrue(expected.shape().contains("tor_hs_pow_suggested_effort"), expected.shape());
      assertTrue(expected.shape().contains("port=\"443\""), expected.shape());
      assertEquals(expected.shape(), Scrape.of(ours.port()).shape());
      assertTrue(ctor.isAlive() && node.isAlive());
    }
  }

  private Node host(String name, HsIdKeypair key, boolean proofOfWork) throws Exception {
    Path service = dir.resolve(name + ".onion");
    OnionKeyDirectory.create(service, key);
    String lines =
        """
        HiddenServiceDir %s
        HiddenServicePort 80 127.0.0.1:1
        HiddenServicePort 443 127.0.0.1:1
        HiddenServicePoWDefensesEnabled %d
        """
            .formatted(service, proofOfWork ? 1 : 0);
    return node(name, lines + CLIENT, ACCEPT);
  }

  @Test
  void requests_areAnsweredAsByCtor_andStrangersAreTurnedAway() throws Exception {
    Node theirs = node("theirs", CLIENT, ACCEPT);
    Node ours = node("ours", CLIENT, ACCEPT);
    Node closed = node("closed", CLIENT, "reject 127.0.0.1");
    try (RunningDaemon ctor = RunningDaemon.ctor(theirs.torrc(), theirs.log());
        RunningDaemon node = RunningDaemon.ours(ours.torrc(), ours.log());
        RunningDaemon other = RunningDaemon.ours(closed.torrc(), closed.log())) {
      for (String request :
          new String[] {
            "GET / HTTP/1.0\r\n\r\n",
            "GET /metrics?x HTTP/1.0\r\n\r\n",
            "POST /metrics HTTP/1.0\r\nContent-Length: 0\r\n\r\n",
            "HEAD /metrics HTTP/1.0\r\n\r\n",
            "GET /metrics HTTP/1.0\r\n\r\n"
          }) {
        assertEquals(
            Scrape.ask(theirs.port(), request).lines().findFirst().orElse(""),
            Scrape.ask(ours.port(), request).lines().findFirst().orElse(""),
            request);
      }
      String long1 = "GET /" + "x".repeat(10_000) + " HTTP/1.0\r\n\r\n";
      assertTrue(Scrape.ask(ours.port(), long1).startsWith("HTTP/1.0 400 "));
      Scrape.of(ours.port());
      assertNothing(closed.port());
      assertTrue(ctor.isAlive() && node.isAlive() && other.isAlive());
    }
  }

  private static void assertNothing(int port) {
    try {
      assertEquals("", Scrape.ask(port, "GET /metrics HTTP/1.0\r\n\r\n"));
    } catch (IOException reset) {
      assertThrows(IOException.class, () -> Scrape.of(port));
    }
  }
}
