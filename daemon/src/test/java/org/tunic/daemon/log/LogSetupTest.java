package org.tunic.daemon.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.tunic.daemon.config.CommandLine.Quiet;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.ConfigLoader;
import org.tunic.daemon.config.LogTarget.Domain;
import org.tunic.daemon.config.LogTarget.Severity;
import org.tunic.router.cell.ProtocolViolation;

final class LogSetupTest {
  @TempDir Path dir;

  private void apply(String... lines) throws ConfigException {
    ConfigLoader.Environment environment =
        new ConfigLoader.Environment(dir, Optional.of(dir), "op", InputStream.nullInputStream());
    LogSetup.apply(
        ConfigLoader.parse(String.join("\n", lines), "torrc", environment).config().logs(),
        Quiet.SILENT);
  }

  private List<String> lines(String file) throws Exception {
    return Files.readAllLines(dir.resolve(file)).stream()
        .map(line -> line.replaceFirst("^[A-Z][a-z]{2} \\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} ", ""))
        .toList();
  }

  private static void say(String logger) {
    org.slf4j.Logger log = LoggerFactory.getLogger(logger);
    log.trace("t");
    log.debug("d");
    log.info("i");
    log.warn("w");
    log.error("e");
  }

  @AfterEach
  void silence() {
    LogSetup.startQuietly((LoggerContext) LoggerFactory.getILoggerFactory());
  }

  @Test
  void apply_severity_mapsSlf4jLevelsToThoseOfCtor() throws Exception {
    apply("Log debug file all", "Log notice file notice", "Log info-notice file range");
    say("org.tunic.daemon.X");
    assertEquals(
        List.of("[debug] t", "[info] d", "[notice] i", "[warn] w", "[err] e"), lines("all"));
    assertEquals(List.of("[notice] i", "[warn] w", "[err] e"), lines("notice"));
    assertEquals(List.of("[info] d", "[notice] i"), lines("range"));
  }

  private static void blamePeer() {
    LoggerFactory.getLogger("org.tunic.router.channel.Channel")
        .debug(ProtocolViolation.LOG, "a peer did wrong");
  }

  @Test
  void apply_protocolWarnings_raisesWhatPeersDoWrongToWarn() throws Exception {
    apply("Log warn file few", "ProtocolWarnings 1");
    blamePeer();
    assertEquals(List.of("[warn] a peer did wrong"), lines("few"));
  }

  @Test
  void apply_noProtocolWarnings_leavesWhatPeersDoWrongAtInfo() throws Exception {
    apply("Log warn file few", "Log info file all");
    blamePeer();
    assertEquals(List.of(), lines("few"));
    assertEquals(List.of("[info] a peer did wrong"), lines("all"));
  }

  @Test
  void apply_librariesAtDebug_stayAtWarn() throws Exception {
    apply("Log debug file all");
    say("com.example.library.X");
    assertEquals(List.of("[warn] w", "[err] e"), lines("all"));
  }

  /** Netty's SslHandler warns of a connection that does not close in time, and names the peer. */
  @Test
  void apply_nettysWarnings_areNotLogged() throws Exception {
    apply("Log debug file all");
    say("io.netty.handler.ssl.SslHandler");
    assertEquals(List.of("[err] e"), lines("all"));
  }

  @Test
  void apply_domains_selectByPackage() throws Exception {
    apply("Log [CIRC,GUARD]notice [DIR]warn file some", "LogMessageDomains 1");
    say("org.tunic.router.circuit.X");
    say("org.tunic.router.guard.X");
    say("org.tunic.directory.fetch.X");
    say("org.tunic.directory.authority.X");
    assertEquals(
        List.of(
            "[notice] {CIRC} i",
            "[warn] {CIRC} w",
            "[err] {CIRC} e",
            "[notice] {GUARD} i",
            "[warn] {GUARD} w",
            "[err] {GUARD} e",
            "[warn] {DIR} w",
            "[err] {DIR} e"),
        lines("some"));
  }

  @Test
  void apply_file_isPrivateAndAppendedTo() throws Exception {
    apply("Log notice file x");
    say("org.tunic.X");
    apply("Log notice file x");
    say("org.tunic.X");
    assertEquals(6, lines("x").size());
    assertFalse(
        Files.getPosixFilePermissions(dir.resolve("x"))
            .contains(java.nio.file.attribute.PosixFilePermission.OTHERS_READ));
    apply("Log notice file x", "TruncateLogFile 1");
    say("org.tunic.X");
    assertEquals(3, lines("x").size());
  }

  @Test
  void apply_fileThatCannotBeOpened_isRefusedWithItsLine() {
    ConfigException e =
        assertThrows(ConfigException.class, () -> apply("", "Log notice file none/x"));
    assertEquals(
        "torrc:2: the log file "
            + dir.resolve("none/x")
            + " cannot be written: no such file or directory; create its directory and make it"
            + " writable",
        e.getMessage());
  }

  @Test
  void reopen_afterRotation_writesToTheNewFile() throws Exception {
    apply("Log notice file x");
    say("org.tunic.X");
    Files.move(dir.resolve("x"), dir.resolve("x.1"));
    say("org.tunic.X");
    LogSetup.reopen();
    say("org.tunic.X");
    assertEquals(6, lines("x.1").size());
    assertEquals(3, lines("x").size());
  }

  @Test
  void format_time_isRoundedDownToTheGranularity() {
    long time = Instant.parse("2026-11-02T03:04:05.678Z").toEpochMilli();
    assertEquals(
        "Nov 02 03:04:05.000 [notice] ",
        new LineFormat(ZoneOffset.UTC, 1000, false).prefix(time, Severity.NOTICE).toString());
    assertEquals(
        "Nov 02 03:04:05.678 [err] ",
        new LineFormat(ZoneOffset.UTC, 1, false).prefix(time, Severity.ERR).toString());
    assertEquals(
        "Nov 02 03:04:00.000 [err] ",
        new LineFormat(ZoneOffset.UTC, 10_000, false).prefix(time, Severity.ERR).toString());
  }

  @Test
  void format_newlineInMessage_cannotForgeALine() {
    LoggerContext context = new LoggerContext();
    Logger logger = context.getLogger("org.tunic.X");
    LoggingEvent event =
        new LoggingEvent(
            "x", logger, Level.ERROR, "a\nNov 22 b", new IllegalStateException("c\nd"), null);
    String line =
        new LineFormat(ZoneOffset.UTC, 1000, false).format(event, Severity.ERR, Domain.GENERAL);
    assertTrue(line.contains("[err] a?Nov 22 b: java.lang.IllegalStateException: c?d\n    "), line);
  }
}
