package org.tunic.crypto.handshake.createfast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.testing.SeededRandom;
import org.tunic.testing.Vectors;

class CreateFastTest {
  private final SeededRandom random = new SeededRandom(3);

  @Test
  void derive_recordedSession_givesItsKeys() {
    JsonNode session = Vectors.json("tor-spec/live-create-fast-session.json").required("session");
    byte[] reply = Vectors.hex(session, "created_fast_body");
    try (var seed = CreateFast.derive(Vectors.hex(session, "create_fast_body"), reply)) {
      assertArrayEquals(Vectors.hex(session, "key_material_72"), seed.keyMaterial().borrow());
      assertArrayEquals(Arrays.copyOfRange(reply, 20, 40), seed.circuitBinding().borrow());
    }
  }

  @Test
  void bothEnds_paddedBodies_agree() throws Exception {
    try (var client = CreateFastClient.begin(random)) {
      byte[] cell = Arrays.copyOf(client.onionSkin().toArray(), 509);
      try (var answer = CreateFastRelay.answer(cell, random)) {
        assertEquals(40, answer.reply().length());
        try (var seed = client.finish(Arrays.copyOf(answer.reply().toArray(), 509))) {
          assertTrue(seed.keyMaterial().constantTimeEquals(answer.keySeed().keyMaterial()));
        }
      }
    }
  }

  @Test
  void finish_anyByteChanged_fails() throws Exception {
    for (int i = 0; i < 40; i++) {
      try (var client = CreateFastClient.begin(random);
          var answer = CreateFastRelay.answer(client.onionSkin().toArray(), random)) {
        byte[] reply = answer.reply().toArray();
        reply[i] ^= 0x10;
        assertThrows(HandshakeFailedException.class, () -> client.finish(reply), "byte " + i);
      }
    }
  }

  @Test
  void bothEnds_shortBodies_fail() {
    try (var client = CreateFastClient.begin(random)) {
      assertThrows(HandshakeFailedException.class, () -> client.finish(new byte[39]));
    }
    assertThrows(
        HandshakeFailedException.class, () -> CreateFastRelay.answer(new byte[19], random));
  }
}
