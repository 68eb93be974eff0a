package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.daemon.config.ClientPort;
import org.tunic.daemon.config.ConfigLoader;
import org.tunic.router.stream.socks.TargetHost;

final class SocksPortFlagsTest {
  @ParameterizedTest
  @CsvSource({
    "'', true, true",
    "NoIPv4Traffic IPv6Traffic, false, true",
    "NoDNSRequest, true, false",
    "OnionTrafficOnly, false, false"
  })
  void allows_whatTheFlagsOfThePortLeave(String flags, boolean ipv4, boolean names)
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
    TargetHost literal =
        new TargetHost.Literal(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}));
    assertEquals(ipv4, ClientRole.allows(port, literal));
    assertEquals(names, ClientRole.allows(port, new TargetHost.Name("example.com")));
  }
}
