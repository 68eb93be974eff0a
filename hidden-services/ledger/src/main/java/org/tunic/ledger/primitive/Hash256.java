package org.tunic.ledger.primitive;

import java.security.MessageDigest;
import java.util.Arrays;
import org.tunic.crypto.bytes.Hex;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.digest.Sha;

/**
 * A 32-byte hash that names a transaction, a block or a node of a merkle tree.
 *
 * <p>Shown to people with its bytes reversed, because it is compared with a target as a
 * little-endian number.
 *
 * <p>Threads: immutable.
 */
public final class Hash256 implements Comparable<Hash256> {
  /** Length in bytes. */
  public static final int LENGTH = 32;

  /** Thirty-two zero bytes: the block before the first, the transaction a coinbase spends. */
  public static final Hash256 ZERO = new Hash256(new byte[LENGTH]);

  private final byte[] bytes;

  /** Takes an array of 32 bytes over. */
  Hash256(byte[] owned) {
    this.bytes = owned;
  }

  /** A copy of 32 bytes of {@code source} from {@code offset}. */
  public static Hash256 copyOf(byte[] source, int offset) {
    return new Hash256(Arrays.copyOfRange(source, offset, offset + LENGTH));
  }

  /** A copy of {@code source}, which has 32 bytes. */
  public static Hash256 copyOf(byte[] source) {
    if (source.length != LENGTH) {
      throw new IllegalArgumentException("a hash has 32 bytes");
    }
    return new Hash256(source.clone());
  }

  /**
   * Reads the form shown to people: 64 hexadecimal digits, the last byte first.
   *
   * @throws MalformedException if it is anything else
   */
  public static Hash256 fromDisplay(String text) throws MalformedException {
    if (text.length() != 2 * LENGTH) {
      throw new MalformedException("a hash has 64 digits");
    }
    return new Hash256(reversed(Hex.decode(text)));
  }

  /** Double SHA-256 of {@code length} bytes of {@code source} from {@code offset}. */
  public static Hash256 sha256d(byte[] source, int offset, int length) {
    MessageDigest digest = Sha.newSha256();
    digest.update(source, offset, length);
    byte[] once = digest.digest();
    return new Hash256(digest.digest(once));
  }

  /** Double SHA-256. */
  public static Hash256 sha256d(byte[] source) {
    return sha256d(source, 0, source.length);
  }

  /** Double SHA-256 of one hash after another: a node of a merkle tree. */
  public static Hash256 pair(Hash256 left, Hash256 right) {
    MessageDigest digest = Sha.newSha256();
    digest.update(left.bytes);
    digest.update(right.bytes);
    byte[] once = digest.digest();
    return new Hash256(digest.digest(once));
  }

  static byte[] sha256(byte[] source, int offset, int length) {
    MessageDigest digest = Sha.newSha256();
    digest.update(source, offset, length);
    return digest.digest();
  }

  /** A fresh copy, in the order of the wire. */
  public byte[] toArray() {
    return bytes.clone();
  }

  /** Writes the 32 bytes into {@code target} from {@code offset}. */
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(bytes, 0, target, offset, LENGTH);
  }

  /** The byte at {@code index} in the order of the wire, 0 to 255. */
  public int at(int index) {
    return bytes[index] & 0xff;
  }

  /** Whether all bytes are zero. */
  public boolean isZero() {
    return equals(ZERO);
  }

  /** The form shown to people: 64 lower-case digits, the last byte first. */
  public String display() {
    return Hex.encode(reversed(bytes));
  }

  /** Compares as little-endian numbers, as with a target of the proof of work. */
  @Override
  public int compareTo(Hash256 other) {
    for (int i = LENGTH - 1; i >= 0; i--) {
      if (bytes[i] != other.bytes[i]) {
        return Integer.compare(bytes[i] & 0xff, other.bytes[i] & 0xff);
      }
    }
    return 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Hash256 that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    // Whoever can choose four bytes of a double SHA-256 has worked for it; the last bytes of a
    // block's hash are zero.
    return (bytes[0] & 0xff)
        | (bytes[1] & 0xff) << 8
        | (bytes[2] & 0xff) << 16
        | (bytes[3] & 0xff) << 24;
  }

  @Override
  public String toString() {
    return display();
  }

  private static byte[] reversed(byte[] source) {
    byte[] out = new byte[source.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = source[out.length - 1 - i];
    }
    return out;
  }
}
