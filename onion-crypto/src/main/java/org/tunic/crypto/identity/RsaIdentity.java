package org.tunic.crypto.identity;

import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.Hex;
import org.tunic.crypto.bytes.MalformedException;

/**
 * The RSA identity of a relay or authority: SHA-1 of the PKCS#1 DER of its RSA identity key, 20
 * bytes.
 *
 * <p>Sorted as unsigned bytes, the order of votes and consensuses.
 *
 * <p>Spec: tor-spec/relay-keys#rsa-keys
 *
 * <p>Threads: immutable.
 *
 * @param bytes the digest, 20 bytes
 */
public record RsaIdentity(Bytes bytes) implements Comparable<RsaIdentity> {
  /** Length in bytes. */
  public static final int LENGTH = 20;

  /**
   * Checks the length.
   *
   * @throws IllegalArgumentException if {@code bytes} is not 20 bytes long
   */
  public RsaIdentity {
    if (bytes.length() != LENGTH) {
      throw new IllegalArgumentException("an RSA identity has 20 bytes");
    }
  }

  /** Copies 20 bytes. */
  public static RsaIdentity of(byte[] digest) {
    return new RsaIdentity(Bytes.copyOf(digest));
  }

  /**
   * Reads a fingerprint of 40 hexadecimal digits, without spaces or {@code $}.
   *
   * @throws MalformedException if the text is anything else
   */
  public static RsaIdentity fromHex(String fingerprint) throws MalformedException {
    if (fingerprint.length() != 2 * LENGTH) {
      throw new MalformedException("an RSA identity has 40 hexadecimal digits");
    }
    return new RsaIdentity(Bytes.fromHex(fingerprint));
  }

  /** The fingerprint: 40 upper-case hexadecimal digits. */
  public String hex() {
    return Hex.encodeUpper(bytes.toArray());
  }

  @Override
  public int compareTo(RsaIdentity other) {
    return bytes.compareTo(other.bytes);
  }

  /** {@code $} and the fingerprint. Names a relay: for debug logs only. */
  @Override
  public String toString() {
    return "$" + hex();
  }
}
