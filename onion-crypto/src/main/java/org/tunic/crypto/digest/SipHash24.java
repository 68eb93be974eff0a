package org.tunic.crypto.digest;

import java.util.Arrays;
import org.bouncycastle.crypto.macs.SipHash;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * SipHash-2-4: short identifiers that nobody can make collide without the key.
 *
 * <p>Threads: one.
 */
public final class SipHash24 {
  /** Length of the key in bytes. */
  public static final int KEY_LENGTH = 16;

  private final SipHash hash = new SipHash(2, 4);

  /** Takes {@link #KEY_LENGTH} bytes of key. */
  public SipHash24(byte[] key) {
    hash.init(new KeyParameter(Arrays.copyOf(key, KEY_LENGTH)));
  }

  /** The 64 bits of {@code message}. */
  public long of(byte[] message) {
    hash.update(message, 0, message.length);
    return hash.doFinal();
  }
}
