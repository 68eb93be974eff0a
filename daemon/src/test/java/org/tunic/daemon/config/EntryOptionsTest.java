package org.tunic.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.daemon.config.EntryOptions.MappedAddress;
import org.tunic.daemon.config.EntryOptions.VirtualAddresses;

final class EntryOptionsTest {
  private static ConfigLoader.Loaded load(String torrc) throws ConfigException {
    return ConfigLoader.parse(
        "DataDirectory /nonexistent\n" + torrc,
        "torrc",
        new ConfigLoader.Environment(
            Path.of("/"), Optional.empty(), "user", InputStream.nullInputStream()));
  }

  private static EntryOptions options(String torrc) throws ConfigException {
    return load(torrc).config().client().entry();
  }

  @Test
  void defaults_areThoseOfCTor() throws Exception {
    EntryOptions options = options("");
    assertTrue(!options.safeSocks() && !options.testSocks() && !options.automap());
    assertEquals(Set.of(23, 109, 110, 143), options.warnPorts());
    assertEquals(Set.of(), options.rejectPorts());
    assertEquals(List.of(".onion", ".exit"), options.automapSuffixes());
    assertEquals(
        new VirtualAddresses(InetAddress.ofLiteral("127.192.0.0"), 10), options.virtualIpv4());
    assertEquals(new VirtualAddresses(InetAddress.ofLiteral("fe80::"), 10), options.virtualIpv6());
  }

  @Test
  void options_areRead() throws Exception {
    EntryOptions options =
        options(
            """
            SafeSocks 1
            TestSocks 1
            WarnPlaintextPorts 80
            RejectPlaintextPorts 23,25
            AutomapHostsOnResolve 1
            AutomapHostsSuffixes .Onion,.test.,.
            VirtualAddrNetworkIPv4 10.192.0.0/10
            VirtualAddrNetworkIPv6 [FC00::]/7
            """);
    assertTrue(options.safeSocks() && options.testSocks() && options.automap());
    assertEquals(Set.of(80), options.warnPorts());
    assertEquals(Set.of(23, 25), options.rejectPorts());
    assertEquals(List.of(".onion", ".test", "."), options.automapSuffixes());
    assertEquals(10, options.virtualIpv4().prefixBits());
    assertEquals(InetAddress.ofLiteral("fc00::"), options.virtualIpv6().base());
  }

  @Test
  void mapAddress_isRead() throws Exception {
    EntryOptions options =
        options(
            """
            MapAddress A.test b.test
            MapAddress *.c.test *.d.test
            MapAddress 10.1.2.3 www.e.test.0123456789ABCDEF0123456789ABCDEF01234567.exit
            MapAddress [2001:DB8::1] 1.2.3.4 and more
            """);
    assertEquals(
        List.of(
            new MappedAddress("a.test", false, "b.test", false),
            new MappedAddress("c.test", true, "d.test", true),
            new MappedAddress(
                "10.1.2.3",
                false,
                "www.e.test.0123456789abcdef0123456789abcdef01234567.exit",
                false),
            new MappedAddress(
                InetAddress.ofLiteral("2001:db8::1").getHostAddress(), false, "1.2.3.4", false)),
        options.mapped());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MapAddress a.test",
        "MapAddress .a.test b.test",
        "MapAddress a.test .b.test",
        "MapAddress * b.test",
        "MapAddress a.test *",
        "MapAddress a.test *.b.test",
        "MapAddress a.test b/test",
      })
  void badMapAddress_isSkippedWithAWarning(String line) throws Exception {
    ConfigLoader.Loaded loaded = load(line + "\n");
    assertEquals(List.of(), loaded.config().client().entry().mapped());
    assertTrue(
        loaded.warnings().stream().anyMatch(warning -> warning.contains("MapAddress")),
        loaded.warnings().toString());
  }

  @ParameterizedTest
  @CsvSource({
    "VirtualAddrNetworkIPv4 10.0.0.0/17",
    "VirtualAddrNetworkIPv4 10.0.0.0",
    "VirtualAddrNetworkIPv4 [FC00::]/7",
    "VirtualAddrNetworkIPv4 x/8",
    "VirtualAddrNetworkIPv6 [FC00::]/105",
    "VirtualAddrNetworkIPv6 10.0.0.0/8",
  })
  void badVirtualNetwork_isRefused(String line) {
    assertThrows(ConfigException.class, () -> load(line + "\n"));
  }

  @Test
  void httpTunnelPort_isReadWithItsFlags() throws Exception {
    ClientPort port =
        load("SocksPort 0\nHTTPTunnelPort 127.0.0.1:9080 IsolateDestAddr NoIPv6Traffic\n")
            .config()
            .client()
            .httpTunnelPorts()
            .getFirst();
    assertEquals(9080, port.address().getPort());
    assertTrue(port.isolation().contains(ClientPort.Isolation.DEST_ADDR));
    assertTrue(!port.ipv6Traffic() && port.preferIpv6Automap());
  }

  @Test
  void preferIpv6Automap_mayBeSwitchedOff() throws Exception {
    assertTrue(
        !load("SocksPort 9050 NoPreferIPv6Automap\n")
            .config()
            .client()
            .socksPorts()
            .getFirst()
            .preferIpv6Automap());
  }
}
