package org.tunic.crypto.handshake.ntor3;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.handshake.KeySeed;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.kdf.Shake;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.crypto.secret.SecretBytes;

/**
 * What both ends of ntor v3 compute.
 *
 * <pre>
 * phase 1: ENC_K1 | MAC_K1 = KDF(EXP(B,x) | ID | X | B | PROTOID | ENCAP(VER), t_msgkdf)
 *          MAC = MAC(MAC_K1, ID | B | X | ENC(ENC_K1, client message), t_msgmac)
 * phase 2: secret_input = EXP(Y,x) | EXP(B,x) | ID | B | X | Y | PROTOID | ENCAP(VER)
 *          ENC_KEY | K = KDF(H(secret_input, t_key_seed), t_final)
 *          auth_input = H(secret_input, t_verify) | ID | B | Y | X | MAC
 *                       | ENCAP(ENC(ENC_KEY, relay message)) | PROTOID | "Server"
 *          AUTH = H(auth_input, t_auth)
 * </pre>
 *
 * <p>H(s, t) is SHA3-256 and KDF(s, t) SHAKE-256 of ENCAP(t) | s; MAC(k, s, t) is SHA3-256 of
 * ENCAP(t) | ENCAP(k) | s; ENC is AES-256 in counter mode from zero; ENCAP puts the length before a
 * string, in eight bytes.
 *
 * <p>Threads: any, because it has no state.
 */
final class NtorV3 {
  /** Bytes of the onion skin before the encrypted message: ID | B | X. */
  static final int HEAD_LENGTH = Ed25519Identity.LENGTH + 2 * NtorPublicKey.LENGTH;

  /** Bytes of MAC and of AUTH. */
  static final int MAC_LENGTH = 32;

  private static final int KEY_LENGTH = 32;
  private static final String PROTOID = "ntor3-curve25519-sha3_256-1";
  private static final byte[] PROTOID_BYTES = ascii(PROTOID);
  private static final byte[] T_MSGKDF = encap(ascii(PROTOID + ":kdf_phase1"));
  private static final byte[] T_MSGMAC = encap(ascii(PROTOID + ":msg_mac"));
  private static final byte[] T_KEY_SEED = encap(ascii(PROTOID + ":key_seed"));
  private static final byte[] T_VERIFY = encap(ascii(PROTOID + ":verify"));
  private static final byte[] T_FINAL = encap(ascii(PROTOID + ":kdf_final"));
  private static final byte[] T_AUTH = encap(ascii(PROTOID + ":auth_final"));
  private static final byte[] SERVER = ascii("Server");

  private NtorV3() {}

  /** The keys that protect the client's message. */
  static final class PhaseOne implements AutoCloseable {
    private final SecretBytes encKey;
    private final SecretBytes macKey;
    private final byte[] head;

    /**
     * @param bx EXP(B,x), 32 bytes
     * @param verification what both ends must know, so that the answer is for this purpose only
     */
    PhaseOne(byte[] bx, Ed25519Identity id, NtorPublicKey b, NtorPublicKey x, byte[] verification) {
      this.head =
          new ByteWriter(HEAD_LENGTH).bytes(id.bytes()).bytes(b.bytes()).bytes(x.bytes()).toArray();
      byte[] secretInput =
          new ByteWriter(256)
              .bytes(bx)
              .bytes(id.bytes())
              .bytes(x.bytes())
              .bytes(b.bytes())
              .bytes(PROTOID_BYTES)
              .bytes(encap(verification))
              .toArray();
      try (SecretBytes keys = Shake.derive(2 * KEY_LENGTH, T_MSGKDF, secretInput)) {
        this.encKey = SecretBytes.copyOf(keys.borrow(), 0, KEY_LENGTH);
        this.macKey = SecretBytes.copyOf(keys.borrow(), KEY_LENGTH, KEY_LENGTH);
      } finally {
        SecretBytes.wipe(secretInput);
      }
    }

    /** Encrypts or decrypts the client's message. */
    byte[] crypt(byte[] message) {
      return NtorV3.crypt(encKey, message);
    }

    /** MAC of the onion skin that holds this encrypted message. */
    byte[] mac(byte[] encrypted) {
      return Sha.sha3(T_MSGMAC, encap(macKey.borrow()), head, encrypted);
    }

    @Override
    public void close() {
      encKey.close();
      macKey.close();
    }
  }

  /** The keys of the circuit and what proves that the relay has them. */
  static final class PhaseTwo implements AutoCloseable {
    private final SecretBytes encKey;
    private final SecretBytes keyMaterial;
    private final SecretBytes authHead;

    /**
     * @param yx EXP(Y,x), 32 bytes
     * @param bx EXP(B,x), 32 bytes
     * @param mac the MAC of the onion skin
     */
    PhaseTwo(
        byte[] yx,
        byte[] bx,
        Ed25519Identity id,
        NtorPublicKey b,
        NtorPublicKey x,
        NtorPublicKey y,
        byte[] mac,
        byte[] verification) {
      byte[] secretInput =
          new ByteWriter(512)
              .bytes(yx)
              .bytes(bx)
              .bytes(id.bytes())
              .bytes(b.bytes())
              .bytes(x.bytes())
              .bytes(y.bytes())
              .bytes(PROTOID_BYTES)
              .bytes(encap(verification))
              .toArray();
      byte[] keySeed = Sha.sha3(T_KEY_SEED, secretInput);
      byte[] verify = Sha.sha3(T_VERIFY, secretInput);
      try (SecretBytes keys = Shake.derive(KEY_LENGTH + KeySeed.NTOR_LENGTH, T_FINAL, keySeed)) {
        this.encKey = SecretBytes.copyOf(keys.borrow(), 0, KEY_LENGTH);
        this.keyMaterial = SecretBytes.copyOf(keys.borrow(), KEY_LENGTH, KeySeed.NTOR_LENGTH);
        this.authHead =
            SecretBytes.takeOwnership(
                new ByteWriter(256)
                    .bytes(verify)
                    .bytes(id.bytes())
                    .bytes(b.bytes())
                    .bytes(y.bytes())
                    .bytes(x.bytes())
                    .bytes(mac)
                    .toArray());
      } finally {
        SecretBytes.wipe(secretInput);
        SecretBytes.wipe(keySeed);
        SecretBytes.wipe(verify);
      }
    }

    /** Encrypts or decrypts the relay's message. */
    byte[] crypt(byte[] message) {
      return NtorV3.crypt(encKey, message);
    }

    /** AUTH of a reply with this encrypted message. */
    byte[] auth(byte[] encrypted) {
      return Sha.sha3(T_AUTH, authHead.borrow(), encap(encrypted), PROTOID_BYTES, SERVER);
    }

    /** The keys. Call once: the material is consumed. */
    KeySeed keySeed() {
      return KeySeed.split(keyMaterial, false);
    }

    @Override
    public void close() {
      encKey.close();
      keyMaterial.close();
      authHead.close();
    }
  }

  private static byte[] crypt(SecretBytes key, byte[] message) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding", "SunJCE");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(key.borrow(), "AES"),
          new IvParameterSpec(new byte[16]));
      return cipher.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has AES-CTR", e);
    }
  }

  private static byte[] encap(byte[] string) {
    return new ByteWriter(8 + string.length).u64(string.length).bytes(string).toArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
