package org.tunic.daemon.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The figures of {@code bench/onion}: a host and a visitor of ours beside a host and a visitor of C
 * tor, in one C tor network, one pair after the other under the same load; then a whole network of
 * ours. CPU time is that of the whole process from {@code /proc}, JIT and collector included.
 *
 * <p>Threads: main.
 */
final class OnionBench {
  private static final long MIB = 1 << 20;
  private static final int STREAMS = 8;
  private static final long EACH_BYTES = 64 * MIB;
  private static final double GIB = STREAMS * EACH_BYTES / (1024.0 * MIB);
  private static final double MBIT = STREAMS * EACH_BYTES * 8 / 1e6;
  private static final int STARTS = 3;
  private static final int PAGES = 15;
  private static final int MIDDLES = 4;
  private static final int PAGE_SECONDS = 20;
  private static final long POLL_MILLIS = 100;
  private static final String FIRST_VISITOR = "first";
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(2);
  private static final Duration REACHABLE_LIMIT = Duration.ofMinutes(2);

  /** One host and one visitor of it, of the same subject. */
  private record Pair(TorNode host, TorNode visitor, String onion) {}

  private record Figures(
      double reachableSeconds,
      double firstByteSeconds,
      double mbits,
      double hostCpu,
      double visitorCpu) {}

  private final Path dir;
  private final WebServer web;

  private OnionBench(Path dir, WebServer web) {
    this.dir = dir;
    this.web = web;
  }

  /**
   * Runs everything.
   *
   * @param args a directory for the files of the networks
   */
  public static void main(String[] args) throws IOException {
    Locale.setDefault(Locale.ROOT);
    try (WebServer web = new WebServer()) {
      OnionBench bench = new OnionBench(Path.of(args[0]).toAbsolutePath(), web);
      Map<Subject, Figures> figures = bench.beside();
      Figures ours = figures.get(Subject.OURS);
      Figures ctor = figures.get(Subject.CTOR);
      say(
          "host from start to reachable: ours %.1f ctor %.1f s (median of %d)",
          ours.reachableSeconds, ctor.reachableSeconds, STARTS);
      say(
          "visitor, time to first byte on new circuits: ours %.3f ctor %.3f s (median of %d)",
          ours.firstByteSeconds, ctor.firstByteSeconds, PAGES);
      say(
          "8 downloads of 64 MiB through C tor's relays: ours %.0f ctor %.0f Mbit/s",
          ours.mbits, ctor.mbits);
      say("host: ours %.2f ctor %.2f CPU s/GiB", ours.hostCpu, ctor.hostCpu);
      say("visitor: ours %.2f ctor %.2f CPU s/GiB", ours.visitorCpu, ctor.visitorCpu);
      Figures chain = bench.chainOfOurs();
      say(
          "whole chain, 8 downloads of 64 MiB over six hops: ours %.0f ctor %.0f Mbit/s",
          chain.mbits, ctor.mbits);
      say(
          "whole chain, time to first byte on new circuits: ours %.3f ctor %.3f s",
          chain.firstByteSeconds, ctor.firstByteSeconds);
      say("load average at the end: %s", Files.readString(Path.of("/proc/loadavg")).strip());
    }
  }

  private TorNetwork.Builder network(String name, Subject subject) {
    TorNetwork.Builder builder =
        TorNetwork.in(dir.resolve(name))
            .authorities(3, subject)
            .node("exit0", Role.EXIT, subject)
            .stable()
            .votingInterval(12 * 3600)
            .logLevel("none");
    for (int i = 0; i < MIDDLES; i++) {
      builder.node("mid" + i, Role.MIDDLE, subject);
    }
    return builder;
  }

  // ---- one network of C tor, with a pair of each

  private Map<Subject, Figures> beside() throws IOException {
    Map<Subject, Figures> figures = new EnumMap<>(Subject.class);
    try (TorNetwork network =
            network("beside", Subject.CTOR)
                .node(SharedNetworks.DRIVER, Role.CLIENT, Subject.CTOR)
                .node(FIRST_VISITOR, Role.CLIENT, Subject.CTOR)
                .start();
        ControlPort driver = new ControlPort(network.node(SharedNetworks.DRIVER))) {
      for (Subject subject : List.of(Subject.CTOR, Subject.OURS)) {
        double[] starts = new double[STARTS];
        for (int i = 0; i < STARTS; i++) {
          TorNode host = host(network, subject.label() + i, subject);
          starts[i] = reachableSeconds(network, driver, host);
          host.stop();
        }
        Pair pair = pair(network, subject);
        figures.put(subject, figures(pair, BenchLoad.median(starts)));
        pair.host.stop();
        pair.visitor.stop();
      }
    }
    return figures;
  }

  private TorNode host(TorNetwork network, String name, Subject subject) throws IOException {
    return network.startClient(
        "host" + name,
        subject,
        node ->
            "HiddenServiceDir %s%nHiddenServicePort 80 127.0.0.1:%d%n"
                .formatted(directory(node), web.port()));
  }

  private static Path directory(TorNode host) {
    return host.dataDirectory().resolveSibling("onion");
  }

  private static String onion(TorNode host) throws IOException {
    Path file = directory(host).resolve("hostname");
    Await.until("the file hostname", BOOTSTRAP_LIMIT, () -> Files.exists(file), host::logTail);
    return Files.readString(file).strip();
  }

  /**
   * Asks every relay for the descriptor, ten times a second, since a visitor would wait for seconds
   * before it asked again; then somebody else visits, because C tor drops the circuits of a visit
   * when a descriptor comes again, and holds it against its guard.
   */
  private double reachableSeconds(TorNetwork network, ControlPort driver, TorNode host)
      throws IOException {
    List<TorNode> relays = network.nodes().stream().filter(n -> n.role().relays()).toList();
    String onion = onion(host);
    String address = onion.replace(".onion", "");
    Await.until(
        "a descriptor",
        REACHABLE_LIMIT,
        () -> {
          try {
            Await.pause(POLL_MILLIS);
            return !driver.onionDescriptor(address, relays).isEmpty();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        },
        host::logTail);
    TorNode visitor = network.node(FIRST_VISITOR);
    awaitPage(visitor, onion);
    return (System.nanoTime() - host.startedNanos()) / 1e9;
  }

  private void awaitPage(TorNode visitor, String onion) {
    Await.until(
        "a page",
        REACHABLE_LIMIT,
        () -> {
          try {
            String url = "http://" + onion + "/page";
            return web.pageSha256().equals(Curl.fetch(visitor, url, PAGE_SECONDS).sha256());
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        },
        visitor::logTail);
  }

  private Pair pair(TorNetwork network, Subject subject) throws IOException {
    TorNode host = host(network, "of" + subject.label(), subject);
    TorNode visitor = network.startClient("visitor" + subject.label(), subject);
    host.awaitBootstrapped(BOOTSTRAP_LIMIT);
    visitor.awaitBootstrapped(BOOTSTRAP_LIMIT);
    String onion = onion(host);
    awaitPage(visitor, onion);
    return new Pair(host, visitor, onion);
  }

  private static Figures figures(Pair pair, double reachableSeconds) throws IOException {
    BenchLoad.download(pair.visitor, pair.onion, STREAMS, EACH_BYTES); // warms up
    Duration hostBefore = pair.host.cpu();
    Duration visitorBefore = pair.visitor.cpu();
    double seconds = BenchLoad.download(pair.visitor, pair.onion, STREAMS, EACH_BYTES);
    double hostCpu = pair.host.cpu().minus(hostBefore).toNanos() / 1e9 / GIB;
    double visitorCpu = pair.visitor.cpu().minus(visitorBefore).toNanos() / 1e9 / GIB;
    double[] waits = new double[PAGES];
    for (int i = 0; i < PAGES; i++) {
      waits[i] =
          BenchLoad.firstByteSeconds(pair.visitor, "page" + i, "http://" + pair.onion + "/page");
    }
    return new Figures(
        reachableSeconds, BenchLoad.median(waits), MBIT / seconds, hostCpu, visitorCpu);
  }

  // ---- a network of ours alone

  private Figures chainOfOurs() throws IOException {
    try (TorNetwork network = network("ours", Subject.OURS).start()) {
      return figures(pair(network, Subject.OURS), 0);
    }
  }

  private static void say(String format, Object... values) {
    System.out.println(format.formatted(values));
  }
}
