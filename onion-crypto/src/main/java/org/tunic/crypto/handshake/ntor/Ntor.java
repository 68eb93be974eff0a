package org.tunic.crypto.handshake.ntor;

import java.nio.charset.StandardCharsets;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.handshake.KeySeed;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.kdf.Hkdf;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.crypto.secret.SecretBytes;

/**
 * What both ends of ntor compute from the two Diffie–Hellman results.
 *
 * <pre>
 * secret_input = EXP(Y,x) | EXP(B,x) | ID | B | X | Y | PROTOID
 * KEY_SEED     = H(secret_input, t_key)      verify = H(secret_input, t_verify)
 * auth_input   = verify | ID | B | Y | X | PROTOID | "Server"
 * AUTH         = H(auth_input, t_mac)        K = HKDF-Expand(KEY_SEED, m_expand)
 * </pre>
 *
 * <p>H(message, label) is HMAC-SHA256 with the label as its key.
 *
 * <p>Threads: any, because it has no state.
 */
final class Ntor {
  /** Bytes of the onion skin: ID | B | X. */
  static final int ONION_SKIN_LENGTH = RsaIdentity.LENGTH + 2 * NtorPublicKey.LENGTH;

  /** Bytes of AUTH. */
  static final int AUTH_LENGTH = 32;

  /** Bytes of the reply: Y | AUTH. */
  static final int REPLY_LENGTH = NtorPublicKey.LENGTH + AUTH_LENGTH;

  private static final String PROTOID = "ntor-curve25519-sha256-1";
  private static final byte[] PROTOID_BYTES = ascii(PROTOID);
  private static final byte[] T_MAC = ascii(PROTOID + ":mac");
  private static final byte[] T_KEY = ascii(PROTOID + ":key_extract");
  private static final byte[] T_VERIFY = ascii(PROTOID + ":verify");
  private static final byte[] M_EXPAND = ascii(PROTOID + ":key_expand");
  private static final byte[] SERVER = ascii("Server");

  private Ntor() {}

  /** AUTH and the keys. */
  static final class Result implements AutoCloseable {
    private final byte[] auth;
    private final SecretBytes keyMaterial;

    private Result(byte[] auth, SecretBytes keyMaterial) {
      this.auth = auth;
      this.keyMaterial = keyMaterial;
    }

    byte[] auth() {
      return auth;
    }

    /** The keys. Call once: the material is consumed. */
    KeySeed keySeed() {
      return KeySeed.split(keyMaterial, false);
    }

    @Override
    public void close() {
      keyMaterial.close();
    }
  }

  /**
   * The formulas of the class comment.
   *
   * @param yx EXP(Y,x), 32 bytes
   * @param bx EXP(B,x), 32 bytes
   */
  static Result compute(
      byte[] yx, byte[] bx, RsaIdentity id, NtorPublicKey b, NtorPublicKey x, NtorPublicKey y) {
    byte[] secretInput =
        new ByteWriter(256)
            .bytes(yx)
            .bytes(bx)
            .bytes(id.bytes())
            .bytes(b.bytes())
            .bytes(x.bytes())
            .bytes(y.bytes())
            .bytes(PROTOID_BYTES)
            .toArray();
    byte[] verify = Hkdf.hmacSha256(T_VERIFY, secretInput);
    byte[] authInput =
        new ByteWriter(256)
            .bytes(verify)
            .bytes(id.bytes())
            .bytes(b.bytes())
            .bytes(y.bytes())
            .bytes(x.bytes())
            .bytes(PROTOID_BYTES)
            .bytes(SERVER)
            .toArray();
    try {
      return new Result(
          Hkdf.hmacSha256(T_MAC, authInput),
          Hkdf.derive(T_KEY, secretInput, M_EXPAND, KeySeed.NTOR_LENGTH));
    } finally {
      SecretBytes.wipe(secretInput);
      SecretBytes.wipe(verify);
      SecretBytes.wipe(authInput);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
