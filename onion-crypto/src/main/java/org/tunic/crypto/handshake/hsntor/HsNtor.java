package org.tunic.crypto.handshake.hsntor;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha3Mac;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.crypto.kdf.Shake;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.crypto.relaycell.tor1.Tor1Keys;
import org.tunic.crypto.secret.SecretBytes;

/**
 * What both ends of hs-ntor compute from the Diffie–Hellman results.
 *
 * <pre>
 * introduce:  intro_secret = EXP(B,x) | AUTH_KEY | X | B | PROTOID
 *             ENC_KEY 32 | MAC_KEY 32 = SHAKE-256(intro_secret | t_hsenc | m_hsexpand | subcredential)
 *             sealed = X | AES-256-CTR(ENC_KEY, message) | MAC(MAC_KEY, clear part | all before it)
 * rendezvous: rend_secret   = EXP(Y,x) | EXP(B,x) | AUTH_KEY | B | X | Y | PROTOID
 *             NTOR_KEY_SEED = MAC(rend_secret, t_hsenc)     verify = MAC(rend_secret, t_hsverify)
 *             AUTH = MAC(verify | AUTH_KEY | B | Y | X | PROTOID | "Server", t_hsmac)
 *             Df Db Kf Kb = SHAKE-256(NTOR_KEY_SEED | m_hsexpand), 32 bytes each
 * </pre>
 *
 * <p>MAC(key, message) is {@link Sha3Mac}; what plays the key in the rendezvous part is the secret,
 * the label plays the message.
 *
 * <p>Threads: any, because it has no state.
 */
final class HsNtor {
  /** Bytes of AUTH and of a MAC. */
  static final int MAC_LENGTH = Sha3Mac.LENGTH;

  /** Bytes of the service's answer: Y | AUTH. */
  static final int HANDSHAKE_INFO_LENGTH = NtorPublicKey.LENGTH + MAC_LENGTH;

  private static final int KEY_LENGTH = 32;
  private static final String PROTOID = "tor-hs-ntor-curve25519-sha3-256-1";
  private static final byte[] PROTOID_BYTES = ascii(PROTOID);
  private static final byte[] T_HSENC = ascii(PROTOID + ":hs_key_extract");
  private static final byte[] T_HSVERIFY = ascii(PROTOID + ":hs_verify");
  private static final byte[] T_HSMAC = ascii(PROTOID + ":hs_mac");
  private static final byte[] M_HSEXPAND = ascii(PROTOID + ":hs_key_expand");
  private static final byte[] SERVER = ascii("Server");

  private HsNtor() {}

  /** The keys that protect the message of INTRODUCE1. */
  static final class IntroduceKeys implements AutoCloseable {
    private final SecretBytes encKey;
    private final SecretBytes macKey;

    /**
     * @param bx EXP(B,x), 32 bytes
     * @param x the client's ephemeral key
     */
    IntroduceKeys(byte[] bx, IntroPointKeys intro, NtorPublicKey x, Subcredential subcredential) {
      byte[] secret =
          new ByteWriter(192)
              .bytes(bx)
              .bytes(intro.authKey().bytes())
              .bytes(x.bytes())
              .bytes(intro.encKey().bytes())
              .bytes(PROTOID_BYTES)
              .toArray();
      byte[] context = subcredential.bytes().toArray();
      try (SecretBytes keys = Shake.derive(2 * KEY_LENGTH, secret, T_HSENC, M_HSEXPAND, context)) {
        this.encKey = SecretBytes.copyOf(keys.borrow(), 0, KEY_LENGTH);
        this.macKey = SecretBytes.copyOf(keys.borrow(), KEY_LENGTH, KEY_LENGTH);
      } finally {
        SecretBytes.wipe(secret);
      }
    }

    /** Encrypts or decrypts the message. */
    byte[] crypt(byte[] message) {
      try {
        Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding", "SunJCE");
        cipher.init(
            Cipher.ENCRYPT_MODE,
            new SecretKeySpec(encKey.borrow(), "AES"),
            new IvParameterSpec(new byte[16]));
        return cipher.doFinal(message);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the JDK has AES-CTR", e);
      }
    }

    /** MAC over the clear part of the message, X and the encrypted message. */
    byte[] mac(Bytes clearPart, NtorPublicKey x, byte[] encrypted) {
      return Sha3Mac.of(macKey.borrow(), clearPart.toArray(), x.bytes().toArray(), encrypted);
    }

    SecretBytes encKey() {
      return encKey;
    }

    SecretBytes macKey() {
      return macKey;
    }

    @Override
    public void close() {
      encKey.close();
      macKey.close();
    }
  }

  /** AUTH and the keys of the new hop. */
  static final class Rendezvous implements AutoCloseable {
    private final byte[] auth;
    private final SecretBytes keyMaterial;

    /**
     * @param yx EXP(Y,x), 32 bytes
     * @param bx EXP(B,x), 32 bytes
     * @param x the client's ephemeral key
     * @param y the service's ephemeral key
     */
    Rendezvous(byte[] yx, byte[] bx, IntroPointKeys intro, NtorPublicKey x, NtorPublicKey y) {
      byte[] secret =
          new ByteWriter(256)
              .bytes(yx)
              .bytes(bx)
              .bytes(intro.authKey().bytes())
              .bytes(intro.encKey().bytes())
              .bytes(x.bytes())
              .bytes(y.bytes())
              .bytes(PROTOID_BYTES)
              .toArray();
      byte[] seed = Sha3Mac.of(secret, T_HSENC);
      byte[] verify = Sha3Mac.of(secret, T_HSVERIFY);
      byte[] authInput =
          new ByteWriter(256)
              .bytes(verify)
              .bytes(intro.authKey().bytes())
              .bytes(intro.encKey().bytes())
              .bytes(y.bytes())
              .bytes(x.bytes())
              .bytes(PROTOID_BYTES)
              .bytes(SERVER)
              .toArray();
      try {
        this.auth = Sha3Mac.of(authInput, T_HSMAC);
        this.keyMaterial = Shake.derive(Tor1Keys.HS_LENGTH, seed, M_HSEXPAND);
      } finally {
        SecretBytes.wipe(secret);
        SecretBytes.wipe(seed);
        SecretBytes.wipe(verify);
        SecretBytes.wipe(authInput);
      }
    }

    byte[] auth() {
      return auth;
    }

    /** The keys as the client sees them. */
    Tor1Keys clientKeys() {
      return Tor1Keys.ofHsHop(keyMaterial.borrow());
    }

    SecretBytes keyMaterial() {
      return keyMaterial;
    }

    @Override
    public void close() {
      keyMaterial.close();
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
