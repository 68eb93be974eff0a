package org.tunic.daemon.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DemoOptionsTest {
  @Test
  void parse_nothing_isThreeAuthoritiesAndSixRelays() throws Exception {
    DemoOptions options = DemoOptions.parse(List.of());
    assertEquals(
        new DemoOptions(6, DemoOptions.DEFAULT_BASE_PORT, Optional.empty(), false, false, true),
        options);
    assertEquals(2, options.exits());
  }

  @Test
  void parse_everything_isRead() throws Exception {
    assertEquals(
        new DemoOptions(12, 20000, Optional.of(Path.of("d")), true, true, false),
        DemoOptions.parse(
            List.of(
                "--relays",
                "12",
                "--base-port",
                "20000",
                "--data",
                "d",
                "--processes",
                "--check",
                "--no-swarm")));
  }

  @ParameterizedTest
  @CsvSource({
    "--relays, --relays needs a value",
    "--relays 2, --relays takes a number from 3 to 60",
    "--relays 61, --relays takes a number from 3 to 60",
    "--relays many, --relays takes a number from 3 to 60",
    "--base-port 80, --base-port takes a number from 1024 to 64800",
    "--data, --data needs a value",
    "--frob, unknown option --frob (see tunic demo --help)",
  })
  void parse_bad_saysWhatToWrite(String arguments, String message) {
    DemoOptions.UsageException e =
        assertThrows(
            DemoOptions.UsageException.class,
            () -> DemoOptions.parse(List.of(arguments.split(" "))));
    assertEquals(message, e.getMessage());
  }

  @Test
  void ports_ofTheLargestNetworkAtTheHighestBase_arePorts() throws Exception {
    DemoOptions options = DemoOptions.parse(List.of("--relays", "60", "--base-port", "64800"));
    DemoNetwork network = new DemoNetwork(options, Path.of("x"));
    assertEquals(3 + 60 + 2, network.nodes().size());
    assertTrue(network.webPort(options) <= 65535);
  }
}
