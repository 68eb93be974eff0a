package org.tunic.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tunic.daemon.config.CommandLine.Action;
import org.tunic.daemon.config.CommandLine.Quiet;

final class CommandLineTest {
  private static CommandLine parse(String... words) throws ConfigException {
    return CommandLine.parse(List.of(words));
  }

  @Test
  void parse_nothing_runs() throws Exception {
    assertEquals(Action.RUN, parse().action());
  }

  @Test
  void parse_debiansUnit_isUnderstood() throws Exception {
    CommandLine line =
        parse(
            "--defaults-torrc",
            "/usr/share/tor/tor-service-defaults-torrc",
            "-f",
            "/etc/tor/torrc",
            "--RunAsDaemon",
            "0",
            "--verify-config");
    assertEquals(Action.VERIFY_CONFIG, line.action());
    assertEquals(Optional.of("/etc/tor/torrc"), line.torrc());
    assertEquals(Optional.of("/usr/share/tor/tor-service-defaults-torrc"), line.defaultsTorrc());
    assertEquals("RunAsDaemon", line.options().getFirst().name());
  }

  @Test
  void parse_optionalArgument_isTakenUnlessItLooksLikeAFlag() throws Exception {
    assertEquals("ed25519", parse("--list-fingerprint", "ed25519").argument());
    assertEquals("", parse("--list-fingerprint", "--hush").argument());
    assertEquals("", parse("--list-fingerprint").argument());
    assertEquals(Quiet.HUSH, parse("--list-fingerprint", "--hush").quiet());
  }

  @Test
  void parse_quietest_wins() throws Exception {
    assertEquals(Quiet.SILENT, parse("--quiet", "--hush").quiet());
    assertEquals(Quiet.SILENT, parse("--dump-config", "short").quiet());
  }

  @Test
  void parse_optionWithoutValue_isRefused() {
    ConfigException e = assertThrows(ConfigException.class, () -> parse("--SocksPort"));
    assertEquals(
        "command line: option \"--SocksPort\" has no value; add one after it", e.getMessage());
  }

  @Test
  void parse_clearedOption_takesNoValue() throws Exception {
    CommandLine line = parse("--/SocksPort", "Nickname", "a");
    assertEquals(2, line.options().size());
    assertEquals(ConfigLine.Command.CLEAR, line.options().getFirst().command());
  }

  @Test
  void parse_bothNamesOfTheTorrc_isRefused() {
    ConfigException e =
        assertThrows(ConfigException.class, () -> parse("-f", "a", "--torrc-file", "b"));
    assertTrue(e.getMessage().contains("both given"), e.getMessage());
  }
}
