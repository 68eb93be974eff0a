package org.tunic.crypto.handshake.ntor3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.testing.SeededRandom;

class NtorV3Test {
  private static final Bytes PURPOSE =
      Bytes.copyOf("circuit extend".getBytes(StandardCharsets.US_ASCII));
  private static final Bytes HELLO = Bytes.copyOf(new byte[] {1, 1, 0});

  private final SeededRandom random = new SeededRandom(42);
  private final Ed25519Identity identity = Ed25519Identity.of(random.bytes(32));
  private final NtorOnionKeypair onionKey = NtorOnionKeypair.generate(random);
  private final NtorOnionKeypair previous = NtorOnionKeypair.generate(random);

  private NtorV3Client begin() {
    return NtorV3Client.begin(identity, onionKey.publicKey(), HELLO, PURPOSE, random);
  }

  private NtorV3Relay open(byte[] skin) throws HandshakeFailedException {
    return NtorV3Relay.open(skin, identity, List.of(onionKey, previous), PURPOSE, random);
  }

  @RepeatedTest(16)
  void bothEnds_anyKeysAndMessages_agree(RepetitionInfo run) throws Exception {
    SeededRandom mine = new SeededRandom(run.getCurrentRepetition());
    Bytes toRelay = Bytes.copyOf(mine.bytes(mine.nextInt(370)));
    Bytes toClient = Bytes.copyOf(mine.bytes(mine.nextInt(430)));
    try (var client = NtorV3Client.begin(identity, previous.publicKey(), toRelay, PURPOSE, mine);
        var opened = open(client.onionSkin().toArray())) {
      assertEquals(toRelay, opened.message(), mine::toString);
      assertEquals(128 + toRelay.length(), client.onionSkin().length());
      try (var answer = opened.answer(toClient, mine);
          var result = client.finish(answer.reply().toArray())) {
        assertEquals(64 + toClient.length(), answer.reply().length());
        assertEquals(toClient, result.message(), mine::toString);
        var ours = result.keySeed();
        var theirs = answer.keySeed();
        assertTrue(ours.keyMaterial().constantTimeEquals(theirs.keyMaterial()));
        assertTrue(ours.circuitBinding().constantTimeEquals(theirs.circuitBinding()));
      }
    }
  }

  @Test
  void open_anyBitOfTheSkinFlipped_fails() {
    byte[] skin = begin().onionSkin().toArray();
    for (int bit = 0; bit < 8 * skin.length; bit++) {
      byte[] changed = skin.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThrows(HandshakeFailedException.class, () -> open(changed), "bit " + bit);
    }
  }

  @Test
  void finish_anyBitOfTheReplyFlipped_fails() throws Exception {
    byte[] reply;
    var keys = NtorOnionKeypair.generate(random).secret().borrow().clone();
    try (var client = begin(keys);
        var opened = open(client.onionSkin().toArray());
        var answer = opened.answer(HELLO, random)) {
      reply = answer.reply().toArray();
    }
    try (var client = begin(keys)) {
      client.finish(reply).close();
    }
    for (int bit = 0; bit < 8 * reply.length; bit++) {
      byte[] changed = reply.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      try (var client = begin(keys)) {
        assertThrows(HandshakeFailedException.class, () -> client.finish(changed), "bit " + bit);
      }
    }
  }

  private NtorV3Client begin(byte[] ephemeral) throws Exception {
    return NtorV3Client.begin(
        identity, onionKey.publicKey(), HELLO, PURPOSE, NtorOnionKeypair.fromSecret(ephemeral));
  }

  @Test
  void open_skinOfAnyOtherLength_fails() {
    byte[] skin = begin().onionSkin().toArray();
    for (int length = 0; length < 506; length++) {
      byte[] cut = Arrays.copyOf(skin, length);
      if (length != skin.length) {
        assertThrows(HandshakeFailedException.class, () -> open(cut), "length " + length);
      }
    }
  }

  @Test
  void finish_replyOfAnyOtherLength_fails() throws Exception {
    var keys = NtorOnionKeypair.generate(random).secret().borrow().clone();
    byte[] reply;
    try (var client = begin(keys);
        var opened = open(client.onionSkin().toArray());
        var answer = opened.answer(HELLO, random)) {
      reply = answer.reply().toArray();
    }
    for (int length = 0; length < 508; length++) {
      byte[] cut = Arrays.copyOf(reply, length);
      if (length != reply.length) {
        try (var client = begin(keys)) {
          assertThrows(
              HandshakeFailedException.class, () -> client.finish(cut), "length " + length);
        }
      }
    }
  }

  @Test
  void open_forAnotherPurpose_fails() {
    byte[] skin = begin().onionSkin().toArray();
    assertThrows(
        HandshakeFailedException.class,
        () -> NtorV3Relay.open(skin, identity, List.of(onionKey), Bytes.EMPTY, random));
  }

  @Test
  void open_withoutThatOnionKey_fails() {
    byte[] skin = begin().onionSkin().toArray();
    assertThrows(
        HandshakeFailedException.class,
        () -> NtorV3Relay.open(skin, identity, List.of(previous), PURPOSE, random));
    assertThrows(
        HandshakeFailedException.class,
        () -> NtorV3Relay.open(skin, identity, List.of(), PURPOSE, random));
  }

  @Test
  void open_asAnotherIdentity_fails() {
    byte[] skin = begin().onionSkin().toArray();
    var other = Ed25519Identity.of(random.bytes(32));
    assertThrows(
        HandshakeFailedException.class,
        () -> NtorV3Relay.open(skin, other, List.of(onionKey), PURPOSE, random));
  }

  /** The MAC is right: only the check for zero is left. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
      })
  void bothEnds_keyOfSmallOrder_fails(String hex) throws Exception {
    NtorPublicKey point = NtorPublicKey.of(HexFormat.of().parseHex(hex));
    byte[] purpose = PURPOSE.toArray();
    byte[] skin;
    try (var phase =
        new NtorV3.PhaseOne(new byte[32], identity, onionKey.publicKey(), point, purpose)) {
      byte[] encrypted = phase.crypt(HELLO.toArray());
      skin =
          Bytes.concat(
                  identity.bytes(),
                  onionKey.publicKey().bytes(),
                  point.bytes(),
                  Bytes.copyOf(encrypted),
                  Bytes.copyOf(phase.mac(encrypted)))
              .toArray();
    }
    assertThrows(HandshakeFailedException.class, () -> open(skin));

    try (var client = NtorV3Client.begin(identity, point, HELLO, PURPOSE, random)) {
      byte[] sent = client.onionSkin().toArray();
      NtorPublicKey x = NtorPublicKey.of(Arrays.copyOfRange(sent, 64, 96));
      byte[] mac = Arrays.copyOfRange(sent, sent.length - 32, sent.length);
      byte[] reply;
      try (var phase =
          new NtorV3.PhaseTwo(
              new byte[32], new byte[32], identity, point, x, point, mac, purpose)) {
        reply = Bytes.concat(point.bytes(), Bytes.copyOf(phase.auth(new byte[0]))).toArray();
      }
      assertThrows(HandshakeFailedException.class, () -> client.finish(reply));
    }
  }

  @Test
  void secondUse_isABug() throws Exception {
    try (var client = begin();
        var opened = open(client.onionSkin().toArray());
        var answer = opened.answer(HELLO, random)) {
      byte[] reply = answer.reply().toArray();
      client.finish(reply).close();
      assertThrows(IllegalStateException.class, () -> client.finish(reply));
      assertThrows(IllegalStateException.class, () -> opened.answer(HELLO, random));
    }
  }
}
