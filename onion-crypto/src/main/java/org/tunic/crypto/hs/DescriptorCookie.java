package org.tunic.crypto.hs;

import java.security.SecureRandom;
import org.tunic.crypto.secret.SecretBytes;

/**
 * The secret that opens the inner layer of a descriptor whose service authorises its clients: 16
 * bytes, new for each descriptor, handed to each client under a key of its own.
 *
 * <p>Spec: rend-spec/hsdesc-encrypt (“Client behavior”, “descriptor_cookie”)
 *
 * <p>Threads: immutable until closed by its owner.
 */
public final class DescriptorCookie implements AutoCloseable {
  /** Length in bytes. */
  public static final int LENGTH = 16;

  private final SecretBytes bytes;

  /** Takes ownership of 16 bytes. */
  DescriptorCookie(SecretBytes bytes) {
    if (bytes.length() != LENGTH) {
      throw new IllegalArgumentException("a descriptor cookie has 16 bytes");
    }
    this.bytes = bytes;
  }

  /** A new cookie. */
  public static DescriptorCookie generate(SecureRandom random) {
    byte[] cookie = new byte[LENGTH];
    random.nextBytes(cookie);
    return new DescriptorCookie(SecretBytes.takeOwnership(cookie));
  }

  /** The cookie itself. Borrowed: not to be kept. */
  public SecretBytes bytes() {
    return bytes;
  }

  /** Wipes the cookie. */
  @Override
  public void close() {
    bytes.close();
  }
}
