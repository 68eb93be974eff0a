package org.tunic.crypto.handshake.hsntor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.testing.Vectors;

/** hs-ntor with fixed keys, both ends. */
class HsNtorVectorTest {
  private static final Bytes CLEAR = Bytes.copyOf(new byte[] {1, 2, 3});
  private static final Bytes MESSAGE = Bytes.copyOf(new byte[100]);

  private static Stream<JsonNode> handshakes() {
    return Vectors.each(Vectors.json("rend-spec/hs-ntor.json"), "handshake");
  }

  private static NtorOnionKeypair keypair(JsonNode v, String role) throws Exception {
    NtorOnionKeypair keys = NtorOnionKeypair.fromSecret(Vectors.hex(v, role + "_secret"));
    assertArrayEquals(Vectors.hex(v, role + "_public"), keys.publicKey().bytes().toArray());
    return keys;
  }

  private static HsNtorClient client(JsonNode v) throws Exception {
    var intro =
        new IntroPointKeys(
            Ed25519Identity.of(Vectors.hex(v, "auth_key")), keypair(v, "intro_enc").publicKey());
    return HsNtorClient.begin(intro, subcredential(v), keypair(v, "client"));
  }

  private static Subcredential subcredential(JsonNode v) {
    return new Subcredential(Bytes.copyOf(Vectors.hex(v, "subcredential")));
  }

  private static HsNtorService open(JsonNode v, Bytes sealed) throws Exception {
    return HsNtorService.open(
        Ed25519Identity.of(Vectors.hex(v, "auth_key")),
        keypair(v, "intro_enc"),
        List.of(subcredential(v)),
        CLEAR,
        sealed);
  }

  @ParameterizedTest
  @MethodSource("handshakes")
  void client_vectorKeys_derivesIntroduceKeys(JsonNode v) throws Exception {
    try (var client = client(v)) {
      assertArrayEquals(Vectors.hex(v, "intro_enc_key"), client.keys().encKey().borrow());
      assertArrayEquals(Vectors.hex(v, "intro_mac_key"), client.keys().macKey().borrow());
      assertArrayEquals(
          Vectors.hex(v, "client_public"), client.seal(CLEAR, MESSAGE).slice(0, 32).toArray());
    }
  }

  @ParameterizedTest
  @MethodSource("handshakes")
  void service_vectorKeys_answersWithVectorInfo(JsonNode v) throws Exception {
    try (var client = client(v);
        var service = open(v, client.seal(CLEAR, MESSAGE));
        var answer = service.answer(keypair(v, "service_ephemeral"))) {
      assertEquals(MESSAGE, service.message());
      assertArrayEquals(
          Vectors.hex(v, "rendezvous1_handshake_info"), answer.handshakeInfo().toArray());
      client.finish(answer.handshakeInfo()).close();
    }
  }

  @ParameterizedTest
  @MethodSource("handshakes")
  void rendezvous_vectorKeys_derivesKeyMaterial(JsonNode v) throws Exception {
    var x = keypair(v, "client");
    var y = keypair(v, "service_ephemeral");
    var b = keypair(v, "intro_enc");
    var intro = new IntroPointKeys(Ed25519Identity.of(Vectors.hex(v, "auth_key")), b.publicKey());
    byte[] yx = x.agree(y.publicKey().bytes().toArray());
    byte[] bx = x.agree(b.publicKey().bytes().toArray());
    try (var result = new HsNtor.Rendezvous(yx, bx, intro, x.publicKey(), y.publicKey())) {
      assertArrayEquals(Vectors.hex(v, "auth_input_mac"), result.auth());
      assertArrayEquals(Vectors.hex(v, "rend_key_material_128"), result.keyMaterial().borrow());
    }
  }
}
