package org.tunic.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.crypto.secret.SecretBytes;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.swarm.InfoHash;

class GatewaySecretTest {
  private static final int TORRENTS = 200;

  static GatewaySecret secret(long seed) {
    return new GatewaySecret(
        SecretBytes.takeOwnership(new SeededRandom(seed).bytes(GatewaySecret.LENGTH)));
  }

  private static HsId onion(GatewaySecret secret, byte[] infoHash) {
    try (HsIdKeypair key = secret.onionKey(InfoHash.at(infoHash, 0))) {
      return key.id();
    }
  }

  @Test
  void onionKey_ofEachTorrentAndSecret_isAnother_andAlwaysTheSame() {
    SeededRandom random = new SeededRandom(1);
    Set<HsId> seen = new HashSet<>();
    try (GatewaySecret one = secret(1);
        GatewaySecret other = secret(2)) {
      for (int i = 0; i < TORRENTS; i++) {
        byte[] torrent = random.bytes(InfoHash.LENGTH);
        seen.add(onion(one, torrent));
        seen.add(onion(other, torrent));
        assertEquals(onion(one, torrent), onion(one, torrent));
      }
    }
    assertEquals(2 * TORRENTS, seen.size());
  }

  @Test
  void onionKey_signs() {
    try (GatewaySecret secret = secret(3);
        HsIdKeypair key = secret.onionKey(InfoHash.at(new byte[20], 0))) {
      Bytes message = Bytes.copyOf(new byte[] {1, 2, 3});
      assertEquals(true, key.id().verify("test", message, key.sign("test", message)));
    }
  }

  @Test
  void token_hasThirtyTwoCharacters_andIsNoKey() {
    try (GatewaySecret secret = secret(4)) {
      assertEquals(32, secret.token().length());
      assertEquals(secret.token(), secret.token());
      assertEquals(false, secret.token().equals(secret(5).token()));
    }
  }

  @Test
  void constructor_withAnotherLength_refuses() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new GatewaySecret(SecretBytes.takeOwnership(new byte[31])));
  }
}
