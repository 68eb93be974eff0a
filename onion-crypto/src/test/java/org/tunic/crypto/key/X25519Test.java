package org.tunic.crypto.key;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.testing.SeededRandom;

class X25519Test {
  private static final HexFormat HEX = HexFormat.of();

  /** Where the tests run there is a library for it; elsewhere Bouncy Castle does the work. */
  @Test
  void isNative_onLinux_isTrue() {
    assertTrue(X25519.isNative() || !System.getProperty("os.name").equals("Linux"));
  }

  @Test
  void agree_randomKeysAndPoints_equalsBouncyCastle() {
    SeededRandom random = new SeededRandom(8);
    for (int i = 0; i < 100; i++) {
      byte[] secret = random.bytes(32);
      Ed25519Keypair.clamp(secret);
      byte[] point = random.bytes(32);
      assertArrayEquals(
          X25519.agreeByBouncyCastle(secret, point),
          X25519.agree(secret, point),
          random + " run " + i);
    }
  }

  @Test
  void agree_bothEnds_isTheSame() {
    SeededRandom random = new SeededRandom(9);
    try (var a = NtorOnionKeypair.generate(random);
        var b = NtorOnionKeypair.generate(random)) {
      assertArrayEquals(
          a.agree(b.publicKey().bytes().toArray()), b.agree(a.publicKey().bytes().toArray()));
    }
  }

  /** RFC 7748 section 5.2. */
  @Test
  void agree_rfcVectors_giveRfcResults() throws Exception {
    String[][] vectors = {
      {
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
      },
      {
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"
      }
    };
    for (String[] v : vectors) {
      try (var key = NtorOnionKeypair.fromSecret(HEX.parseHex(v[0]))) {
        assertEquals(v[2], HEX.formatHex(key.agree(HEX.parseHex(v[1]))));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"
      })
  void agree_pointOfSmallOrder_isZero(String point) {
    try (var keys = NtorOnionKeypair.generate(new SeededRandom(10))) {
      assertArrayEquals(new byte[32], keys.agree(HEX.parseHex(point)));
      assertArrayEquals(
          new byte[32], X25519.agreeByBouncyCastle(keys.secret().borrow(), HEX.parseHex(point)));
    }
  }
}
