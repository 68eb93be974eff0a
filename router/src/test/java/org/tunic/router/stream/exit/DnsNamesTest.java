package org.tunic.router.stream.exit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.directory.policy.IpLiteral;

final class DnsNamesTest {
  @ParameterizedTest
  @CsvSource({
    "example.com, example.com",
    "EXAMPLE.com., example.com",
    "a_b.example, a_b.example",
    "-a.example, -a.example",
    "xn--bcher-kva.example, xn--bcher-kva.example",
    "localhost, localhost",
  })
  void canonical_ofAName(String name, String expected) {
    assertEquals(Optional.of(expected), DnsNames.canonical(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "a..b",
        ".a",
        "a b",
        "a/b",
        "a:b",
        "a\u00e9b",
        "*.example",
        "a..",
        "a\u0000b"
      })
  void canonical_ofNoName_isEmpty(String name) {
    assertEquals(Optional.empty(), DnsNames.canonical(name));
  }

  @Test
  void canonical_ofLongNames_isEmpty() {
    assertTrue(DnsNames.canonical("a".repeat(63) + ".b").isPresent());
    assertTrue(DnsNames.canonical("a".repeat(64) + ".b").isEmpty());
    assertTrue(DnsNames.canonical("a.".repeat(126) + "b").isPresent());
    assertTrue(DnsNames.canonical("a.".repeat(126) + "bc").isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "1.2.3.4, 4.3.2.1.in-addr.arpa",
    "2001:db8::567:89ab, b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
  })
  void reverseName_andBack(String address, String name) {
    var numeric = IpLiteral.parseAddress(address).orElseThrow();
    assertEquals(name, DnsNames.reverseName(numeric));
    assertEquals(Optional.of(numeric), DnsNames.reverseAddress(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3.2.1.in-addr.arpa",
        "5.4.3.2.1.in-addr.arpa",
        "256.3.2.1.in-addr.arpa",
        "a.3.2.1.in-addr.arpa",
        "1.2.ip6.arpa",
        "example.com",
      })
  void reverseAddress_ofOtherNames_isEmpty(String name) {
    assertEquals(Optional.empty(), DnsNames.reverseAddress(name));
  }

  @Test
  void resolvConf_isRead() {
    ResolvConf conf =
        ResolvConf.parse(
            """
            # comment
            search example.com
            nameserver 192.0.2.53
            nameserver\t2001:db8::53
            nameserver not.an.address
            nameserver [::1]:5353
            options ndots:5 timeout:3 attempts:4 rotate
            """);
    assertEquals(
        List.of("192.0.2.53:53", "[2001:db8:0:0:0:0:0:53]:53", "[0:0:0:0:0:0:0:1]:5353"),
        conf.servers().stream()
            .map(s -> s.toString().replace("/", "").replaceFirst("^<unresolved>", ""))
            .toList());
    assertEquals(Duration.ofSeconds(3), conf.timeout());
    assertEquals(4, conf.attempts());
  }

  @Test
  void resolvConf_withoutServers_asksLocalhost() {
    ResolvConf conf = ResolvConf.parse("options timeout:0 attempts:99\n");
    assertEquals(1, conf.servers().size());
    assertTrue(conf.servers().getFirst().getAddress().isLoopbackAddress());
    assertEquals(Duration.ofSeconds(1), conf.timeout());
    assertEquals(5, conf.attempts());
  }

  @Test
  void resolvConf_takesABoundedNumberOfServers() {
    assertEquals(
        ResolvConf.MAX_SERVERS,
        ResolvConf.parse("nameserver 192.0.2.1\n".repeat(100)).servers().size());
  }
}
