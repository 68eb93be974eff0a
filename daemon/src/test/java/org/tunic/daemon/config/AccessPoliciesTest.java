package org.tunic.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AccessPoliciesTest {
  private static AccessPolicies of(String torrc) throws ConfigException {
    return Torrcs.loaded(Torrcs.DIR_AUTHORITY + torrc).config().policies();
  }

  @Test
  void rules_loseTheirPorts_andMetricsEndInReject() throws Exception {
    AccessPolicies policies =
        of("SocksPolicy accept 10.0.0.0/8:80,reject *\nMetricsPortPolicy accept [::1]\n");
    assertEquals(List.of("accept 10.0.0.0/8:*", "reject *:*"), policies.socks());
    assertEquals(List.of("accept [::1]:*", "reject *:*"), policies.metrics());
    assertEquals(List.of(), policies.directory());
  }

  @Test
  void rule_withoutAWordForWhatToDo_isRefused() {
    ConfigException e =
        assertThrows(ConfigException.class, () -> of("MetricsPortPolicy 127.0.0.1\n"));
    assertTrue(e.getMessage().contains("MetricsPortPolicy"), e.getMessage());
  }

  @Test
  void metricsPort_takesAnAddressAndAFormat() throws Exception {
    assertEquals(
        9035,
        Torrcs.loaded(Torrcs.DIR_AUTHORITY + "MetricsPort 127.0.0.1:9035 prometheus\n")
            .config()
            .metrics()
            .orElseThrow()
            .address()
            .getPort());
    assertTrue(
        Torrcs.loaded(Torrcs.DIR_AUTHORITY + "MetricsPort 0\n").config().metrics().isEmpty());
    for (String bad : List.of("auto", "9035 json", "9035 prometheus x", "nowhere:1")) {
      assertThrows(
          ConfigException.class,
          () -> Torrcs.loaded(Torrcs.DIR_AUTHORITY + "MetricsPort " + bad + "\n"),
          bad);
    }
  }
}
