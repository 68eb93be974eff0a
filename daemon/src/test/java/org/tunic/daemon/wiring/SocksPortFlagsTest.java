package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.daemon.config.ClientPort;
import org.tunic.daemon.config.ConfigLoader;
import org.tunic.router.stream.socks.EntrySettings;

final class SocksPortFlagsTest {
  @ParameterizedTest
  @CsvSource({
    "'', true, true, true, true, true, false",
    "NoIPv4Traffic IPv6Traffic, false, true, true, true, true, false",
    "NoDNSRequest, true, true, false, true, true, false",
    "OnionTrafficOnly, false, false, false, true, true, false",
    "NoOnionTraffic PreferIPv6 ExtendedErrors, true, true, true, false, true, true",
    "NoPreferIPv6Automap, true, true, true, true, false, false",
  })
  void flags_reachThePort(
      String flags,
      boolean ipv4,
      boolean ipv6,
      boolean names,
      boolean onions,
      boolean automapIpv6,
      boolean preferIpv6AndErrors)
      throws Exception {
    ClientPort port =
        ConfigLoader.parse(
                "DataDirectory /nonexistent\nSocksPort 9050 " + flags + "\n",
                "torrc",
                new ConfigLoader.Environment(
                    Path.of("/"), Optional.empty(), "user", InputStream.nullInputStream()))
            .config()
            .client()
            .socksPorts()
            .getFirst();
    EntrySettings settings = ClientRole.settings(new EntrySettings.Protocol.Socks(), port, 0);
    assertEquals(
        new EntrySettings.Traffic(ipv4, ipv6, preferIpv6AndErrors, automapIpv6, names, onions),
        settings.traffic());
    assertEquals(preferIpv6AndErrors, settings.extendedErrors());
    assertEquals(EntrySettings.Isolation.DEFAULT, settings.isolation());
  }
}
