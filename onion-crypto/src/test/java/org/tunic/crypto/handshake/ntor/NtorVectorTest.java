package org.tunic.crypto.handshake.ntor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.crypto.handshake.KeySeed;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.testing.SeededRandom;
import org.tunic.testing.Vectors;

/** ntor with fixed keys, both ends. */
class NtorVectorTest {
  private static Stream<JsonNode> handshakes() {
    return Vectors.each(Vectors.json("tor-spec/ntor.json"), "handshake");
  }

  private static NtorOnionKeypair keypair(JsonNode v, String role) throws Exception {
    NtorOnionKeypair keys = NtorOnionKeypair.fromSecret(Vectors.hex(v, role + "_secret"));
    assertArrayEquals(Vectors.hex(v, role + "_public"), keys.publicKey().bytes().toArray());
    return keys;
  }

  private static void assertKeys(JsonNode v, KeySeed seed) {
    byte[] material = Vectors.hex(v, "key_material_92");
    assertArrayEquals(Arrays.copyOf(material, 72), seed.keyMaterial().borrow());
    assertArrayEquals(Vectors.hex(v.required("split"), "KH"), seed.circuitBinding().borrow());
    assertArrayEquals(
        Vectors.hex(v.required("split"), "Df"), Arrays.copyOf(seed.keyMaterial().borrow(), 20));
  }

  @ParameterizedTest
  @MethodSource("handshakes")
  void client_vectorKeys_sendsSkinAndDerivesKeys(JsonNode v) throws Exception {
    var relay = RsaIdentity.of(Vectors.hex(v, "node_id"));
    var onionKey = keypair(v, "relay_onion").publicKey();
    try (var client = NtorClient.begin(relay, onionKey, keypair(v, "client"))) {
      assertArrayEquals(Vectors.hex(v, "create2_hdata"), client.onionSkin().toArray());
      try (var seed = client.finish(Vectors.hex(v, "created2_hdata"))) {
        assertKeys(v, seed);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("handshakes")
  void relay_vectorSkin_sendsReplyAndDerivesKeys(JsonNode v) throws Exception {
    var relay = RsaIdentity.of(Vectors.hex(v, "node_id"));
    var other = NtorOnionKeypair.generate(new SeededRandom(1));
    var keys = List.of(other, keypair(v, "relay_onion"));
    try (var answer =
        NtorRelay.answer(
            Vectors.hex(v, "create2_hdata"), relay, keys, keypair(v, "relay_ephemeral"), other)) {
      assertArrayEquals(Vectors.hex(v, "created2_hdata"), answer.reply().toArray());
      assertKeys(v, answer.keySeed());
    }
  }
}
