package org.tunic.daemon.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.router.guard.StateFile;
import org.tunic.router.limits.TrafficCounters;
import org.tunic.testing.ManualClock;

final class TrafficHistoryTest {
  private static final Instant START = Instant.parse("2026-11-20T10:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir Path dir;

  private final ManualClock clock = new ManualClock(START);
  private final TrafficCounters counters = new TrafficCounters();
  private final TrafficCounters.Meter ipv4 = meter("203.0.113.7");
  private final TrafficCounters.Meter ipv6 = meter("2001:db9::1");
  private final TrafficHistory history = new TrafficHistory(counters, clock);

  private TrafficCounters.Meter meter(String address) {
    return counters.meter(new InetSocketAddress(InetAddress.ofLiteral(address), 9001));
  }

  private StateFile state() {
    return new StateFile(dir.resolve("state"), clock);
  }

  private void sampleAt(Duration afterStart) {
    clock.jumpTo(START.plus(afterStart));
    history.sample();
  }

  @Test
  void lines_nameEachKindInTheOrderOfCTor() {
    ipv4.written(10 << 10);
    ipv4.read(20 << 10);
    ipv6.written(1 << 10);
    ipv6.read(2 << 10);
    counters.addDirectoryWritten(3 << 10);
    counters.addDirectoryRead(4 << 10);
    sampleAt(Duration.ofSeconds(1));
    assertEquals(List.of(), history.lines(0));
    ipv6.written(1 << 10);
    ipv6.read(1 << 10);
    counters.addDirectoryWritten(1);
    counters.addDirectoryRead(1);
    sampleAt(DAY);
    String end = " 2026-11-21 10:00:00 (86400 s) ";
    assertEquals(
        List.of(
            "write-history" + end + "11264",
            "read-history" + end + "22528",
            "ipv6-write-history" + end + "1024",
            "ipv6-read-history" + end + "2048",
            "dirreq-write-history" + end + "3072",
            "dirreq-read-history" + end + "4096"),
        history.lines(0));
  }

  @Test
  void lines_ofAKindWithoutTraffic_areMissing() {
    ipv4.written(1 << 10);
    sampleAt(Duration.ofSeconds(1));
    ipv4.written(1);
    sampleAt(DAY);
    assertEquals(List.of("write-history 2026-11-21 10:00:00 (86400 s) 1024"), history.lines(0));
  }

  @Test
  void lines_saySoMuchAsIsCarriedForOthers() {
    ipv4.written(1L << 40);
    sampleAt(Duration.ofSeconds(1));
    ipv4.written(1);
    sampleAt(DAY);
    assertEquals(
        List.of("write-history 2026-11-21 10:00:00 (86400 s) 8640000"), history.lines(100));
    assertEquals(
        List.of("write-history 2026-11-21 10:00:00 (86400 s) 1099511627776"),
        history.lines(Long.MAX_VALUE));
  }

  @Test
  void observed_isTheLesserDirection() {
    for (int second = 1; second <= 30; second++) {
      ipv4.written(3000);
      ipv4.read(2000);
      sampleAt(Duration.ofSeconds(second));
    }
    assertEquals(2000, history.observed(Duration.ZERO));
    assertEquals(0, history.observed(DAY));
    ipv4.written(1);
    ipv4.read(1);
    sampleAt(DAY);
    assertEquals(2000, history.observed(DAY));
  }

  @Test
  void observed_moreThanAnIntHolds_isTheLargestInt() {
    for (int second = 1; second <= 12; second++) {
      ipv4.written(1L << 40);
      ipv4.read(1L << 40);
      sampleAt(Duration.ofSeconds(second));
    }
    assertEquals(Integer.MAX_VALUE, history.observed(Duration.ZERO));
  }

  @Test
  void load_ofWhatWasSaved_goesOn() throws Exception {
    ipv4.written(1 << 20);
    sampleAt(Duration.ofSeconds(1));
    ipv4.written(1);
    sampleAt(DAY.plusSeconds(10));
    state().update(state -> state.with("TorVersion", List.of("Tor 0.4.9.11")));
    history.save(state());
    TrafficHistory next = new TrafficHistory(new TrafficCounters(), clock);
    next.load(state());
    assertEquals(history.lines(0), next.lines(0));
    assertEquals(List.of("Tor 0.4.9.11"), state().read().values("TorVersion"));
    for (String kind : List.of("Write", "Read", "IPv6Write", "IPv6Read", "DirWrite", "DirRead")) {
      assertEquals(1, state().read().values("BWHistory" + kind + "Ends").size(), kind);
    }
  }

  @Test
  void load_ofADamagedHistory_beginsAnew() throws Exception {
    history.save(state());
    Path file = dir.resolve("state");
    Files.writeString(
        file, Files.readString(file).replace("BWHistoryReadValues 0", "BWHistoryReadValues x"));
    history.load(state());
    assertTrue(history.lines(0).isEmpty());
    assertEquals(0, history.observed(Duration.ZERO));
  }
}
