package org.tunic.crypto.key;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.testing.Vectors;

/** C tor's vectors of Ed25519: expansion, signatures, curve25519 equivalence, blinding. */
class Ed25519VectorTest {
  private static Stream<JsonNode> keys() {
    return Vectors.each(Vectors.json("cert-spec/ed25519.json"), "keys");
  }

  private static Stream<JsonNode> signatures() {
    return Vectors.each(Vectors.json("cert-spec/ed25519.json"), "sign");
  }

  @ParameterizedTest
  @MethodSource("keys")
  void fromSeed_vectorSeed_hasVectorKeys(JsonNode v) {
    try (var keys = Ed25519Keypair.fromSeed(Vectors.hex(v, "seed"))) {
      assertArrayEquals(Vectors.hex(v, "expanded_secret"), keys.expandedSecret().borrow());
      assertArrayEquals(Vectors.hex(v, "public"), keys.identity().bytes().toArray());
    }
  }

  @ParameterizedTest
  @MethodSource("keys")
  void sign_fromExpandedSecret_givesVectorSignature(JsonNode v) throws Exception {
    try (var keys = Ed25519Keypair.fromExpanded(Vectors.hex(v, "expanded_secret"))) {
      assertEquals(Ed25519Identity.of(Vectors.hex(v, "public")), keys.identity());
      byte[] message = Vectors.hex(v, "public");
      assertArrayEquals(Vectors.hex(v, "self_signature"), keys.sign(message));
      assertTrue(Ed25519.verify(keys.identity(), message, Vectors.hex(v, "self_signature")));
    }
  }

  @ParameterizedTest
  @MethodSource("signatures")
  void sign_vectorMessage_givesVectorSignature(JsonNode v) {
    byte[] message = Vectors.hex(v, "message");
    byte[] signature = Vectors.hex(v, "signature");
    try (var keys = Ed25519Keypair.fromSeed(Vectors.hex(v, "seed"))) {
      assertArrayEquals(Vectors.hex(v, "public"), keys.identity().bytes().toArray());
      assertArrayEquals(signature, keys.sign(message));
      assertTrue(Ed25519.verify(keys.identity(), message, signature));
      signature[40] ^= 1;
      assertFalse(Ed25519.verify(keys.identity(), message, signature));
    }
  }

  @ParameterizedTest
  @MethodSource("keys")
  void fromCurve25519_vectorKey_hasTheSameSignBitAndPoint(JsonNode v) throws Exception {
    byte[] scalar = Arrays.copyOf(Vectors.hex(v, "expanded_secret"), 32);
    Ed25519Identity expected = Ed25519Identity.of(Vectors.hex(v, "public"));
    try (var onionKey = NtorOnionKeypair.fromSecret(scalar);
        var keys = Ed25519Keypair.fromCurve25519(onionKey)) {
      assertArrayEquals(
          Vectors.hex(v, "curve25519_public"), onionKey.publicKey().bytes().toArray());
      assertEquals(expected, keys.identity());
      assertEquals(expected, Ed25519.fromCurve25519(onionKey.publicKey(), keys.signBit()));
      assertTrue(Ed25519.verify(expected, scalar, keys.sign(scalar)));
    }
  }

  @ParameterizedTest
  @MethodSource("keys")
  void multiply_blindingParameterByKey_givesBlindedKey(JsonNode v) {
    byte[] h = Vectors.hex(v, "blinding_param");
    Ed25519Keypair.clamp(h);
    h[31] &= 0x3f;
    h[31] |= 0x40;
    EdwardsPoint key = EdwardsPoint.decode(Vectors.hex(v, "public"));
    assertNotNull(key);
    assertArrayEquals(Vectors.hex(v, "blinded_public"), key.multiply(h).encode());
    byte[] scalar = Arrays.copyOf(Vectors.hex(v, "expanded_secret"), 32);
    byte[] blinded = EdwardsScalar.multiplyAdd(h, scalar, new byte[32]);
    assertArrayEquals(Arrays.copyOf(Vectors.hex(v, "blinded_secret"), 32), blinded);
    assertArrayEquals(
        Vectors.hex(v, "blinded_public"), EdwardsPoint.multiplyBase(blinded).encode());
  }
}
