package org.tunic.crypto.digest;

import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * The MAC of onion services: SHA3-256 of INT_8(length of the key) | key | message.
 *
 * <p>Spec: rend-spec/protocol-overview (“Cryptographic building blocks”)
 *
 * <p>Threads: any, because it has no state.
 */
public final class Sha3Mac {
  /** Length in bytes. */
  public static final int LENGTH = 32;

  private Sha3Mac() {}

  /** The MAC under {@code key} of the concatenation of {@code message}; the caller wipes both. */
  public static byte[] of(byte[] key, byte[]... message) {
    MessageDigest digest = Sha.newSha3();
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(key.length).array());
    digest.update(key);
    for (byte[] part : message) {
      digest.update(part);
    }
    return digest.digest();
  }
}
