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

  private final Map<DemoNode, RunningNode> nodes;
  private final DemoWebServer web;
  private final int webPort;
  private final SocksFetch socks;
  private final PrintStream out;
  private final LongSupplier nanoClock;
  private boolean failed;

  DemoCheck(
      Map<DemoNode, RunningNode> nodes,
      DemoWebServer web,
      int webPort,
      int socksPort,
      PrintStream out,
      LongSupplier nanoClock) {
    this.nodes = nodes;
    this.web = web;
    this.webPort = webPort;
    this.socks = new SocksFetch(socksPort);
    this.out = out;
    this.nanoClock = nanoClock;
  }

  /** True if everything was ok. */
  boolean run() {
    check("page", this::page);
    check("download", this::download);
    return !failed;
  }

  private interface Job {
    /** Returns the figures to print. */
    String run() throws IOException, DemoFailure;
  }

  private void check(String name, Job job) {
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

  private String download() throws IOException, DemoFailure {
    Map<DemoNode, Long> before = cells();
    MessageDigest got = sha256();
    long from = nanoClock.getAsLong();
    long length = socks.get("download", HOST, webPort, "/64m.bin", got);
    double seconds = (nanoClock.getAsLong() - from) / 1e9;
    MessageDigest want = sha256();
    web.digestFile(want);
    if (length != DemoWebServer.FILE_BYTES || !MessageDigest.isEqual(want.digest(), got.digest())) {
      throw new DemoFailure("the file came with other bytes, " + length + " of them");
    }
    hops(before, cells());
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
      if (e.getKey().role() != DemoNode.Role.CLIENT) {
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
