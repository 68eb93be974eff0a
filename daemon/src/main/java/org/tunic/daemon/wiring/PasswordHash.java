package org.tunic.daemon.wiring;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import org.tunic.crypto.bytes.Hex;

/**
 * The salted hash of a control port password: RFC 2440's iterated and salted S2K with SHA-1.
 *
 * <p>Spec: control-spec (“AUTHENTICATE”), RFC 2440 section 3.6.1.3
 *
 * <p>Threads: any, because it has no state.
 */
final class PasswordHash {
  private static final int SALT_LENGTH = 8;

  /** Count indicator, which stands for {@link #HASHED_BYTES}. */
  private static final byte INDICATOR = 0x60;

  /** Length of salt and password, repeated, that goes into the hash. */
  private static final int HASHED_BYTES = 16 << (6 + 6);

  private PasswordHash() {}

  /** {@code 16:} and the upper-case digits of salt, indicator and hash. */
  static String of(String password, SecureRandom random) {
    byte[] salt = new byte[SALT_LENGTH];
    random.nextBytes(salt);
    byte[] hash = hash(password.getBytes(StandardCharsets.UTF_8), salt);
    return "16:"
        + Hex.encodeUpper(salt)
        + Hex.encodeUpper(new byte[] {INDICATOR})
        + Hex.encodeUpper(hash);
  }

  static byte[] hash(byte[] password, byte[] salt) {
    byte[] round = new byte[salt.length + password.length];
    System.arraycopy(salt, 0, round, 0, salt.length);
    System.arraycopy(password, 0, round, salt.length, password.length);
    MessageDigest sha1;
    try {
      sha1 = MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has SHA-1", e);
    }
    for (int left = Math.max(HASHED_BYTES, round.length); left > 0; left -= round.length) {
      sha1.update(round, 0, Math.min(left, round.length));
    }
    return sha1.digest();
  }
}
