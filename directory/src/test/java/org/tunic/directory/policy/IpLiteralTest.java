package org.tunic.directory.policy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpLiteralTest {
  @ParameterizedTest
  @CsvSource({
    "1.2.3.4,1.2.3.4",
    "255.255.255.255,255.255.255.255",
    "01.002.3.4,1.2.3.4",
    "::,::",
    "::1,::1",
    "1::,1::",
    "2001:DB8:0:0:1:0:0:1,2001:db8::1:0:0:1",
    "1:0:2:3:4:5:6:7,1:0:2:3:4:5:6:7",
    "1:2:3:4:5:6:7::,1:2:3:4:5:6:7:0",
    "::ffff:1.2.3.4,::ffff:1.2.3.4",
    "::1.2.3.4,::1.2.3.4",
    "fe80::1.2.3.4,fe80::102:304",
    "::1:0,::1:0",
    "1:2:3:4:5:6:1.2.3.4,1:2:3:4:5:6:102:304",
  })
  void parse_literal_printsCanonical(String text, String canonical) {
    assertEquals(canonical, IpLiteral.format(IpLiteral.parse(text).orElseThrow()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "1.2.3.",
        ".1.2.3",
        "1.2.3.4 ",
        "localhost",
        "1.2.3.0004",
        ":",
        ":::",
        "1:2",
        ":1::",
        "1::2::3",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "12345::",
        "g::",
        "::1.2.3",
        "1.2.3.4::",
        "1:",
        "::1:",
        "1:2:3:4:5:6:7:1.2.3.4",
        "fe80::1%eth0",
        "+1.2.3.4",
        "١.2.3.4"
      })
  void parse_somethingElse_isEmpty(String text) {
    assertTrue(IpLiteral.parse(text).isEmpty(), text);
  }

  @Test
  void format_randomAddresses_parseBack() {
    long seed = 20261122;
    Random random = new Random(seed);
    for (int i = 0; i < 5000; i++) {
      byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
      random.nextBytes(bytes);
      for (int j = 0; j < bytes.length; j++) {
        bytes[j] = random.nextInt(3) > 0 ? 0 : bytes[j];
      }
      String text = IpLiteral.format(bytes);
      assertArrayEquals(
          bytes, IpLiteral.parse(text).orElseThrow(), "seed " + seed + " round " + i + " " + text);
    }
  }

  @Test
  void isInternal_knownNets() throws Exception {
    for (String text :
        new String[] {
          "10.1.2.3",
          "0.0.0.0",
          "127.0.0.1",
          "100.64.0.1",
          "169.254.1.1",
          "172.31.0.1",
          "192.168.1.1",
          "::1",
          "fc00::1",
          "fe80::1"
        }) {
      assertTrue(
          IpLiteral.isInternal(InetAddress.getByAddress(IpLiteral.parse(text).orElseThrow())),
          text);
    }
    for (String text :
        new String[] {
          "11.0.0.1", "100.128.0.1", "172.32.0.1", "192.169.0.1", "2001:db8::1", "::2"
        }) {
      assertFalse(
          IpLiteral.isInternal(InetAddress.getByAddress(IpLiteral.parse(text).orElseThrow())),
          text);
    }
  }
}
