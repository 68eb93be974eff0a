package org.tunic.index.account;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.concurrent.Semaphore;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.kdf.Argon2id;
import org.tunic.crypto.secret.ConstantTime;

/**
 * Hashes of passwords: Argon2id over 19 MiB, twice. Two at a time at most, so that guesses from
 * many circuits cost no more memory than that.
 *
 * <p>Spec: RFC 9106. Threads: any.
 */
public final class Passwords {
  /** Fewest characters of a password. */
  public static final int MIN_LENGTH = 12;

  /** Most characters. */
  public static final int MAX_LENGTH = 200;

  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final int MEMORY_KIB = 19 * 1024;
  private static final int PASSES = 2;
  private static final int AT_A_TIME = 2;

  private final SecureRandom random;
  private final Semaphore turns = new Semaphore(AT_A_TIME);

  /**
   * @param random for salts
   */
  public Passwords(SecureRandom random) {
    this.random = random;
  }

  /** A fresh salt, 16 bytes. */
  public Bytes salt() {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return Bytes.copyOf(salt);
  }

  /** The hash of a password, 32 bytes. Takes tens of milliseconds, and waits for its turn. */
  public Bytes hash(String password, Bytes salt) {
    turns.acquireUninterruptibly();
    try {
      return Bytes.copyOf(
          new Argon2id(salt.toArray(), MEMORY_KIB, PASSES)
              .derive(password.getBytes(StandardCharsets.UTF_8), HASH_BYTES));
    } finally {
      turns.release();
    }
  }

  /** Whether a password has this hash. */
  public boolean matches(String password, Bytes salt, Bytes hash) {
    return ConstantTime.equals(hash(password, salt).toArray(), hash.toArray());
  }
}
