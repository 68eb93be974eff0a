package org.tunic.crypto.digest;

import org.bouncycastle.crypto.digests.RIPEMD160Digest;

/**
 * RIPEMD-160, which the JDK has not: the outer hash of the ledger's addresses. Tor does not use it.
 *
 * <p>Threads: any, because it has no state.
 */
public final class Ripemd160 {
  /** Length in bytes. */
  public static final int LENGTH = 20;

  private Ripemd160() {}

  /** The 20-byte digest of {@code message}. */
  public static byte[] of(byte[] message) {
    RIPEMD160Digest digest = new RIPEMD160Digest();
    digest.update(message, 0, message.length);
    byte[] out = new byte[LENGTH];
    digest.doFinal(out, 0);
    return out;
  }
}
