package org.tunic.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceArgumentsTest {
  private static ServiceArguments of(String... arguments) {
    return new ServiceArguments("tracker", List.of(arguments), Path.of("/here"));
  }

  @Test
  void arguments_areReadOneAfterAnother() throws Exception {
    ServiceArguments arguments = of("--data", "../there", "--listen", "[::1]:0");
    assertEquals("--data", arguments.next());
    assertEquals(Path.of("/there"), arguments.path("--data"));
    assertEquals("--listen", arguments.next());
    assertEquals(0, arguments.address("--listen", "127.0.0.1:1").getPort());
    assertFalse(arguments.hasNext());
  }

  @Test
  void optionWithoutAValue_saysWhereHelpIs() {
    ConfigException said =
        assertThrows(ConfigException.class, () -> of().value("--clearnet-listen"));
    assertEquals("--clearnet-listen needs a value; see tunic tracker --help", said.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ":", ":80", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "name:80"})
  void address_ofAnythingElse_isRefused(String text) {
    assertTrue(ServiceArguments.address(text).isEmpty());
    ConfigException said =
        assertThrows(ConfigException.class, () -> of(text).address("--a", "127.0.0.1:1"));
    assertEquals("--a takes an address and a port, such as 127.0.0.1:1", said.getMessage());
  }
}
