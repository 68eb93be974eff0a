package org.tunic.crypto.key;

import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * The public half of an ntor onion key: a curve25519 public key B, 32 bytes.
 *
 * <p>Spec: tor-spec/relay-keys, tor-spec/create-created-cells#ntor
 *
 * <p>Threads: immutable.
 *
 * @param bytes the u coordinate, 32 bytes, not checked further
 */
public record NtorPublicKey(Bytes bytes) {
  /** Length in bytes. */
  public static final int LENGTH = 32;

  /**
   * Checks the length.
   *
   * @throws IllegalArgumentException if {@code bytes} is not 32 bytes long
   */
  public NtorPublicKey {
    if (bytes.length() != LENGTH) {
      throw new IllegalArgumentException("an ntor onion key has 32 bytes");
    }
  }

  /** Copies 32 bytes. */
  public static NtorPublicKey of(byte[] key) {
    return new NtorPublicKey(Bytes.copyOf(key));
  }

  /**
   * Reads base64, with or without padding, as in {@code ntor-onion-key} lines.
   *
   * @throws MalformedException if the text is anything else than base64 of 32 bytes
   */
  public static NtorPublicKey fromBase64(String text) throws MalformedException {
    byte[] key = Base64s.decode(text);
    if (key.length != LENGTH) {
      throw new MalformedException("an ntor onion key has 32 bytes");
    }
    return of(key);
  }
}
