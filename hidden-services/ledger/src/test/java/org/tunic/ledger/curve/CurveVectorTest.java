package org.tunic.ledger.curve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.digest.Sha;
import org.tunic.ledger.BitcoinVectors;

/** BIP 340's vectors, and Wycheproof's for the ECDSA of Bitcoin. */
class CurveVectorTest {
  private static final Curve CURVE = BitcoinVectors.curve();

  @Test
  void verifySchnorr_bip340_agrees() {
    List<String> lines =
        new String(
                BitcoinVectors.bytes("bips/bip-0340_test-vectors.csv"), StandardCharsets.US_ASCII)
            .lines()
            .skip(1)
            .toList();
    int checked = 0;
    for (String line : lines) {
      String[] cells = line.split(",", -1);
      byte[] message = hex(cells[4]);
      if (message.length != 32) {
        continue; // the chain signs hashes only; the library's binding takes nothing else
      }
      byte[] signature = hex(cells[5]);
      assertEquals(
          cells[6].equals("TRUE"), CURVE.verifySchnorr(signature, message, hex(cells[2])), line);
      if (!cells[1].isEmpty()) {
        assertArrayEquals(
            signature, CURVE.signSchnorr(message, hex(cells[1]), hex(cells[3])), line);
      }
      checked++;
    }
    assertEquals(15, checked);
  }

  /** Consensus takes a high S; that alone is what Wycheproof's “bitcoin” variant refuses beyond. */
  @Test
  void verifyEcdsa_wycheproof_agrees() {
    int checked = 0;
    for (JsonNode group :
        BitcoinVectors.json("crypto/wycheproof_ecdsa_secp256k1_sha256_bitcoin.json")
            .get("testGroups")) {
      byte[] key = hex(group.get("publicKey").get("uncompressed").asText());
      for (JsonNode vector : group.get("tests")) {
        byte[] der = hex(vector.get("sig").asText());
        byte[] hash = Sha.sha256(hex(vector.get("msg").asText()));
        byte[] typed = Arrays.copyOf(der, der.length + 1);
        boolean strict = EcdsaSignature.isStrictDer(typed) && EcdsaSignature.isLowS(der);
        boolean valid = strict && CURVE.verifyEcdsa(der, hash, key);
        assertEquals(vector.get("result").asText().equals("valid"), valid, vector::toString);
        checked++;
      }
    }
    assertEquals(463, checked);
  }

  @Test
  void verifyEcdsa_highS_isTaken() {
    byte[] key = new byte[32];
    key[31] = 7;
    byte[] hash = Sha.sha256(new byte[] {1});
    byte[] low = CURVE.signEcdsa(hash, key);
    byte[] compact = EcdsaSignature.parseLax(low);
    assertTrue(EcdsaSignature.isLowS(low));
    byte[] high = der(negated(compact));
    assertFalse(EcdsaSignature.isLowS(high));
    assertTrue(CURVE.verifyEcdsa(high, hash, CURVE.publicKey(key)));
    assertTrue(CURVE.verifyEcdsa(low, hash, CURVE.publicKey(key)));
    assertFalse(CURVE.verifyEcdsa(low, Sha.sha256(hash), CURVE.publicKey(key)));
  }

  @Test
  void publicKey_ofZero_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> CURVE.publicKey(new byte[32]));
  }

  private static byte[] negated(byte[] compact) {
    byte[] out = compact.clone();
    java.math.BigInteger order =
        new java.math.BigInteger(
            "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
    byte[] s =
        order
            .subtract(new java.math.BigInteger(1, Arrays.copyOfRange(compact, 32, 64)))
            .toByteArray();
    Arrays.fill(out, 32, 64, (byte) 0);
    int skip = Math.max(0, s.length - 32);
    System.arraycopy(s, skip, out, 64 - (s.length - skip), s.length - skip);
    return out;
  }

  private static byte[] der(byte[] compact) {
    byte[] out = new byte[2 + 2 + 33 + 2 + 33];
    out[0] = 0x30;
    out[1] = (byte) (out.length - 2);
    out[2] = 2;
    out[3] = 33;
    System.arraycopy(compact, 0, out, 5, 32);
    out[37] = 2;
    out[38] = 33;
    System.arraycopy(compact, 32, out, 40, 32);
    return out;
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.toLowerCase(java.util.Locale.ROOT));
  }
}
