package org.tunic.daemon.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The self-check: each job of the network is done once, measured, and said in one line.
 *
 * <p>Threads: one thread, which it blocks.
 */
final class DemoCheck {
  /** RELAY cells that a hop must see for the file, at least: 498 bytes each. */
  private static final long FILE_CELLS = DemoWebServer.FILE_BYTES / 498;

  private static final String HOST = "127.0.0.1";

  private static final int ONION_PORT = 80;

  /** Three relays of the client's circuit, and three of the service's that are not the same. */
  private static final int ONION_HOPS = 6;

  private static final int ONION_ATTEMPTS = 120;
  private static final int ONION_PAUSE_MILLIS = 250;

  private final Map<DemoNode, RunningNode> nodes;
  private final DemoWebServer web;
  private final int webPort;
  private final String onion;
  private final SocksFetch socks;
  private final DemoSwarm swarm;
  private final PrintStream out;
  private final LongSupplier nanoClock;
  private final long startNanos;
  private boolean failed;

  /**
   * @param onion the onion address of the web server
   * @param socks the client
   * @param startNanos when the demo began, by {@code nanoClock}
   */
  DemoCheck(
      Map<DemoNode, RunningNode> nodes,
      DemoWebServer web,
      int webPort,
      String onion,
      SocksFetch socks,
      DemoSwarm swarm,
      PrintStream out,
      LongSupplier nanoClock,
      long startNanos) {
    this.nodes = nodes;
    this.web = web;
    this.webPort = webPort;
    this.onion = onion;
    this.socks = socks;
    this.swarm = swarm;
    this.out = out;
    this.nanoClock = nanoClock;
    this.startNanos = startNanos;
  }

  /**
   * True if everything was ok.
   *
   * @param withSwarm whether two BitTorrent clients bring a file over as well
   */
  boolean run(boolean withSwarm) throws InterruptedException {
    check("page", this::page);
    check("onion-page", this::onionPage);
    check("download", this::download);
    check("onion-download", this::onionDownload);
    if (withSwarm) {
      check(swarm.name(), swarm::run);
    }
    return !failed;
  }

  private interface Job {
    /** Returns the figures to print. */
    String run() throws IOException, DemoFailure, InterruptedException;
  }

  private void check(String name, Job job) throws InterruptedException {
    try {
      out.println("ok " + name + " " + job.run());
    } catch (IOException | DemoFailure e) {
      failed = true;
      out.println("FAIL " + name + " " + e.getMessage());
    }
  }

  private String page() throws IOException, DemoFailure {
    MessageDigest got = sha256();
    long from = nanoClock.getAsLong();
    socks.get("page", HOST, webPort, "/", got);
    double seconds = (nanoClock.getAsLong() - from) / 1e9;
    if (!MessageDigest.isEqual(sha256().digest(web.page()), got.digest())) {
      throw new DemoFailure("the page came with other bytes");
    }
    return String.format(Locale.ROOT, "%.3f s", seconds);
  }

  /** Waits until the service can be reached, and then asks once more over a new circuit. */
  private String onionPage() throws IOException, DemoFailure, InterruptedException {
    int attempt = 0;
    while (true) {
      try {
        socks.get("onion" + attempt, onion, ONION_PORT, "/", sha256());
        break;
      } catch (IOException e) {
        if (++attempt >= ONION_ATTEMPTS) {
          throw e;
        }
        Pause.millis(ONION_PAUSE_MILLIS);
      }
    }
    double reachable = (nanoClock.getAsLong() - startNanos) / 1e9;
    MessageDigest got = sha256();
    long[] firstByte = new long[1];
    long from = nanoClock.getAsLong();
    socks.get(
        "onion-page", onion, ONION_PORT, "/", got, () -> firstByte[0] = nanoClock.getAsLong());
    if (!MessageDigest.isEqual(sha256().digest(web.onionPage()), got.digest())) {
      throw new DemoFailure("the page came with other bytes");
    }
    return String.format(
        Locale.ROOT,
        "reachable %.1f s after the start, first byte in %.3f s on a new circuit",
        reachable,
        (firstByte[0] - from) / 1e9);
  }

  private String onionDownload() throws IOException, DemoFailure {
    Map<DemoNode, Long> before = cells();
    String figures = download("onion-download", onion, ONION_PORT);
    Map<DemoNode, Long> after = cells();
    long rise = 0;
    for (Map.Entry<DemoNode, Long> e : after.entrySet()) {
      rise += e.getValue() - before.getOrDefault(e.getKey(), 0L);
    }
    if (rise < 2 * ONION_HOPS * FILE_CELLS) {
      throw new DemoFailure("the cells did not pass six relays: counters rose by " + rise);
    }
    return figures;
  }

  private String download() throws IOException, DemoFailure {
    Map<DemoNode, Long> before = cells();
    String figures = download("download", HOST, webPort);
    hops(before, cells());
    return figures;
  }

  private String download(String isolation, String host, int port) throws IOException, DemoFailure {
    MessageDigest got = sha256();
    long from = nanoClock.getAsLong();
    long length = socks.get(isolation, host, port, "/64m.bin", got);
    double seconds = (nanoClock.getAsLong() - from) / 1e9;
    MessageDigest want = sha256();
    web.digestFile(want);
    if (length != DemoWebServer.FILE_BYTES || !MessageDigest.isEqual(want.digest(), got.digest())) {
      throw new DemoFailure("the file came with other bytes, " + length + " of them");
    }
    return String.format(
        Locale.ROOT, "64 MiB %.0f Mbit/s", DemoWebServer.FILE_BYTES * 8 / seconds / 1e6);
  }

  /**
   * Three relays must have passed the file on: the guard and the middle read and wrote every cell
   * of it, the exit wrote it.
   */
  private static void hops(Map<DemoNode, Long> before, Map<DemoNode, Long> after)
      throws DemoFailure {
    List<Long> rises =
        after.entrySet().stream()
            .map(e -> e.getValue() - before.getOrDefault(e.getKey(), 0L))
            .sorted(Comparator.reverseOrder())
            .toList();
    if (rises.get(0) < 2 * FILE_CELLS
        || rises.get(1) < 2 * FILE_CELLS
        || rises.get(2) < FILE_CELLS) {
      throw new DemoFailure("the cells did not pass three relays: counters rose by " + rises);
    }
  }

  private Map<DemoNode, Long> cells() throws DemoFailure {
    Map<DemoNode, Long> cells = new HashMap<>();
    for (Map.Entry<DemoNode, RunningNode> e : nodes.entrySet()) {
      if (e.getKey().isRelay()) {
        cells.put(e.getKey(), e.getValue().relayCells());
      }
    }
    return cells;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
