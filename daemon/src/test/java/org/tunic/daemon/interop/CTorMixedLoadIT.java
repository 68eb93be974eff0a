package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Relays of each subject in a network of C tor, under everything at once for a minute: long and
 * short downloads, uploads, streams that end half-way, readers that stop and go on, circuits that
 * come and go, configurations read again. Every byte is checked, every kind of load has to make
 * progress, and afterwards no log of any node has a warning: C tor runs with ProtocolWarnings.
 *
 * <p>{@code LOAD_SECONDS} changes the minute. Threads: that of the test, and one for each load.
 */
@Isolated // measures rates
class CTorMixedLoadIT {
  private static final int DEFAULT_LOAD_SECONDS = 60;
  private static final Duration KNOWN_LIMIT = Duration.ofMinutes(2);
  private static final long ENDLESS_BYTES = 1L << 40;
  private static final long SHORT_BYTES = 200_000;
  private static final long SHORT_LIMIT_MILLIS = 60_000;
  private static final int UPLOAD_BYTES = 2 << 20;
  private static final int UPLOAD_LIMIT_SECONDS = 90;
  private static final int LONG_DOWNLOADS = 3;

  /** On a machine this busy votes would come too late, which is no fault of a relay. */
  private static final int RARE_VOTES_SECONDS = 12 * 3600;

  private static final Pattern SERIOUS = Pattern.compile("\\[(warn|err)]");

  /**
   * Warnings of C tor about how these networks are made, not about its peers: each stands in the
   * logs of a network of C tor alone.
   */
  private static final List<String> OF_THE_TEST_NETWORK =
      List.of(
          // its torrc
          "You have used DirAuthority or AlternateDirAuthority",
          "Your log may contain sensitive information",
          "You are running Tor as root",
          "is giving Tor only an IP address",
          "V3AuthVotingInterval is very low",
          "TestingTorNetwork is set",
          // an authority that has not tested itself yet
          "We just marked ourself as down",
          // the first start of an authority, before the first consensus
          "Received http status code 404 (\"Not found\")",
          "/approved-routers'. That's ok.",
          "/sr-state\"",
          // too few relays with the flag Stable for the circuits that C tor's relays want; some of
          // these have one relay twice
          "Failed to choose an exit server",
          "Could not find a node that matches the configured _HSLayer2Nodes set",
          "Client asked me to extend back to the previous hop",
          "EXTEND2 back to the previous hop", // what ours says to the same request
          "connection_edge_process_relay_cell (away from origin) failed");

  private static int loadSeconds() {
    String seconds = System.getenv("LOAD_SECONDS");
    return seconds == null ? DEFAULT_LOAD_SECONDS : Integer.parseInt(seconds);
  }

  @ParameterizedTest
  @EnumSource(Subject.class)
  void relays_underMixedLoadAmongCTor_serveAllAndNobodyWarns(Subject subject) throws Exception {
    Interop.require(Subject.CTOR);
    Interop.require(subject);
    try (WebServer web = new WebServer();
        TorNetwork network =
            TorNetwork.in(Interop.directory("mixed-" + subject.label()))
                .authorities(3, Subject.CTOR)
                .node("exit0", Role.EXIT, Subject.CTOR)
                .node("mid0", Role.MIDDLE, Subject.CTOR)
                .node("busy0", Role.EXIT, subject)
                .node("busy1", Role.EXIT, subject)
                .node("driver", Role.CLIENT, Subject.CTOR)
                .votingInterval(RARE_VOTES_SECONDS)
                .start()) {
      TorNode client = network.startClient("client", subject);
      TorNode driver = network.node("driver");
      TorNode one = network.node("busy0");
      TorNode other = network.node("busy1");
      TorNode middle = network.node("mid0");
      TorNode exit = network.node("exit0");
      client.awaitBootstrapped(KNOWN_LIMIT);
      List<List<TorNode>> paths =
          List.of(
              List.of(one, middle, exit),
              List.of(middle, other, exit),
              List.of(middle, exit, one),
              List.of(one, exit, other));
      try (ControlPort control = new ControlPort(driver)) {
        for (TorNode relay : List.of(one, other)) {
          Await.until(
              relay.name() + " known", KNOWN_LIMIT, () -> knows(control, relay), relay::logTail);
        }
        try (ControlPort.Pin pin = control.pin(paths)) {
          new Load(web, driver, client, List.of(one, other)).run(control, paths);
          assertTrue(pin.streams() >= LONG_DOWNLOADS, "streams on the pinned circuits");
        }
      }
      for (TorNode node : network.nodes()) {
        assertTrue(node.running(), () -> node.name() + " ended\n" + node.logTail());
      }
      assertEquals(List.of(), warnings(network.nodes()), "warnings in the logs");
    }
  }

  private static boolean knows(ControlPort control, TorNode relay) {
    try {
      return control.knows(relay);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> warnings(List<TorNode> nodes) throws IOException {
    List<String> found = new ArrayList<>();
    Predicate<String> ours = line -> OF_THE_TEST_NETWORK.stream().anyMatch(line::contains);
    for (TorNode node : nodes) {
      Path log = node.torrc().resolveSibling("notice.log");
      try (Stream<String> lines = Files.lines(log, ISO_8859_1)) {
        lines
            .filter(SERIOUS.asPredicate())
            .filter(ours.negate())
            .forEach(line -> found.add(node.name() + ": " + line));
      }
    }
    return found;
  }

  /** All kinds of load, each in a thread that goes round until the time is over. */
  private static final class Load {
    private final WebServer web;
    private final TorNode driver;
    private final TorNode client;
    private final List<TorNode> relays;
    private final long endNanos = System.nanoTime() + loadSeconds() * 1_000_000_000L;

    Load(WebServer web, TorNode driver, TorNode client, List<TorNode> relays) {
      this.web = web;
      this.driver = driver;
      this.client = client;
      this.relays = relays;
    }

    private interface Round {
      void go(int round) throws IOException;
    }

    private boolean over() {
      return System.nanoTime() - endNanos >= 0;
    }

    void run(ControlPort control, List<List<TorNode>> paths) throws Exception {
      List<SocksDownload> longOnes = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < LONG_DOWNLOADS; i++) {
          longOnes.add(new SocksDownload(i == 0 ? client : driver, "", web, ENDLESS_BYTES));
        }
        List<Kind> kinds =
            List.of(
                start(threads, "short downloads", round -> shortDownload(driver, round)),
                start(threads, "short downloads of the client", r -> shortDownload(client, r)),
                start(threads, "uploads", round -> upload(round % 2 == 0 ? driver : client)),
                start(threads, "streams that end half-way", this::halfWay),
                start(threads, "readers that stop", round -> stopAndGoOn(longOnes, round)),
                start(threads, "circuits", round -> control.pass(paths.get(round % paths.size()))),
                start(threads, "configurations read again", this::reload));
        for (Kind kind : kinds) {
          kind.await();
        }
        for (SocksDownload download : longOnes) {
          assertTrue(download.received() > WebServer.FILE_BYTES / 16, "a long download");
        }
        StringBuilder figures = new StringBuilder(relays.getFirst().subject() + ":");
        kinds.forEach(k -> figures.append(' ').append(k.rounds).append(' ').append(k.name + ","));
        long mib = longOnes.stream().mapToLong(SocksDownload::received).sum() >> 20;
        System.out.println(figures.append(' ').append(mib).append(" MiB in long downloads"));
      } finally {
        for (SocksDownload download : longOnes) {
          download.close();
        }
      }
    }

    private record Kind(String name, AtomicInteger rounds, Future<?> done) {
      void await() throws InterruptedException {
        try {
          done.get();
        } catch (ExecutionException e) {
          throw new AssertionError(name + ", round " + rounds, e.getCause());
        }
        assertTrue(rounds.get() > 1, name);
      }
    }

    private Kind start(ExecutorService threads, String name, Round round) {
      AtomicInteger rounds = new AtomicInteger();
      Future<?> done =
          threads.submit(
              () -> {
                while (!over()) {
                  round.go(rounds.getAndIncrement());
                }
                return null;
              });
      return new Kind(name, rounds, done);
    }

    private void shortDownload(TorNode node, int round) throws IOException {
      try (SocksDownload download = new SocksDownload(node, "", web, SHORT_BYTES)) {
        Await.until(
            "short download " + round,
            Duration.ofMillis(SHORT_LIMIT_MILLIS),
            () -> download.received() == SHORT_BYTES,
            node::logTail);
      }
    }

    private void upload(TorNode node) throws IOException {
      int before = web.intactUploads();
      Curl.Answer answer =
          Curl.upload(node, web.takeUrl(), web.head(UPLOAD_BYTES), UPLOAD_LIMIT_SECONDS);
      assertEquals(0, answer.status(), answer.error());
      assertEquals(before + 1, web.intactUploads(), "uploads that arrived whole");
    }

    private void halfWay(int round) throws IOException {
      TorNode node = round % 2 == 0 ? driver : client;
      try (SocksDownload download = new SocksDownload(node, "", web, ENDLESS_BYTES)) {
        Await.until(
            "the begin of download " + round,
            Duration.ofMillis(SHORT_LIMIT_MILLIS),
            () -> download.received() > SHORT_BYTES * (round % 3),
            node::logTail);
      }
      Await.pause(200);
    }

    private void stopAndGoOn(List<SocksDownload> downloads, int round) {
      SocksDownload download = downloads.get(round % downloads.size());
      download.stopReading();
      Await.pause(1500);
      download.goOn();
      Await.pause(500);
    }

    private void reload(int round) throws IOException {
      long pid = relays.get(round % relays.size()).pid();
      Subject.Tools.run(driver.torrc().getParent(), "", List.of("kill", "-HUP", "" + pid));
      Await.pause(4000);
    }
  }
}
