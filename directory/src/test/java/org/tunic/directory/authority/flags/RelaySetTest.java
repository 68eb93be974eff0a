package org.tunic.directory.authority.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.policy.IpLiteral;

class RelaySetTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*|true",
        "$00000000000000000000000000000000000000FF|true",
        "00000000000000000000000000000000000000ff|true",
        "00000000000000000000000000000000000000fe|false",
        "MyRelay|true",
        "other, myrelay|true",
        "other|false",
        "192.0.2.0/24|true",
        "192.0.3.0/24|false",
        "[2001:db8::]/32|false",
        "''|false",
      })
  void contains_byAnyAttribute(String set, boolean expected) throws Exception {
    byte[] identity = new byte[20];
    identity[19] = (byte) 0xff;
    assertEquals(
        expected,
        RelaySet.parse(set)
            .contains(
                RsaIdentity.of(identity),
                "MyRelay",
                IpLiteral.parseAddress("192.0.2.7").orElseThrow(),
                9001));
  }

  @Test
  void parse_countryOrGarbage_isRefused() {
    assertThrows(MalformedException.class, () -> RelaySet.parse("{de}"));
    assertThrows(MalformedException.class, () -> RelaySet.parse("$zz"));
  }
}
