package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Eight downloads over the same relays, of which one stops reading for a minute: the other seven
 * keep their rate, and nobody hoards what the eighth does not take. Afterwards it goes on where it
 * stopped, every byte in place.
 *
 * <p>The rate that the seven have to keep is their own while all eight read, measured before and
 * after the stall. The lower of the two counts: the machine may have other work for a while, which
 * may cost either, while a stall that did harm would stand out against both. The rate after has its
 * own, wider bound, so that a stall that harms for good is noticed too.
 *
 * <p>How fast the eighth goes on is not judged: C tor gives a stream that stood still for a minute
 * a rate of some 10 KiB/s at first, from the average of what was drained. Threads: that of the
 * test.
 */
@Isolated // measures rates
@OverSharedNetworks
class CTorBackpressureIT {
  private static final int DOWNLOADS = 8;
  private static final int CIRCUITS = 4;
  private static final long ENDLESS_BYTES = 1L << 40;
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration REFERENCE = Duration.ofSeconds(10);
  private static final Duration STALL = Duration.ofMinutes(1);
  private static final Duration RESUME_LIMIT = Duration.ofSeconds(20);
  private static final double RATE_KEPT = 0.80;
  private static final double RATE_REGAINED = 0.50;
  private static final long GROWTH_LIMIT_KIB = 16 << 10;
  private static final long RESUMED_BYTES = 16 << 10;

  /** After this time a stopped download has drained what the kernel held for it. */
  private static final Duration DRAIN = Duration.ofSeconds(2);

  @ParameterizedTest
  @EnumSource(Subject.class)
  void relays_withOneOfEightDownloadsStalled_serveTheOthersAndStaySmall(
      Subject subject, SharedNetworks networks) throws IOException {
    TorNetwork network = networks.quiet(subject);
    TorNode driver = network.node(SharedNetworks.DRIVER);
    TorNode[] path = {network.node("mid0"), network.node("mid1"), network.node("exit0")};
    try (ControlPort control = new ControlPort(driver);
        ControlPort.Pin pin = control.pin(CIRCUITS, path)) {
      stallOneOfEight(driver, networks.web(), List.of(path[0], path[1], path[2], driver));
      assertEquals(DOWNLOADS, pin.streams(), "streams on the pinned circuits");
    }
  }

  /** Without credentials to isolate by, a client puts all eight streams on one circuit. */
  @ParameterizedTest
  @EnumSource(Subject.class)
  void client_withOneOfEightStreamsStalled_servesTheOthersAndStaysSmall(
      Subject subject, SharedNetworks networks) throws IOException {
    Interop.require(subject);
    TorNetwork network = networks.quiet(Subject.CTOR);
    TorNode client = network.startClient("stalling" + subject.label(), subject);
    try {
      client.awaitBootstrapped(Duration.ofMinutes(1));
      List<TorNode> all = new ArrayList<>(network.nodes());
      all.removeIf(node -> !node.running());
      stallOneOfEight(client, networks.web(), all);
    } finally {
      client.stop();
    }
  }

  private static void stallOneOfEight(TorNode client, WebServer web, List<TorNode> watched)
      throws IOException {
    List<SocksDownload> downloads = new ArrayList<>();
    try {
      for (int i = 0; i < DOWNLOADS; i++) {
        downloads.add(new SocksDownload(client, "", web, ENDLESS_BYTES));
      }
      Await.until(
          "all downloads flowing",
          Duration.ofSeconds(30),
          () -> downloads.stream().allMatch(d -> d.received() > 0),
          client::logTail);
      Await.pause(WARM_UP.toMillis());
      List<SocksDownload> others = downloads.subList(1, DOWNLOADS);
      SocksDownload stalled = downloads.getFirst();
      double before = bytesPerSecond(others, REFERENCE);
      Growth growth = new Growth(watched);

      stalled.stopReading();
      Await.pause(DRAIN.toMillis());
      final long stalledAt = stalled.received();
      double during = bytesPerSecond(others, STALL.minus(DRAIN), growth::sample);
      assertEquals(stalledAt, stalled.received(), "bytes of the download that does not read");

      stalled.goOn();
      double after = bytesPerSecond(others, REFERENCE);
      long resumedAt = stalled.received();
      String figures =
          "seven downloads, Mbit/s: %.1f before, %.1f during the stall, %.1f after; growth in KiB: %s"
              .formatted(before * 8 / 1e6, during * 8 / 1e6, after * 8 / 1e6, growth.worst);
      System.out.println("client " + client.subject() + ", " + figures);
      assertTrue(during >= RATE_KEPT * Math.min(before, after), figures);
      assertTrue(after >= RATE_REGAINED * before, figures);
      growth.worst.forEach(
          (node, kib) -> assertTrue(kib <= GROWTH_LIMIT_KIB, node + " grew; " + figures));
      Await.until(
          "the stalled download goes on",
          RESUME_LIMIT,
          () -> stalled.received() > resumedAt + RESUMED_BYTES,
          () -> "received " + (stalled.received() - resumedAt) + " bytes since");
    } finally {
      for (SocksDownload download : downloads) {
        download.close();
      }
    }
  }

  private static double bytesPerSecond(List<SocksDownload> downloads, Duration time) {
    return bytesPerSecond(downloads, time, () -> {});
  }

  private static double bytesPerSecond(
      List<SocksDownload> downloads, Duration time, Runnable eachSample) {
    long startNanos = System.nanoTime();
    long start = total(downloads);
    while (System.nanoTime() - startNanos < time.toNanos()) {
      Await.pause(500);
      eachSample.run();
    }
    return (total(downloads) - start) / ((System.nanoTime() - startNanos) / 1e9);
  }

  private static long total(List<SocksDownload> downloads) {
    return downloads.stream().mapToLong(SocksDownload::received).sum();
  }

  /** The most by which each process exceeded its size at the start. */
  private static final class Growth {
    private final Map<TorNode, Long> startKib = new LinkedHashMap<>();
    private final Map<String, Long> worst = new LinkedHashMap<>();

    Growth(List<TorNode> nodes) {
      for (TorNode node : nodes) {
        startKib.put(node, node.residentKib());
      }
    }

    void sample() {
      startKib.forEach(
          (node, kib) -> worst.merge(node.name(), node.residentKib() - kib, Math::max));
    }
  }
}
