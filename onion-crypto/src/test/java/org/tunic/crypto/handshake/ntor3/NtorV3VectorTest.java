package org.tunic.crypto.handshake.ntor3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.handshake.KeySeed;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.testing.SeededRandom;
import org.tunic.testing.Vectors;

/** ntor v3 with fixed keys, both ends: C tor's vector and circuit extensions. */
class NtorV3VectorTest {
  private static Stream<JsonNode> handshakes() {
    return Vectors.each(Vectors.json("tor-spec/ntor3.json"), "handshake");
  }

  private static NtorOnionKeypair keypair(JsonNode v, String role) throws Exception {
    NtorOnionKeypair keys = NtorOnionKeypair.fromSecret(Vectors.hex(v, role + "_secret"));
    assertArrayEquals(Vectors.hex(v, role + "_public"), keys.publicKey().bytes().toArray());
    return keys;
  }

  private static Bytes bytes(JsonNode v, String name) {
    return Bytes.copyOf(Vectors.hex(v, name));
  }

  private static void assertKeys(JsonNode v, KeySeed seed) {
    byte[] stream = Vectors.hex(v, "key_stream");
    assertArrayEquals(Arrays.copyOf(stream, 72), seed.keyMaterial().borrow());
    assertArrayEquals(Arrays.copyOfRange(stream, 72, 92), seed.circuitBinding().borrow());
  }

  @ParameterizedTest
  @MethodSource("handshakes")
  void client_vectorKeys_sendsSkinAndDerivesKeys(JsonNode v) throws Exception {
    var relay = Ed25519Identity.of(Vectors.hex(v, "relay_ed25519_id"));
    var onionKey = keypair(v, "relay_onion").publicKey();
    try (var client =
        NtorV3Client.begin(
            relay,
            onionKey,
            bytes(v, "client_message"),
            bytes(v, "verification"),
            keypair(v, "client"))) {
      assertArrayEquals(Vectors.hex(v, "create2_hdata"), client.onionSkin().toArray());
      try (var result = client.finish(Vectors.hex(v, "created2_hdata"))) {
        assertArrayEquals(Vectors.hex(v, "server_message"), result.message().toArray());
        assertKeys(v, result.keySeed());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("handshakes")
  void relay_vectorSkin_sendsReplyAndDerivesKeys(JsonNode v) throws Exception {
    var relay = Ed25519Identity.of(Vectors.hex(v, "relay_ed25519_id"));
    var random = new SeededRandom(1);
    var keys = List.of(NtorOnionKeypair.generate(random), keypair(v, "relay_onion"));
    try (var opened =
        NtorV3Relay.open(
            Vectors.hex(v, "create2_hdata"), relay, keys, bytes(v, "verification"), random)) {
      assertArrayEquals(Vectors.hex(v, "client_message"), opened.message().toArray());
      try (var answer = opened.answer(bytes(v, "server_message"), keypair(v, "relay_ephemeral"))) {
        assertArrayEquals(Vectors.hex(v, "created2_hdata"), answer.reply().toArray());
        assertKeys(v, answer.keySeed());
      }
    }
  }
}
