package org.tunic.crypto.identity;

import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;

/**
 * An Ed25519 public key as a name: the master identity key of a relay, or any key that signs.
 *
 * <p>Nothing says that the 32 bytes are a point of the curve; {@link
 * org.tunic.crypto.key.Ed25519#verify} finds out.
 *
 * <p>Spec: tor-spec/relay-keys#ed25519-keys
 *
 * <p>Threads: immutable.
 *
 * @param bytes the encoded point, 32 bytes
 */
public record Ed25519Identity(Bytes bytes) implements Comparable<Ed25519Identity> {
  /** Length in bytes. */
  public static final int LENGTH = 32;

  /**
   * Checks the length.
   *
   * @throws IllegalArgumentException if {@code bytes} is not 32 bytes long
   */
  public Ed25519Identity {
    if (bytes.length() != LENGTH) {
      throw new IllegalArgumentException("an Ed25519 identity has 32 bytes");
    }
  }

  /** Copies 32 bytes. */
  public static Ed25519Identity of(byte[] key) {
    return new Ed25519Identity(Bytes.copyOf(key));
  }

  /**
   * Reads base64, with or without padding, as in documents.
   *
   * @throws MalformedException if the text is anything else than base64 of 32 bytes
   */
  public static Ed25519Identity fromBase64(String text) throws MalformedException {
    byte[] key = Base64s.decode(text);
    if (key.length != LENGTH) {
      throw new MalformedException("an Ed25519 identity has 32 bytes");
    }
    return of(key);
  }

  /** Base64 without padding, 43 characters, as in documents. */
  public String base64() {
    return Base64s.encodeUnpadded(bytes.toArray());
  }

  @Override
  public int compareTo(Ed25519Identity other) {
    return bytes.compareTo(other.bytes);
  }

  /** {@code ed25519:} and the base64 form. Names a relay: for debug logs only. */
  @Override
  public String toString() {
    return "ed25519:" + base64();
  }
}
