package org.tunic.daemon.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.daemon.config.ConfigException;
import org.tunic.tracker.request.AddressRules.Policy;
import org.tunic.tracker.request.AddressRules.Unsigned;

/** The command line of a tracker. */
class TrackerOptionsTest {
  private static final Path HERE = Path.of("/here");

  private static TrackerOptions parse(String... arguments) throws ConfigException {
    return TrackerOptions.parse(List.of(arguments), HERE);
  }

  @Test
  void parse_nothing_isATrackerOfOnions() throws ConfigException {
    TrackerOptions options = parse();
    assertEquals(Policy.ONION, options.policy());
    assertEquals(Unsigned.DROP, options.unsigned());
    assertEquals(Duration.ofMinutes(30), options.interval());
    assertTrue(options.clearnetListen().isEmpty());
    assertEquals(List.of("--SocksPort", "0"), options.torrc());
  }

  @Test
  void parse_everything_isRead() throws ConfigException {
    TrackerOptions options =
        parse(
            "--torrc",
            "my",
            "--clearnet-listen",
            "[::1]:6969",
            "--peer-addresses",
            "lan",
            "--unsigned-onions",
            "last",
            "--interval",
            "60",
            "--allow-list",
            "a",
            "--block-list",
            "/b",
            "--accounts",
            "m",
            "--store",
            "rediss://192.0.2.1:6379",
            "--store-password-file",
            "p",
            "--store-allow-remote",
            "--key-directory",
            "k",
            "--MetricsPort",
            "9035");
    assertEquals(6969, options.clearnetListen().orElseThrow().getPort());
    assertEquals(Policy.LAN, options.policy());
    assertEquals(Unsigned.LAST, options.unsigned());
    assertEquals(Duration.ofMinutes(1), options.interval());
    assertEquals(Optional.of(Path.of("/here/a")), options.allowList());
    assertEquals(Optional.of(Path.of("/b")), options.blockList());
    assertEquals(Optional.of(Path.of("/here/m")), options.accounts());
    assertEquals(Optional.of(Path.of("/here/p")), options.store().orElseThrow().passwordFile());
    assertTrue(options.store().orElseThrow().address().isRemote());
    assertEquals(Optional.of(Path.of("/here/k")), options.keyDirectory());
    assertEquals(List.of("--SocksPort", "0", "-f", "my", "--MetricsPort", "9035"), options.torrc());
  }

  @Test
  void demo_namesTheFilesOfItsClient_andADirectoryOfItsOwn() throws ConfigException {
    assertEquals(
        List.of(
            "--SocksPort",
            "0",
            "-f",
            "/here/d/client/torrc",
            "--DataDirectory",
            "/here/d/tracker",
            "--Log",
            "notice stdout"),
        parse("--demo", "d").torrc());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--clearnet-listen|--clearnet-listen needs a value; see tunic tracker --help",
        "--clearnet-listen x:1|--clearnet-listen takes an address and a port, such as 127.0.0.1:6969",
        "--clearnet-listen 6969|--clearnet-listen takes an address and a port, such as 127.0.0.1:6969",
        "--clearnet-listen 1.2.3.4:65536|--clearnet-listen takes an address and a port, such as 127.0.0.1:6969",
        "--peer-addresses all|--peer-addresses takes onion, clearnet-opt-in or lan",
        "--unsigned-onions first|--unsigned-onions takes drop or last",
        "--store redis://localhost:6379|--store takes a URL with numeric addresses, such as redis://127.0.0.1:6379",
        "--store rediss://192.0.2.1:6379|--store names another host, which would learn who announces what; if it is to, add --store-allow-remote",
        "--store redis://192.0.2.1:6379 --store-allow-remote --store-password-file p|a store on another host needs TLS (rediss://…) and --store-password-file",
        "--store rediss://192.0.2.1:6379 --store-allow-remote|a store on another host needs TLS (rediss://…) and --store-password-file",
        "--store-password-file p|--store-… says how to use a store; name it by --store",
        "--interval 5|--interval takes seconds, 60 to 86400"
      })
  void parse_badValue_saysWhatItTakes(String arguments, String message) {
    assertEquals(
        message,
        assertThrows(ConfigException.class, () -> parse(arguments.split(" ", -1))).getMessage());
  }
}
