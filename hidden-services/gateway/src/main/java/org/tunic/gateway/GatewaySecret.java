package org.tunic.gateway;

import java.nio.charset.StandardCharsets;
import org.tunic.crypto.bytes.Base32;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.crypto.kdf.Hkdf;
import org.tunic.crypto.secret.SecretBytes;
import org.tunic.tracker.swarm.InfoHash;

/**
 * The one secret of a gateway, from which all its keys are derived with HKDF-SHA256:
 *
 * <pre>
 * key of a torrent's onion service   salt "tunic gateway onion key 1", info = info hash 20; 64 bytes,
 *                                    of which the first 32 are clamped as an Ed25519 scalar
 * token of the tracker port          salt "tunic gateway token 1", no info; 20 bytes
 * </pre>
 *
 * <p>So a torrent has the same onion address each time, two torrents have addresses that nobody can
 * connect, and no key need be kept.
 *
 * <p>Spec: RFC 5869. Threads: any, until closed by its owner.
 */
public final class GatewaySecret implements AutoCloseable {
  /** Bytes. */
  public static final int LENGTH = 32;

  private static final int TOKEN_BYTES = 20;
  private static final int EXPANDED_BYTES = 64;
  private static final int SCALAR_BYTES = 32;
  private static final byte[] ONION_SALT =
      "tunic gateway onion key 1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TOKEN_SALT =
      "tunic gateway token 1".getBytes(StandardCharsets.US_ASCII);

  private final SecretBytes secret;

  /**
   * @param secret 32 bytes, owned from here on
   */
  public GatewaySecret(SecretBytes secret) {
    if (secret.length() != LENGTH) {
      throw new IllegalArgumentException("a gateway's secret has 32 bytes");
    }
    this.secret = secret;
  }

  /** What the path of a tracker URL must carry: 32 lower-case characters. */
  public String token() {
    try (SecretBytes token = Hkdf.derive(TOKEN_SALT, secret.borrow(), new byte[0], TOKEN_BYTES)) {
      return Base32.encode(token.borrow());
    }
  }

  /** The key of the onion service of a torrent, for the caller to close. */
  public HsIdKeypair onionKey(InfoHash torrent) {
    try (SecretBytes expanded =
        Hkdf.derive(ONION_SALT, secret.borrow(), torrent.toArray(), EXPANDED_BYTES)) {
      byte[] key = expanded.borrow().clone();
      try {
        key[0] &= (byte) 0xf8;
        key[SCALAR_BYTES - 1] &= 0x3f;
        key[SCALAR_BYTES - 1] |= 0x40;
        return HsIdKeypair.fromExpanded(key);
      } finally {
        SecretBytes.wipe(key);
      }
    } catch (MalformedException e) {
      throw new IllegalStateException("64 bytes with a clamped scalar are a key", e);
    }
  }

  @Override
  public void close() {
    secret.close();
  }
}
