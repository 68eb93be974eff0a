package org.tunic.directory.doc.hsdescriptor;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha3Mac;
import org.tunic.crypto.hs.DescriptorCookie;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.crypto.kdf.Shake;
import org.tunic.crypto.secret.ConstantTime;
import org.tunic.crypto.secret.SecretBytes;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.Item;

/**
 * The encryption of one layer.
 *
 * <pre>
 * blob = SALT 16 | AES-256-CTR(KEY, IV, plaintext) | MAC 32
 * KEY 32 | IV 16 | MAC_KEY 32 = SHAKE-256(SECRET_DATA | subcredential | INT_8(revision counter)
 *                                         | SALT | STRING_CONSTANT)
 * MAC = SHA3-256(INT_8(32) | MAC_KEY | INT_8(16) | SALT | encrypted)
 * </pre>
 *
 * <p>SECRET_DATA is the blinded key, in the inner layer of a service that authorises its clients
 * with the descriptor cookie behind it. The plaintext ends at its first NUL.
 *
 * <p>Spec: rend-spec/hsdesc-encrypt
 *
 * <p>Threads: immutable; borrows its cookie.
 */
final class HsDescriptorLayer {
  /** Plaintexts of the middle layer are padded to a multiple of this. */
  static final int PAD_MULTIPLE = 10_000;

  private static final int SALT_LENGTH = 16;
  private static final int KEY_LENGTH = 32;
  private static final int IV_LENGTH = 16;
  private static final byte[] MIDDLE_CONSTANT = ascii("hsdir-superencrypted-data");
  private static final byte[] INNER_CONSTANT = ascii("hsdir-encrypted-data");

  private final byte[] constant;
  private final HsBlindedId blinded;
  private final @Nullable DescriptorCookie cookie;
  private final Subcredential subcredential;
  private final long revisionCounter;

  private HsDescriptorLayer(
      byte[] constant,
      HsBlindedId blinded,
      @Nullable DescriptorCookie cookie,
      Subcredential subcredential,
      long revisionCounter) {
    this.constant = constant;
    this.blinded = blinded;
    this.cookie = cookie;
    this.subcredential = subcredential;
    this.revisionCounter = revisionCounter;
  }

  static HsDescriptorLayer middle(
      HsBlindedId blinded, Subcredential subcredential, long revisionCounter) {
    return new HsDescriptorLayer(MIDDLE_CONSTANT, blinded, null, subcredential, revisionCounter);
  }

  static HsDescriptorLayer inner(
      HsBlindedId blinded,
      @Nullable DescriptorCookie cookie,
      Subcredential subcredential,
      long revisionCounter) {
    return new HsDescriptorLayer(INNER_CONSTANT, blinded, cookie, subcredential, revisionCounter);
  }

  /** A blob long enough for salt, MAC and a byte between them. */
  static Bytes checkLength(Item item, byte[] blob) throws DocumentSyntaxException {
    if (blob.length <= SALT_LENGTH + Sha3Mac.LENGTH) {
      throw item.fault("encrypted data too short");
    }
    return Bytes.copyOf(blob);
  }

  /** The plaintext without its padding; empty if the MAC is wrong or nothing is left. */
  Optional<byte[]> decrypt(Bytes blob) {
    byte[] salt = blob.slice(0, SALT_LENGTH).toArray();
    int length = blob.length() - SALT_LENGTH - Sha3Mac.LENGTH;
    byte[] encrypted = blob.slice(SALT_LENGTH, length).toArray();
    byte[] mac = blob.slice(SALT_LENGTH + length, Sha3Mac.LENGTH).toArray();
    try (SecretBytes keys = keys(salt)) {
      if (!ConstantTime.equals(mac(keys, salt, encrypted), mac)) {
        return Optional.empty();
      }
      byte[] plain = crypt(keys, encrypted);
      int end = 0;
      while (end < plain.length && plain[end] != 0) {
        end++;
      }
      return end == 0 ? Optional.empty() : Optional.of(Arrays.copyOf(plain, end));
    }
  }

  Bytes encrypt(byte[] plain, SecureRandom random) {
    byte[] salt = new byte[SALT_LENGTH];
    random.nextBytes(salt);
    try (SecretBytes keys = keys(salt)) {
      byte[] encrypted = crypt(keys, plain);
      return new ByteWriter(SALT_LENGTH + encrypted.length + Sha3Mac.LENGTH)
          .bytes(salt)
          .bytes(encrypted)
          .bytes(mac(keys, salt, encrypted))
          .toBytes();
    }
  }

  /** The plaintext with NULs up to a multiple of {@link #PAD_MULTIPLE}. */
  static byte[] padded(byte[] plain) {
    return Arrays.copyOf(plain, Math.ceilDiv(plain.length, PAD_MULTIPLE) * PAD_MULTIPLE);
  }

  private SecretBytes keys(byte[] salt) {
    byte[] secret = cookie == null ? new byte[0] : cookie.bytes().borrow();
    return Shake.derive(
        KEY_LENGTH + IV_LENGTH + KEY_LENGTH,
        blinded.key().bytes().toArray(),
        secret,
        subcredential.bytes().toArray(),
        new ByteWriter(8).u64(revisionCounter).toArray(),
        salt,
        constant);
  }

  private static byte[] crypt(SecretBytes keys, byte[] data) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding", "SunJCE");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(keys.borrow(), 0, KEY_LENGTH, "AES"),
          new IvParameterSpec(keys.borrow(), KEY_LENGTH, IV_LENGTH));
      return cipher.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has AES-CTR", e);
    }
  }

  private static byte[] mac(SecretBytes keys, byte[] salt, byte[] encrypted) {
    try (SecretBytes macKey =
        SecretBytes.copyOf(keys.borrow(), KEY_LENGTH + IV_LENGTH, KEY_LENGTH)) {
      byte[] saltLength = new ByteWriter(8).u64(salt.length).toArray();
      return Sha3Mac.of(macKey.borrow(), saltLength, salt, encrypted);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
