package org.tunic.crypto.hs;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.tunic.crypto.secret.SecretBytes;

/**
 * Order-preserving encryption of time, which gives a descriptor's revision counter: it grows even
 * when the service restarts without memory, and does not tell the service's clock.
 *
 * <p>The number n becomes the sum of the first n words of 16 bits (little-endian, each plus one) of
 * an AES-256-CTR key stream: at most 512 KiB of it, a fraction of a millisecond every hour or so,
 * which is why no intermediate sums are kept as C tor does.
 *
 * <p>Spec: rend-spec/revision-counter-mgt
 *
 * <p>Threads: immutable until closed by its owner.
 */
public final class RevisionCounters implements AutoCloseable {
  /** Greatest number of seconds that can be encrypted: three days. */
  public static final int MAX_SECONDS = 1 << 18;

  private static final byte[] ZEROS = new byte[4096];

  private final SecretBytes key;

  /** Takes ownership of a key of 32 bytes. */
  RevisionCounters(SecretBytes key) {
    this.key = key;
  }

  /**
   * The counter at {@code now} of a descriptor whose shared-random run began at {@code runStart}:
   * one more than the seconds between them, encrypted. A time before the run counts as its start,
   * one too late as {@link #MAX_SECONDS}.
   */
  public long at(Instant now, Instant runStart) {
    long seconds = Duration.between(runStart, now).toSeconds() + 1;
    return encrypt(Math.clamp(seconds, 1, MAX_SECONDS));
  }

  /** Encrypts 1 to {@link #MAX_SECONDS}. */
  long encrypt(int seconds) {
    if (seconds < 1 || seconds > MAX_SECONDS) {
      throw new IllegalArgumentException("out of the range of revision counters");
    }
    long sum = seconds;
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding", "SunJCE");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(key.borrow(), "AES"),
          new IvParameterSpec(new byte[16]));
      byte[] stream = new byte[ZEROS.length];
      for (int left = 2 * seconds; left > 0; left -= stream.length) {
        int length = cipher.update(ZEROS, 0, Math.min(left, ZEROS.length), stream, 0);
        for (int i = 0; i < length; i += 2) {
          sum += (stream[i] & 0xff) | (stream[i + 1] & 0xff) << 8;
        }
      }
      SecretBytes.wipe(stream);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has AES-CTR", e);
    }
    return sum;
  }

  /** Wipes the key. */
  @Override
  public void close() {
    key.close();
  }
}
