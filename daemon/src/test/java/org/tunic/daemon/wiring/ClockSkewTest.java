package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.directory.fetch.DirServer;
import org.tunic.router.channel.ChannelEvent;
import org.tunic.testing.ManualClock;

/** Who is believed how much about the time. */
class ClockSkewTest {
  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
  private static final RelayIds AUTHORITY = RelayIds.ofRsa(id(1));
  private static final RelayIds LISTED = RelayIds.ofRsa(id(2));
  private static final RelayIds UNKNOWN = RelayIds.ofRsa(id(3));

  private final ManualClock clock = new ManualClock(NOW);
  private final ClockSkew skew =
      new ClockSkew(clock, AUTHORITY.rsa()::equals, LISTED.rsa()::equals);
  private final Logger logger = (Logger) LoggerFactory.getLogger(ClockSkew.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private Level before = Level.INFO;

  private static RsaIdentity id(int first) {
    byte[] bytes = new byte[20];
    bytes[0] = (byte) first;
    return new RsaIdentity(Bytes.copyOf(bytes));
  }

  @BeforeEach
  void listen() {
    before = logger.getLevel();
    logger.setLevel(Level.DEBUG);
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(lines);
    logger.setLevel(before);
  }

  private List<Level> levels() {
    return lines.list.stream().map(ILoggingEvent::getLevel).toList();
  }

  private void opened(RelayIds peer, boolean initiator, long ahead) {
    skew.netInfo(new ChannelEvent.Opened(1, initiator, Optional.ofNullable(peer), ahead));
  }

  @Test
  void netInfo_ofAnAuthority_isAWarning() {
    opened(AUTHORITY, false, 7300);
    assertEquals(List.of(Level.WARN), levels());
    String line = lines.list.getFirst().getFormattedMessage();
    assertTrue(
        line.startsWith(
            "Received NETINFO cell with skewed time (OR): It seems that our clock is behind by 2"
                + " hours, 1 minutes, or that theirs is ahead."),
        line);
  }

  @Test
  void netInfo_upToAnHour_isNothing() {
    opened(AUTHORITY, true, 3600);
    opened(AUTHORITY, true, -3600);
    assertEquals(List.of(), levels());
    opened(AUTHORITY, true, -3601);
    assertEquals(List.of(Level.WARN), levels());
  }

  @Test
  void netInfo_ofRelays_isForInfo() {
    opened(LISTED, false, 5000);
    assertEquals(List.of(Level.DEBUG), levels()); // C tor's info
    assertTrue(lines.list.getFirst().getFormattedMessage().contains("sending us the wrong time"));
  }

  @Test
  void netInfo_ofStrangers_countsOnlyIfWeChoseThem() {
    opened(null, false, 100_000);
    opened(UNKNOWN, false, 100_000);
    assertEquals(List.of(), levels());
    opened(UNKNOWN, true, 100_000);
    assertEquals(List.of(Level.DEBUG), levels());
  }

  @Test
  void lines_ofOneKind_comeOnceAnHour() {
    for (int i = 0; i < 100; i++) {
      opened(AUTHORITY, true, 4000);
    }
    assertEquals(1, lines.list.size());
    clock.advance(Duration.ofMinutes(61));
    opened(AUTHORITY, true, 4000);
    assertEquals(2, lines.list.size());
  }

  private void ask(RelayIds server, String date) throws Exception {
    skew.watching((_, _) -> DirAnswer.ok(Bytes.EMPTY).with("date", date))
        .exchange(new DirServer.Fallback(server, List.of(), 1), DirRequest.get("/tor/x", 10));
  }

  @Test
  void date_ofAnAuthority_halfAnHourOff_isAWarning() throws Exception {
    ask(AUTHORITY, "Wed, 04 Mar 2026 05:36:07 GMT");
    assertEquals(List.of(), levels());
    ask(AUTHORITY, "Wed, 04 Mar 2026 04:36:06 GMT");
    assertEquals(List.of(Level.WARN), levels());
    assertTrue(lines.list.getFirst().getFormattedMessage().contains("ahead by 30 minutes, 1 sec"));
  }

  @Test
  void date_ofACache_isForInfo_andNonsenseIsNothing() throws Exception {
    ask(LISTED, "yesterday");
    assertEquals(List.of(), levels());
    ask(LISTED, "Wed, 04 Mar 2026 09:36:06 GMT");
    assertEquals(List.of(Level.DEBUG), levels());
  }

  @Test
  void consensus_fromTheFuture_isAWarning_onceForEach() {
    // 300 s for signatures and a minute on top, as in C tor.
    skew.consensus(ConsensusFlavor.MICRODESC, NOW.plusSeconds(360), 300);
    assertEquals(List.of(), levels());
    clock.advance(Duration.ofHours(-2));
    skew.consensus(ConsensusFlavor.MICRODESC, NOW.plusSeconds(360), 300);
    assertEquals(List.of(), levels()); // looked at already
    skew.consensus(ConsensusFlavor.MICRODESC, NOW.plusSeconds(3960), 300);
    assertEquals(List.of(Level.WARN), levels());
    assertTrue(
        lines
            .list
            .getFirst()
            .getFormattedMessage()
            .startsWith("Our clock is 3 hours, 6 minutes behind the time published in the"));
  }

  @Test
  void consensus_aSecondTooEarly_isAWarning() {
    skew.consensus(ConsensusFlavor.NS, NOW.plusSeconds(361), 300);
    assertEquals(List.of(Level.WARN), levels());
  }

  @Test
  void interval_isWrittenAsCTorDoes() {
    assertEquals("5 seconds", ClockSkew.interval(Duration.ofSeconds(-5)));
    assertEquals("2 minutes, 5 seconds", ClockSkew.interval(Duration.ofSeconds(125)));
    assertEquals("1 hours, 0 minutes", ClockSkew.interval(Duration.ofSeconds(3605)));
    assertEquals("1 days, 1 hours, 2 minutes", ClockSkew.interval(Duration.ofSeconds(90_125)));
  }
}
