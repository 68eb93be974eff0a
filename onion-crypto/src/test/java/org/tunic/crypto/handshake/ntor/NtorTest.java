package org.tunic.crypto.handshake.ntor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.testing.SeededRandom;

class NtorTest {
  private final SeededRandom random = new SeededRandom(42);
  private final RsaIdentity identity = RsaIdentity.of(random.bytes(20));
  private final NtorOnionKeypair onionKey = NtorOnionKeypair.generate(random);
  private final NtorOnionKeypair previous = NtorOnionKeypair.generate(random);

  private NtorClient begin() {
    return NtorClient.begin(identity, onionKey.publicKey(), random);
  }

  @RepeatedTest(8)
  void bothEnds_anyKeys_agree(RepetitionInfo run) throws Exception {
    SeededRandom mine = new SeededRandom(run.getCurrentRepetition());
    try (var client = NtorClient.begin(identity, previous.publicKey(), mine);
        var answer =
            NtorRelay.answer(
                client.onionSkin().toArray(), identity, List.of(onionKey, previous), mine);
        var seed = client.finish(answer.reply().toArray())) {
      assertEquals(64, answer.reply().length());
      assertTrue(seed.keyMaterial().constantTimeEquals(answer.keySeed().keyMaterial()));
      assertTrue(seed.circuitBinding().constantTimeEquals(answer.keySeed().circuitBinding()));
    }
  }

  @Test
  void onionSkin_has84Bytes() {
    assertEquals(84, begin().onionSkin().length());
  }

  @Test
  void answer_toAnotherIdentity_fails() {
    byte[] skin = begin().onionSkin().toArray();
    skin[3] ^= 1;
    assertThrows(
        HandshakeFailedException.class,
        () -> NtorRelay.answer(skin, identity, List.of(onionKey), random));
  }

  @Test
  void answer_toAnUnknownOnionKey_doesNotVerify() throws Exception {
    try (var client = begin();
        var answer =
            NtorRelay.answer(client.onionSkin().toArray(), identity, List.of(previous), random)) {
      byte[] reply = answer.reply().toArray();
      assertThrows(HandshakeFailedException.class, () -> client.finish(reply));
    }
  }

  @Test
  void answer_withoutAnyOnionKey_doesNotVerify() throws Exception {
    try (var client = begin();
        var answer = NtorRelay.answer(client.onionSkin().toArray(), identity, List.of(), random)) {
      byte[] reply = answer.reply().toArray();
      assertThrows(HandshakeFailedException.class, () -> client.finish(reply));
    }
  }

  @Test
  void finish_anyByteOfTheReplyChanged_fails() throws Exception {
    for (int i = 0; i < 64; i++) {
      try (var client = begin();
          var answer =
              NtorRelay.answer(client.onionSkin().toArray(), identity, List.of(onionKey), random)) {
        byte[] reply = answer.reply().toArray();
        reply[i] ^= 4;
        assertThrows(HandshakeFailedException.class, () -> client.finish(reply), "byte " + i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 63, 65, 505})
  void finish_replyOfAnotherLength_fails(int length) {
    try (var client = begin()) {
      assertThrows(HandshakeFailedException.class, () -> client.finish(new byte[length]));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 83, 85})
  void answer_skinOfAnotherLength_fails(int length) {
    byte[] skin = Arrays.copyOf(begin().onionSkin().toArray(), length);
    assertThrows(
        HandshakeFailedException.class,
        () -> NtorRelay.answer(skin, identity, List.of(onionKey), random));
  }

  /** Points of small order: 0, 1 and two of order 8, and p, p + 1, which are 0 and 1 again. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
      })
  void bothEnds_keyOfSmallOrder_fails(String hex) throws Exception {
    byte[] point = HexFormat.of().parseHex(hex);
    byte[] skin = begin().onionSkin().toArray();
    System.arraycopy(point, 0, skin, 52, 32);
    assertThrows(
        HandshakeFailedException.class,
        () -> NtorRelay.answer(skin, identity, List.of(onionKey), random));

    // Both results are zero, so anybody can compute AUTH: only the check for zero is left.
    NtorPublicKey zero = NtorPublicKey.of(point);
    try (var client = NtorClient.begin(identity, zero, random)) {
      byte[] x = Arrays.copyOfRange(client.onionSkin().toArray(), 52, 84);
      byte[] reply = Arrays.copyOf(point, 64);
      try (var forged =
          Ntor.compute(new byte[32], new byte[32], identity, zero, NtorPublicKey.of(x), zero)) {
        System.arraycopy(forged.auth(), 0, reply, 32, 32);
      }
      assertThrows(HandshakeFailedException.class, () -> client.finish(reply));
    }
  }

  @Test
  void finish_twice_isABug() throws Exception {
    try (var client = begin();
        var answer =
            NtorRelay.answer(client.onionSkin().toArray(), identity, List.of(onionKey), random)) {
      byte[] reply = answer.reply().toArray();
      client.finish(reply).close();
      assertThrows(IllegalStateException.class, () -> client.finish(reply));
    }
  }
}
