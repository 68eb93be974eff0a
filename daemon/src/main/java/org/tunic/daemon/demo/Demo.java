package org.tunic.daemon.demo;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * {@code tunic demo}: prepares the nodes, starts them at the right moment of the voting schedule,
 * follows the bootstrap of the last node, and then either checks or waits for Ctrl-C.
 *
 * <p>Threads: the main thread; {@link #stop} from the shutdown hook.
 */
public final class Demo {
  /** Seconds until the bootstrap counts as failed: a busy machine is slow, ten processes slower. */
  private static final int BOOTSTRAP_SECONDS = 180;

  /** Seconds from the start of the authorities until every relay has uploaded its descriptor. */
  private static final int UPLOAD_SECONDS = 3;

  /** The same on a slow machine; more would fall into the next voting interval. */
  private static final int MAX_UPLOAD_SECONDS = 5;

  private final DemoOptions options;
  private final PrintStream out;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final long startNanos;
  private final List<String> launcher;
  private final NodeStarter starter;
  private final Map<DemoNode, RunningNode> running = new LinkedHashMap<>();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private boolean stopping;

  /** Starts one node: in this process or in one of its own. */
  interface NodeStarter {
    RunningNode start(DemoNode node) throws DemoFailure;
  }

  Demo(
      DemoOptions options,
      PrintStream out,
      InstantSource clock,
      LongSupplier nanoClock,
      long startNanos,
      List<String> launcher,
      NodeStarter starter) {
    this.options = options;
    this.out = out;
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.startNanos = startNanos;
    this.launcher = launcher;
    this.starter = starter;
  }

  /**
   * Runs to the end.
   *
   * @return the exit status: 0, or 1 when something failed
   */
  int run(DemoKeys keys, RandomGenerator random) {
    boolean temporary = options.data().isEmpty();
    Path directory = null;
    try {
      directory = directory();
      DemoNetwork network = new DemoNetwork(options, directory);
      List<String> authorityLines = network.makeKeys(keys);
      int webPort = network.webPort(options);
      try (DemoWebServer web = webServer(webPort, random)) {
        startAll(network, authorityLines);
        awaitBootstrap();
        return serve(network, web, webPort, directory, random) ? 0 : 1;
      }
    } catch (DemoFailure e) {
      out.println("FAIL demo " + e.getMessage());
      return 1;
    } catch (InterruptedException e) {
      return 1;
    } finally {
      stopAll();
      if (temporary && directory != null) {
        removeQuietly(directory);
      }
      stopped.countDown();
    }
  }

  private Path directory() throws DemoFailure {
    try {
      if (options.data().isPresent()) {
        Path directory = options.data().get().toAbsolutePath();
        Files.createDirectories(directory);
        return directory;
      }
      return Files.createTempDirectory("tunic-demo-");
    } catch (IOException e) {
      throw new DemoFailure(
          "cannot use the directory "
              + options.data().map(Path::toString).orElse("for temporary files")
              + ": choose another one with --data");
    }
  }

  private DemoWebServer webServer(int port, RandomGenerator random) throws DemoFailure {
    try {
      return new DemoWebServer(port, random);
    } catch (IOException e) {
      throw new DemoFailure(
          "port " + port + " of 127.0.0.1 is in use: choose others with --base-port");
    }
  }

  /**
   * Starts relays and the client, and then the authorities: these vote at fixed times of the day,
   * which the demo sets so that the first vote comes just when every relay has uploaded.
   */
  private void startAll(DemoNetwork network, List<String> authorityLines)
      throws DemoFailure, InterruptedException {
    Predicate<DemoNode> votes = node -> node.role() == DemoNode.Role.AUTHORITY;
    List<DemoNode> authorities = network.nodes().stream().filter(votes).toList();
    List<DemoNode> others = network.nodes().stream().filter(votes.negate()).toList();
    startTogether(network, others, authorityLines, 0);
    startTogether(network, authorities, authorityLines, votingOffset());
  }

  private void startTogether(
      DemoNetwork network, List<DemoNode> nodes, List<String> authorityLines, int votingOffset)
      throws DemoFailure, InterruptedException {
    try (ExecutorService pool = Executors.newFixedThreadPool(nodes.size())) {
      List<Future<RunningNode>> starts = new ArrayList<>();
      for (DemoNode node : nodes) {
        network.writeTorrc(node, authorityLines, votingOffset, network.webPort(options));
        starts.add(pool.submit(() -> start(node)));
      }
      for (Future<RunningNode> start : starts) {
        start.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof DemoFailure failure
          ? failure
          : new DemoFailure("a node could not be started: " + e.getCause());
    }
  }

  private RunningNode start(DemoNode node) throws DemoFailure, InterruptedException {
    RunningNode started = starter.start(node);
    synchronized (running) {
      running.put(node, started);
      if (stopping) {
        throw new InterruptedException();
      }
    }
    return started;
  }

  /**
   * Makes the first consensus fall due when uploads and both voting delays are over. How long the
   * relays took to start tells how long their uploads will take: a vote too early makes an empty
   * consensus, which everybody keeps for half a minute.
   */
  private int votingOffset() {
    long started = TimeUnit.NANOSECONDS.toSeconds(nanoClock.getAsLong() - startNanos);
    long upload =
        options.processes()
            ? 3L * UPLOAD_SECONDS
            : Math.clamp(started, UPLOAD_SECONDS, MAX_UPLOAD_SECONDS);
    long voteAt = clock.instant().getEpochSecond() + upload;
    long firstConsensus = voteAt + 2L * DemoTorrc.INITIAL_DELAY_SECONDS;
    return (int) Math.floorMod(firstConsensus, (long) DemoTorrc.INITIAL_INTERVAL_SECONDS);
  }

  /** An exit that does not know the network yet would refuse streams: the last node counts. */
  private RunningNode.Progress leastProgress() {
    return running.values().stream()
        .map(RunningNode::progress)
        .min(Comparator.comparingInt(RunningNode.Progress::percent))
        .orElseThrow();
  }

  private void awaitBootstrap() throws DemoFailure, InterruptedException {
    ProgressBar bar = new ProgressBar(out, onTerminal());
    while (true) {
      RunningNode.Progress progress = leastProgress();
      double seconds = (nanoClock.getAsLong() - startNanos) / 1e9;
      bar.show(progress.percent(), progress.what(), seconds);
      if (progress.percent() >= 100) {
        bar.done();
        out.printf(Locale.ROOT, "bootstrapped in %.1f s%n", seconds);
        return;
      }
      for (Map.Entry<DemoNode, RunningNode> e : Map.copyOf(running).entrySet()) {
        if (!e.getValue().isRunning()) {
          bar.done();
          throw new DemoFailure(
              e.getKey().name() + " stopped: see " + e.getKey().log() + " and the messages above");
        }
      }
      if (seconds > BOOTSTRAP_SECONDS) {
        bar.done();
        throw new DemoFailure("no bootstrap within " + BOOTSTRAP_SECONDS + " s");
      }
      if (isStopping()) {
        bar.done();
        throw new InterruptedException();
      }
      Pause.millis(50);
    }
  }

  /**
   * The JDK's default console, unlike that of jdk.internal.le, is null when output goes elsewhere.
   */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean onTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private boolean serve(
      DemoNetwork network, DemoWebServer web, int webPort, Path directory, RandomGenerator random)
      throws InterruptedException, DemoFailure {
    String onion = onionAddress(network.host());
    if (options.check()) {
      SocksFetch socks = new SocksFetch(network.client().socksPort());
      try (DemoSwarm swarm = new DemoSwarm(directory, launcher, socks, nanoClock, random)) {
        return new DemoCheck(
                Map.copyOf(running), web, webPort, onion, socks, swarm, out, nanoClock, startNanos)
            .run(options.swarm());
      }
    }
    table(network.nodes());
    int socks = network.client().socksPort();
    out.println();
    out.println("Try:");
    out.printf("  curl --socks5-hostname 127.0.0.1:%d http://127.0.0.1:%d/%n", socks, webPort);
    out.printf(
        "  curl --socks5-hostname 127.0.0.1:%d -o /dev/null http://127.0.0.1:%d/64m.bin%n",
        socks, webPort);
    out.printf("  curl --socks5-hostname 127.0.0.1:%d http://%s/%n", socks, onion);
    out.println("Ctrl-C stops the network.");
    while (!isStopping()) {
      Pause.millis(200);
    }
    return true;
  }

  /** What the host wrote when it started. */
  private static String onionAddress(DemoNode host) throws DemoFailure {
    try {
      return Files.readString(host.onionDirectory().resolve("hostname")).strip();
    } catch (IOException e) {
      throw new DemoFailure("the host has no onion address: see " + host.log());
    }
  }

  private void table(List<DemoNode> nodes) {
    out.printf("%-8s %-10s %-22s %s%n", "node", "role", "address", "data");
    for (DemoNode node : nodes) {
      out.printf(
          "%-8s %-10s %-22s %s%n",
          node.name(),
          node.role().toString().toLowerCase(Locale.ROOT),
          switch (node.role()) {
            case CLIENT -> "127.0.0.1:" + node.socksPort() + " (SOCKS)";
            case HOST -> "an onion address";
            case AUTHORITY, EXIT, MIDDLE -> "127.0.0.1:" + node.orPort();
          },
          node.dataDirectory());
    }
  }

  private boolean isStopping() {
    synchronized (running) {
      return stopping;
    }
  }

  /** Ends a running demo and waits until it has cleaned up. Threads: any. */
  void stop() {
    synchronized (running) {
      stopping = true;
    }
    try {
      if (!stopped.await(20, TimeUnit.SECONDS)) {
        stopAll();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stopAll() {
    Map<DemoNode, RunningNode> all;
    synchronized (running) {
      all = Map.copyOf(running);
      running.clear();
    }
    all.values().forEach(RunningNode::stop);
    for (RunningNode node : all.values()) {
      try {
        node.awaitStopped();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void removeQuietly(Path directory) {
    try {
      DemoNetwork.remove(directory);
    } catch (IOException e) {
      out.println("could not remove " + directory + ": " + e.getMessage());
    }
  }
}
