package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.daemon.metrics.Scrape;

/**
 * A relay that is told to carry little, as middle of a circuit that could carry much. How fast a
 * machine is cannot make it carry more. Threads: that of the test.
 */
@OverSharedNetworks
class BandwidthIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long RATE = 200L << 10;
  private static final long FILE_BYTES = 2L << 20;

  @ParameterizedTest
  @EnumSource(Subject.class)
  void bandwidthRate_setWhileRunning_holds(Subject subject, SharedNetworks networks)
      throws IOException {
    Interop.require(subject);
    TorNetwork network = networks.of(Subject.CTOR);
    TorNode relay = network.node(SharedNetworks.relayOf(subject));
    TorNode driver = network.node(SharedNetworks.DRIVER);
    String torrc = Files.readString(relay.torrc());
    try (ControlPort control = new ControlPort(driver)) {
      Await.until(
          relay.name() + " known to the driving client",
          LIMIT,
          () -> knows(control, relay),
          relay::logTail);
      try (ControlPort.Pin pin =
          control.pin(1, network.node("mid0"), relay, network.node("exit0"))) {
        double without = download(driver, networks.web());
        try {
          Files.writeString(
              relay.torrc(), torrc + "BandwidthRate 200 KBytes\nBandwidthBurst 200 KBytes\n");
          reload(relay);
          double with = download(driver, networks.web());
          String figures = "%.0f KiB/s without, %.0f with".formatted(without, with);
          System.out.println("BandwidthRate 200 KB, " + subject + ": " + figures);
          // The bucket was full, and control cells of others do not make it more.
          double most = 1.1 * RATE / 1024 * FILE_BYTES / (FILE_BYTES - RATE);
          assertTrue(with <= most, figures);
          assertTrue(without > most, figures);
          assertTrue(
              Scrape.of(relay.ports().metrics())
                      .value("tor_relay_load_global_rate_limit_reached_total{side=\"read\"}")
                  > 0,
              figures);
        } finally {
          Files.writeString(relay.torrc(), torrc);
          reload(relay);
        }
        assertEquals(2, pin.streams());
      }
    }
    assertTrue(relay.running(), relay.logTail());
  }

  /** KiB a second of one file. */
  private static double download(TorNode client, WebServer web) throws IOException {
    long start = System.nanoTime();
    try (SocksDownload download = new SocksDownload(client, "", web, FILE_BYTES)) {
      Await.until(
          "the file",
          LIMIT,
          () -> download.received() == FILE_BYTES,
          () -> download.received() + " bytes");
    }
    return FILE_BYTES
        / 1024.0
        / ((System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1));
  }

  private static void reload(TorNode relay) throws IOException {
    long before = reloads(relay);
    Subject.Tools.run(relay.torrc().getParent(), "", List.of("kill", "-HUP", "" + relay.pid()));
    Await.until(
        relay.name() + " has read its torrc again",
        LIMIT,
        () -> reloads(relay) > before,
        relay::logTail);
    Await.pause(1000); // it says so before it does so
  }

  private static long reloads(TorNode relay) {
    try {
      return Files.readString(relay.torrc().resolveSibling("notice.log"))
          .lines()
          .filter(line -> line.contains("Received reload signal (hup)"))
          .count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean knows(ControlPort control, TorNode relay) {
    try {
      return control.knows(relay);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
