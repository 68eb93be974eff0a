package org.tunic.daemon.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.daemon.config.ConfigException;

/** The command line of a gateway. */
class GatewayOptionsTest {
  private static GatewayOptions parse(String... arguments) throws ConfigException {
    return GatewayOptions.parse(List.of(arguments), Path.of("/here"));
  }

  @Test
  void parse_nothing_listensOnLoopback_andOpensNoSocksPort() throws ConfigException {
    GatewayOptions options = parse();
    assertTrue(options.listen().getAddress().isLoopbackAddress());
    assertEquals(6980, options.listen().getPort());
    assertEquals(List.of("--SocksPort", "0"), options.torrc());
  }

  @Test
  void parse_everything_isRead() throws ConfigException {
    GatewayOptions options =
        parse("--torrc", "my", "--data", "d", "--listen", "127.0.0.2:0", "--MetricsPort", "9035");
    assertEquals("127.0.0.2", options.listen().getAddress().getHostAddress());
    assertEquals(0, options.listen().getPort());
    assertEquals(
        List.of(
            "--SocksPort", "0", "-f", "my", "--MetricsPort", "9035", "--DataDirectory", "/here/d"),
        options.torrc());
  }

  @Test
  void demo_namesTheFilesOfItsClient_andADirectoryOfItsOwn() throws ConfigException {
    assertEquals(ofDemo("/here/d/gateway"), parse("--demo", "d").torrc());
    assertEquals(ofDemo("/x"), parse("--demo", "d", "--data", "/x").torrc());
  }

  private static List<String> ofDemo(String dataDirectory) {
    return List.of(
        "--SocksPort",
        "0",
        "-f",
        "/here/d/client/torrc",
        "--DataDirectory",
        dataDirectory,
        "--Log",
        "notice stdout");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0:6980",
        "192.0.2.1:6980",
        "[::1]:6980",
        "::1",
        "6980",
        "localhost:6980",
        "127.0.0.1:x",
        "127.0.0.1:65536",
        "127.0.0.1"
      })
  void listen_whereOthersMightReachIt_isRefused(String address) {
    assertEquals(
        "--listen takes an address of 127/8 and a port, such as 127.0.0.1:6980",
        assertThrows(ConfigException.class, () -> parse("--listen", address)).getMessage());
  }

  @Test
  void option_withoutItsValue_saysSo() {
    assertEquals(
        "--data needs a value; see tunic gateway --help",
        assertThrows(ConfigException.class, () -> parse("--data")).getMessage());
  }
}
