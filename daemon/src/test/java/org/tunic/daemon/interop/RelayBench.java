package org.tunic.daemon.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The figures of {@code bench/relay}: what one relay of ours costs and does beside one of C tor, in
 * the same network, at the same time of day, under the same load.
 *
 * <p>Both relays are exits of one C tor network and take the same seat of the same path in turn,
 * between the same two neighbours, driven by the same client. Each is warmed up in each seat. CPU
 * time is that of the whole process from {@code /proc}, JIT and collector included; the other
 * nodes, curl and the web server share the machine with it. TestingEnableCellStatsEvent is off for
 * C tor, which would otherwise keep a note of every cell; nobody votes meanwhile.
 *
 * <p>Threads: main.
 */
final class RelayBench {
  private static final long MIB = 1 << 20;
  private static final long ONE_STREAM_BYTES = 96 * MIB;
  private static final long EACH_OF_EIGHT_BYTES = 64 * MIB;
  private static final long ALL_OF_MANY_BYTES = 512 * MIB;
  private static final long WARM_UP_BYTES = 65 * MIB;
  private static final int EIGHT = 8;
  private static final int[] STREAMS = {1, EIGHT, 64};
  private static final int STARTS = 5;
  private static final int BOOTSTRAPS = 3;
  private static final int CIRCUITS = 2000;
  private static final int CIRCUITS_AT_A_TIME = 20;
  private static final int PAGES = 15;
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(1);

  private final Path dir;
  private final WebServer web;

  /** The best load of eight streams on a path of C tor alone, client and relays. */
  private double ctorChainMbits;

  private RelayBench(Path dir, WebServer web) {
    this.dir = dir;
    this.web = web;
  }

  /**
   * Runs everything, or the named loads only.
   *
   * @param args a directory for the files of the networks; then, to measure less than everything,
   *     any of {@code SEAT:STREAMS} as in {@code middle:8}, {@code client}, {@code circuits}, or
   *     {@code cores} alone; or {@code profile} and the recording that a relay of ours will write,
   *     which is not part of everything
   */
  public static void main(String[] args) throws IOException {
    Locale.setDefault(Locale.ROOT);
    try (WebServer web = new WebServer()) {
      RelayBench bench = new RelayBench(Path.of(args[0]).toAbsolutePath(), web);
      List<String> only = List.of(args).subList(1, args.length);
      if (only.equals(List.of("cores"))) {
        bench.oneCoreAndTwo();
        return;
      }
      if (!only.isEmpty() && only.getFirst().equals("profile")) {
        bench.profile(Path.of(only.get(1)));
        return;
      }
      bench.besideEachOther(only);
      if (only.isEmpty()) {
        bench.chainOfOurs();
        bench.oneCoreAndTwo();
      }
    }
  }

  // ---- one network of C tor, with a relay of each

  private void besideEachOther(List<String> only) throws IOException {
    TorNetwork.Builder builder =
        TorNetwork.in(dir.resolve("beside"))
            .authorities(3, Subject.CTOR)
            .node("mid0", Role.MIDDLE, Subject.CTOR)
            .node("exit0", Role.EXIT, Subject.CTOR)
            .node(SharedNetworks.relayOf(Subject.CTOR), Role.EXIT, Subject.CTOR)
            .node(SharedNetworks.relayOf(Subject.OURS), Role.EXIT, Subject.OURS)
            .node(SharedNetworks.DRIVER, Role.CLIENT, Subject.CTOR)
            .votingInterval(12 * 3600)
            .logLevel("none");
    try (TorNetwork network = builder.start();
        ControlPort control = new ControlPort(network.node(SharedNetworks.DRIVER))) {
      for (String load : only) {
        if (load.equals("client")) {
          clients(network);
          continue;
        }
        if (load.equals("circuits")) {
          circuits(network, control);
          continue;
        }
        String[] parts = load.split(":", 2);
        Seat seat = Seat.valueOf(parts[0].toUpperCase(Locale.ROOT));
        warmUp(network, control, seat);
        measure(network, control, seat, Integer.parseInt(parts[1]));
      }
      if (!only.isEmpty()) {
        return;
      }
      say("idle relay, resident: %s", both("%.0f MiB", subject -> resident(network, subject)));
      for (Seat seat : Seat.values()) {
        warmUp(network, control, seat);
        for (int streams : STREAMS) {
          measure(network, control, seat, streams);
        }
      }
      say("relay after load, resident: %s", both("%.0f MiB", s -> resident(network, s)));
      circuits(network, control);
      clients(network);
      say(
          "client from start to 100 %%: %s (median of %d)",
          both("%.1f s", subject -> bootstrapSeconds(network, subject)), BOOTSTRAPS);
      say(
          "relay from start to listening: %s (median of %d)",
          both("%.2f s", subject -> listeningSeconds(network, subject)), STARTS);
    }
  }

  /** CPU time that a relay spends on a circuit it is the middle of, built and ended. */
  private static void circuits(TorNetwork network, ControlPort control) throws IOException {
    Map<Subject, Double> millis = new EnumMap<>(Subject.class);
    for (int round = 0; round < 2; round++) { // the first warms up
      for (Subject subject : Subject.values()) {
        TorNode relay = network.node(SharedNetworks.relayOf(subject));
        List<TorNode> path = List.of(Seat.MIDDLE.path(network, relay));
        Duration before = relay.cpu();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
          List<Future<?>> builders = new ArrayList<>();
          for (int i = 0; i < CIRCUITS_AT_A_TIME; i++) {
            builders.add(
                threads.submit(
                    () -> {
                      for (int n = 0; n < CIRCUITS / CIRCUITS_AT_A_TIME; n++) {
                        control.pass(path);
                      }
                      return null;
                    }));
          }
          for (Future<?> builder : builders) {
            builder.get();
          }
        } catch (InterruptedException | ExecutionException e) {
          throw new IOException("circuits were not built", e);
        }
        millis.put(subject, relay.cpu().minus(before).toNanos() / 1e6 / CIRCUITS);
      }
    }
    say("circuit at its middle: %s CPU ms   (%d of them)", both("%.3f", millis::get), CIRCUITS);
  }

  /** What a client costs that downloads over relays of its own choice, and how soon it answers. */
  private void clients(TorNetwork network) throws IOException {
    Map<Subject, Load> loads = new EnumMap<>(Subject.class);
    Map<Subject, Double> firstByte = new EnumMap<>(Subject.class);
    Map<Subject, Double> resident = new EnumMap<>(Subject.class);
    for (Subject subject : Subject.values()) {
      TorNode client = network.startClient("load" + subject.label(), subject);
      client.awaitBootstrapped(BOOTSTRAP_LIMIT);
      download(client, EIGHT, WARM_UP_BYTES);
      Duration before = client.cpu();
      double seconds = download(client, EIGHT, EACH_OF_EIGHT_BYTES);
      double cpu = client.cpu().minus(before).toNanos() / 1e9;
      loads.put(subject, new Load(EIGHT * EACH_OF_EIGHT_BYTES, seconds, cpu));
      resident.put(subject, client.residentKib() / 1024.0);
      double[] waits = new double[PAGES];
      for (int i = 0; i < PAGES; i++) {
        waits[i] = BenchLoad.firstByteSeconds(client, "page" + i, web.pageUrl());
      }
      firstByte.put(subject, BenchLoad.median(waits));
      client.stop();
    }
    say(
        "client 8 streams: %s CPU s/GiB   (%s Mbit/s; resident %s)",
        both("%.2f", subject -> loads.get(subject).cpuSecondsPerGib()),
        both("%.0f", subject -> loads.get(subject).mbits()),
        both("%.0f MiB", resident::get));
    say(
        "client, time to first byte of an isolated stream: %s s (median of %d)",
        both("%.3f", firstByte::get), PAGES);
  }

  // ---- where the time goes

  /** A middle of ours under eight streams, warmed up, and what its CPU time is for. */
  private void profile(Path recording) throws IOException {
    TorNetwork.Builder builder =
        TorNetwork.in(dir.resolve("profile"))
            .authorities(3, Subject.CTOR)
            .node("mid0", Role.MIDDLE, Subject.CTOR)
            .node("exit0", Role.EXIT, Subject.CTOR)
            .node(SharedNetworks.relayOf(Subject.OURS), Role.MIDDLE, Subject.OURS)
            .node(SharedNetworks.DRIVER, Role.CLIENT, Subject.CTOR)
            .votingInterval(12 * 3600)
            .logLevel("none");
    try (TorNetwork network = builder.start();
        ControlPort control = new ControlPort(network.node(SharedNetworks.DRIVER))) {
      TorNode relay = network.node(SharedNetworks.relayOf(Subject.OURS));
      load(network, control, Seat.MIDDLE, Subject.OURS, EIGHT, WARM_UP_BYTES);
      load(network, control, Seat.MIDDLE, Subject.OURS, EIGHT, EACH_OF_EIGHT_BYTES);
      Map<String, Long> before = RelayProfile.threads(relay.pid());
      Instant from = Instant.now();
      Load load = load(network, control, Seat.MIDDLE, Subject.OURS, EIGHT, EACH_OF_EIGHT_BYTES);
      Instant to = Instant.now();
      Map<String, Long> after = RelayProfile.threads(relay.pid());
      relay.stop(); // writes the recording
      say(
          "middle 8 streams, with a recording: ours %.2f CPU s/GiB (%.0f Mbit/s), of which",
          load.cpuSecondsPerGib(), load.mbits());
      System.out.print(RelayProfile.report(recording, from, to, before, after));
    }
  }

  // ---- one process, one core or two, many neighbours

  /**
   * A relay in the middle of eight paths that share nothing but it, on one core that is its own and
   * then on all: {@code taskset} puts everybody else on the other cores or on all too.
   */
  private void oneCoreAndTwo() throws IOException {
    TorNetwork.Builder builder = TorNetwork.in(dir.resolve("cores")).authorities(3, Subject.CTOR);
    for (int i = 0; i < EIGHT; i++) {
      builder.node("mid" + i, Role.MIDDLE, Subject.CTOR).node("exit" + i, Role.EXIT, Subject.CTOR);
    }
    builder
        .node(SharedNetworks.relayOf(Subject.CTOR), Role.MIDDLE, Subject.CTOR)
        .node(SharedNetworks.relayOf(Subject.OURS), Role.MIDDLE, Subject.OURS)
        .node(SharedNetworks.DRIVER, Role.CLIENT, Subject.CTOR)
        .votingInterval(12 * 3600)
        .logLevel("none");
    int last = Runtime.getRuntime().availableProcessors() - 1;
    try (TorNetwork network = builder.start();
        ControlPort control = new ControlPort(network.node(SharedNetworks.DRIVER))) {
      for (Subject subject : Subject.values()) {
        wideLoad(network, control, network.node(SharedNetworks.relayOf(subject))); // warms up
      }
      for (String cores : List.of("0", "0-" + last)) {
        Map<Subject, Load> loads = new EnumMap<>(Subject.class);
        for (Subject subject : Subject.values()) {
          TorNode relay = network.node(SharedNetworks.relayOf(subject));
          for (TorNode node : network.nodes()) {
            taskset(node, node == relay ? cores : cores.equals("0") ? "1-" + last : cores);
          }
          loads.put(subject, wideLoad(network, control, relay));
        }
        say(
            "middle on cores %s, 8 neighbours each side, 8 streams: %s CPU s/GiB   (%s Mbit/s)",
            cores,
            both("%.2f", subject -> loads.get(subject).cpuSecondsPerGib()),
            both("%.0f", subject -> loads.get(subject).mbits()));
      }
    }
  }

  private Load wideLoad(TorNetwork network, ControlPort control, TorNode relay) throws IOException {
    List<List<TorNode>> paths = new ArrayList<>();
    for (int i = 0; i < EIGHT; i++) {
      paths.add(List.of(network.node("mid" + i), relay, network.node("exit" + i)));
    }
    try (ControlPort.Pin pin = control.pin(paths)) {
      Duration before = relay.cpu();
      double seconds = download(network.node(SharedNetworks.DRIVER), EIGHT, EACH_OF_EIGHT_BYTES);
      double cpu = relay.cpu().minus(before).toNanos() / 1e9;
      if (pin.streams() != EIGHT) {
        throw new IOException("only " + pin.streams() + " streams took the paths");
      }
      return new Load(EIGHT * EACH_OF_EIGHT_BYTES, seconds, cpu);
    }
  }

  private static void taskset(TorNode node, String cores) throws IOException {
    Subject.Tools.run(
        node.torrc().getParent(),
        "",
        List.of("taskset", "-a", "-c", "-p", cores, Long.toString(node.pid())));
  }

  private void warmUp(TorNetwork network, ControlPort control, Seat seat) throws IOException {
    for (Subject subject : Subject.values()) {
      load(network, control, seat, subject, EIGHT, WARM_UP_BYTES);
    }
  }

  /** The place of the relay that is measured. */
  private enum Seat {
    GUARD,
    MIDDLE,
    EXIT;

    TorNode[] path(TorNetwork network, TorNode relay) {
      TorNode middle = network.node("mid0");
      TorNode exit = network.node("exit0");
      return switch (this) {
        case GUARD -> new TorNode[] {relay, middle, exit};
        case MIDDLE -> new TorNode[] {middle, relay, exit};
        case EXIT -> new TorNode[] {middle, exit, relay};
      };
    }
  }

  /**
   * What a load came to.
   *
   * @param cpuSeconds of the relay that is measured
   */
  private record Load(long bytes, double seconds, double cpuSeconds) {
    double mbits() {
      return bytes * 8 / seconds / 1e6;
    }

    double cpuSecondsPerGib() {
      return cpuSeconds / (bytes / (double) (1 << 30));
    }
  }

  private void measure(TorNetwork network, ControlPort control, Seat seat, int streams)
      throws IOException {
    Map<Subject, Load> loads = new EnumMap<>(Subject.class);
    for (Subject subject : Subject.values()) {
      long each = streams == 1 ? ONE_STREAM_BYTES : ALL_OF_MANY_BYTES / streams;
      loads.put(subject, load(network, control, seat, subject, streams, each));
    }
    if (streams == EIGHT) {
      ctorChainMbits = Math.max(ctorChainMbits, loads.get(Subject.CTOR).mbits());
    }
    say(
        "%s %d %s: %s CPU s/GiB   (%s Mbit/s)",
        seat.name().toLowerCase(Locale.ROOT),
        streams,
        streams == 1 ? "stream" : "streams",
        both("%.2f", subject -> loads.get(subject).cpuSecondsPerGib()),
        both("%.0f", subject -> loads.get(subject).mbits()));
  }

  private Load load(
      TorNetwork network,
      ControlPort control,
      Seat seat,
      Subject subject,
      int streams,
      long eachBytes)
      throws IOException {
    TorNode relay = network.node(SharedNetworks.relayOf(subject));
    TorNode driver = network.node(SharedNetworks.DRIVER);
    try (ControlPort.Pin pin = control.pin(streams, seat.path(network, relay))) {
      Duration before = relay.cpu();
      Process profile = profiler(relay, seat, streams, eachBytes);
      double seconds = download(driver, streams, eachBytes);
      double cpu = relay.cpu().minus(before).toNanos() / 1e9;
      if (profile != null) {
        profile.destroy(); // perf writes its file at SIGTERM
      }
      if (pin.streams() != streams) {
        throw new IOException("only " + pin.streams() + " streams took the path");
      }
      return new Load(streams * eachBytes, seconds, cpu);
    }
  }

  /**
   * Starts {@code perf} beside a load that is measured, if TUNIC_BENCH_PERF names a directory. The
   * JVM has to write its map of compiled methods: TUNIC_JAVA_OPTS='-XX:+DumpPerfMapAtExit'.
   */
  private static @Nullable Process profiler(TorNode relay, Seat seat, int streams, long eachBytes)
      throws IOException {
    String to = System.getenv("TUNIC_BENCH_PERF");
    if (to == null || eachBytes == WARM_UP_BYTES) {
      return null;
    }
    String file = "%s/%s-%s-%d.data".formatted(to, relay.name(), seat, streams);
    return new ProcessBuilder(
            "perf", "record", "-F", "3999", "-g", "-o", file, "-p", "" + relay.pid())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private double download(TorNode client, int streams, long eachBytes) throws IOException {
    return BenchLoad.download(client, "127.0.0.1:" + web.port(), streams, eachBytes);
  }

  // ---- a network of ours alone

  private void chainOfOurs() throws IOException {
    TorNetwork.Builder builder =
        TorNetwork.in(dir.resolve("ours"))
            .authorities(3, Subject.OURS)
            .node("mid0", Role.MIDDLE, Subject.OURS)
            .node("mid1", Role.MIDDLE, Subject.OURS)
            .node("exit0", Role.EXIT, Subject.OURS)
            .node("client", Role.CLIENT, Subject.OURS)
            .votingInterval(12 * 3600)
            .logLevel("none");
    try (TorNetwork network = builder.start()) {
      TorNode client = network.node("client");
      download(client, EIGHT, WARM_UP_BYTES);
      double seconds = download(client, EIGHT, EACH_OF_EIGHT_BYTES);
      say(
          "whole chain, 8 downloads of 64 MiB: ours %.0f ctor %.0f Mbit/s",
          EIGHT * EACH_OF_EIGHT_BYTES * 8 / seconds / 1e6, ctorChainMbits);
    }
  }

  // ---- single figures

  private static double resident(TorNetwork network, Subject subject) {
    return network.node(SharedNetworks.relayOf(subject)).residentKib() / 1024.0;
  }

  private static double bootstrapSeconds(TorNetwork network, Subject subject) {
    double[] seconds = new double[BOOTSTRAPS];
    for (int i = 0; i < BOOTSTRAPS; i++) {
      try {
        TorNode client = network.startClient("client" + subject.label() + i, subject);
        client.awaitBootstrapped(BOOTSTRAP_LIMIT);
        seconds[i] = (System.nanoTime() - client.startedNanos()) / 1e9;
        client.stop();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    return BenchLoad.median(seconds);
  }

  /** Starts the relay again and again, with the keys it has, until its ORPort takes connections. */
  private static double listeningSeconds(TorNetwork network, Subject subject) {
    TorNode relay = network.node(SharedNetworks.relayOf(subject));
    double[] seconds = new double[STARTS];
    for (int i = 0; i < STARTS; i++) {
      relay.stop();
      try {
        network.startAgain(relay);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      while (!accepts(relay.ports().or())) {
        if (!relay.running()) {
          throw new AssertionError("the relay ended\n" + relay.logTail());
        }
        Await.pause(5);
      }
      seconds[i] = (System.nanoTime() - relay.startedNanos()) / 1e9;
      relay.awaitDirectory(BOOTSTRAP_LIMIT);
    }
    return BenchLoad.median(seconds);
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  // ---- output

  private interface Figure {
    double of(Subject subject);
  }

  private static String both(String format, Figure figure) {
    return ("ours " + format + " ctor " + format)
        .formatted(figure.of(Subject.OURS), figure.of(Subject.CTOR));
  }

  private static void say(String format, Object... values) {
    System.out.println(format.formatted(values));
  }
}
