package org.tunic.directory.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeoIpTest {
  private static final GeoIp GEO =
      GeoIp.parse(
          Stream.of(
              "# comment",
              "",
              "16777472,16778239,CN",
              "16777216,16777471,AU",
              "\"3232235520\",\"3232301055\",\"de\",\"DEU\",\"Germany\"",
              "nonsense",
              "5,4,XX",
              "1,2,LONG",
              "99999999999,99999999999,FR",
              "4294967295,4294967295,A1"));

  @ParameterizedTest
  @CsvSource({
    "1.0.0.0, au",
    "1.0.0.255, au",
    "1.0.1.0, cn",
    "1.0.3.255, cn",
    "1.0.4.0, ??",
    "0.255.255.255, ??",
    "0.0.0.1, ??",
    "192.168.0.0, de",
    "192.168.255.255, de",
    "192.169.0.0, ??",
    "255.255.255.255, a1",
    "2001:db8::1, ??"
  })
  void country_isThatOfTheRange(String address, String country) {
    assertEquals(country, GEO.country(InetAddress.ofLiteral(address)));
  }

  @Test
  void knows_countriesOfTheFileOnly() {
    assertTrue(GEO.knows("de"));
    assertTrue(GEO.knows("??"));
    assertFalse(GEO.knows("fr"));
    assertFalse(GeoIp.NONE.knows("??"));
    assertEquals("??", GeoIp.NONE.country(InetAddress.ofLiteral("1.0.0.1")));
  }
}
