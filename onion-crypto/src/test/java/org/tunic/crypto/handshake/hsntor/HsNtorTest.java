package org.tunic.crypto.handshake.hsntor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.crypto.relaycell.tor1.Tor1Keys;
import org.tunic.crypto.relaycell.tor1.Tor1OriginLayer;
import org.tunic.testing.SeededRandom;

/** Client and service together, and what each refuses. */
class HsNtorTest {
  private static final int BODY = 509;

  private final SeededRandom random = new SeededRandom(41);
  private final NtorOnionKeypair encKey = NtorOnionKeypair.generate(random);
  private final Ed25519Identity authKey = Ed25519Identity.of(random.bytes(32));
  private final Subcredential subcredential = new Subcredential(Bytes.copyOf(random.bytes(32)));
  private final IntroPointKeys intro = new IntroPointKeys(authKey, encKey.publicKey());
  private final Bytes clear = Bytes.copyOf(random.bytes(56));
  private final Bytes message = Bytes.copyOf(random.bytes(180));

  private HsNtorService open(Bytes clearPart, Bytes sealed, Subcredential... accepted)
      throws HandshakeFailedException {
    return HsNtorService.open(authKey, encKey, List.of(accepted), clearPart, sealed);
  }

  private void assertRefused(Bytes clearPart, Bytes sealed) {
    assertThrows(
        HandshakeFailedException.class, () -> open(clearPart, sealed, subcredential).close());
  }

  private static Bytes flip(Bytes bytes, int index) {
    byte[] copy = bytes.toArray();
    copy[index] ^= 1;
    return Bytes.copyOf(copy);
  }

  @Test
  void handshake_bothEnds_cellsPassBothWays() throws Exception {
    try (var client = HsNtorClient.begin(intro, subcredential, random);
        var service = open(clear, client.seal(clear, message), subcredential);
        var answer = service.answer(random);
        Tor1Keys keys = client.finish(answer.handshakeInfo())) {
      assertEquals(message, service.message());
      var clientHop = new Tor1OriginLayer(keys);
      var serviceHop = new Tor1OriginLayer(answer.keys());
      assertPasses(clientHop, serviceHop);
      assertPasses(serviceHop, clientHop);
      // With the client's view at both ends nothing is recognised: the service must turn them.
      byte[] body = new byte[BODY];
      byte[] wire = new byte[BODY];
      new Tor1OriginLayer(keys).originate(body, 0, wire, 0);
      assertFalse(new Tor1OriginLayer(keys).backward(wire, 0, new byte[BODY], 0));
    }
  }

  private static void assertPasses(Tor1OriginLayer from, Tor1OriginLayer to) {
    byte[] body = new byte[BODY];
    body[0] = 2;
    byte[] wire = new byte[BODY];
    byte[] arrived = new byte[BODY];
    from.originate(body, 0, wire, 0);
    assertTrue(to.backward(wire, 0, arrived, 0));
    assertArrayEquals(body, arrived);
  }

  @Test
  void open_anyBitChanged_fails() throws Exception {
    try (var client = HsNtorClient.begin(intro, subcredential, random)) {
      Bytes sealed = client.seal(clear, message);
      open(clear, sealed, subcredential).close();
      for (int i = 0; i < sealed.length(); i += 7) {
        assertRefused(clear, flip(sealed, i));
      }
      assertRefused(flip(clear, 3), sealed);
      assertRefused(clear, sealed.slice(0, 63));
    }
  }

  @Test
  void open_ofSeveralSubcredentials_findsTheRightOne() throws Exception {
    var other = new Subcredential(Bytes.copyOf(random.bytes(32)));
    try (var client = HsNtorClient.begin(intro, subcredential, random)) {
      Bytes sealed = client.seal(clear, message);
      try (var service = open(clear, sealed, other, subcredential)) {
        assertEquals(message, service.message());
      }
      assertThrows(HandshakeFailedException.class, () -> open(clear, sealed, other).close());
    }
  }

  @Test
  void begin_withZeroKey_fails() {
    var zero = new IntroPointKeys(authKey, NtorPublicKey.of(new byte[32]));
    assertThrows(
        HandshakeFailedException.class,
        () -> HsNtorClient.begin(zero, subcredential, random).close());
  }

  @Test
  void finish_anyBitChanged_fails() throws Exception {
    for (int i = 0; i < 64; i += 9) {
      try (var client = HsNtorClient.begin(intro, subcredential, random);
          var service = open(clear, client.seal(clear, message), subcredential);
          var answer = service.answer(random)) {
        Bytes bad = flip(answer.handshakeInfo(), i);
        assertThrows(HandshakeFailedException.class, () -> client.finish(bad).close());
      }
    }
  }

  @Test
  void open_withZeroX_fails() throws Exception {
    // The MAC of an X of small order can be made by anybody: the check of zero must refuse it.
    var x = NtorPublicKey.of(new byte[32]);
    try (var keys = new HsNtor.IntroduceKeys(new byte[32], intro, x, subcredential)) {
      byte[] encrypted = keys.crypt(message.toArray());
      Bytes sealed =
          Bytes.concat(
              x.bytes(), Bytes.copyOf(encrypted), Bytes.copyOf(keys.mac(clear, x, encrypted)));
      assertRefused(clear, sealed);
    }
  }
}
