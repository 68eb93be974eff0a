package org.tunic.daemon.wiring;

import java.util.Locale;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.router.cell.CellCommand;
import org.tunic.router.channel.CellCounters;
import org.tunic.router.channel.CellCounters.Kind;

/**
 * What a node says of itself in the log: a line of life every HeartbeatPeriod, and the statistics
 * that SIGUSR1 asks for. Sums only, and nothing about whom they concern.
 *
 * <p>Threads: main thread.
 */
final class NodeReport {
  private static final Logger LOG = LoggerFactory.getLogger(NodeReport.class);

  /** Bytes of a cell on a link of protocol 4 and above. */
  private static final long CELL_BYTES = 4L + 1 + CellCommand.CELL_BODY_LEN;

  private final LiveNode node;
  private final LongSupplier nanoClock;
  private final long startedNanos;

  NodeReport(LiveNode node, LongSupplier nanoClock) {
    this.node = node;
    this.nanoClock = nanoClock;
    this.startedNanos = nanoClock.getAsLong();
  }

  /** One line that tells a living daemon from a hanging one. */
  void heartbeat() {
    CellCounters cells = node.cells();
    LOG.info(
        "Heartbeat: Tunic's uptime is {}, with {} circuits open. I've sent {} and received {}.",
        uptime(uptimeSeconds()),
        node.openCircuits(),
        usage(written(cells)),
        usage(read(cells)));
    node.dosHeartbeat().ifPresent(line -> LOG.info("Heartbeat: {}", line));
  }

  /** Many lines, in the order and words of C tor where we have the same thing to tell. */
  void statistics() {
    CellCounters cells = node.cells();
    LOG.info("Dumping stats:");
    LOG.info("{} channels open, {} in negotiation", node.openChannels(), node.halfOpenChannels());
    LOG.info("{} circuits of others open", node.openCircuits());
    LOG.info("Cells processed: {} padding", cells.read(Kind.PADDING));
    LOG.info("                 {} create", cells.read(Kind.CREATE));
    LOG.info("                 {} created", cells.read(Kind.CREATED));
    LOG.info("                 {} relay", cells.read(Kind.RELAY));
    LOG.info("                 {} destroy", cells.read(Kind.DESTROY));
    LOG.info("RELAY cells read and written: {}", node.relayCells());
    long seconds = Math.max(1, uptimeSeconds());
    average(read(cells), seconds, "reading");
    average(written(cells), seconds, "writing");
    Runtime runtime = Runtime.getRuntime();
    LOG.info("--------------- Dumping memory information:");
    LOG.info(
        "Java heap: {} used/{} allocated",
        runtime.totalMemory() - runtime.freeMemory(),
        runtime.totalMemory());
  }

  private static void average(long bytes, long seconds, String direction) {
    LOG.info(
        "Average bandwidth: {}/{} = {} bytes/sec {}", bytes, seconds, bytes / seconds, direction);
  }

  private long uptimeSeconds() {
    return (nanoClock.getAsLong() - startedNanos) / 1_000_000_000L;
  }

  private static long read(CellCounters cells) {
    long sum = 0;
    for (Kind kind : Kind.values()) {
      sum += cells.read(kind);
    }
    return sum * CELL_BYTES;
  }

  private static long written(CellCounters cells) {
    long sum = 0;
    for (Kind kind : Kind.values()) {
      sum += cells.written(kind);
    }
    return sum * CELL_BYTES;
  }

  /** {@code 1 day 3:07 hours}. */
  static String uptime(long seconds) {
    long days = seconds / 86_400;
    String hours =
        String.format(Locale.ROOT, "%d:%02d hours", seconds / 3600 % 24, seconds / 60 % 60);
    return days == 0 ? hours : days + (days == 1 ? " day " : " days ") + hours;
  }

  /** {@code 17 kB}, {@code 1.50 MB} or {@code 2.00 GB}, with binary units as C tor's. */
  static String usage(long bytes) {
    if (bytes < 1L << 20) {
      return (bytes >> 10) + " kB";
    }
    return bytes < 1L << 30
        ? String.format(Locale.ROOT, "%.2f MB", bytes / (double) (1L << 20))
        : String.format(Locale.ROOT, "%.2f GB", bytes / (double) (1L << 30));
  }
}
