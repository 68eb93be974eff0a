package org.tunic.crypto.bytes;

import java.util.Arrays;
import org.tunic.crypto.secret.ConstantTime;

/**
 * An immutable string of bytes with value semantics: public keys, digests, certificates, onion
 * skins.
 *
 * <p>Always a copy of what it was made from, so it may stand in records and maps. Equality takes
 * the same time wherever two values of one length differ. Not for secrets: {@link #toString()}
 * hides the contents, but nothing wipes them.
 *
 * <p>Threads: immutable.
 */
public final class Bytes implements Comparable<Bytes> {
  /** The empty string. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] bytes;

  private Bytes(byte[] owned) {
    this.bytes = owned;
  }

  /** A copy of all of {@code source}. */
  public static Bytes copyOf(byte[] source) {
    return source.length == 0 ? EMPTY : new Bytes(source.clone());
  }

  /** A copy of {@code length} bytes of {@code source} from {@code offset}. */
  public static Bytes copyOf(byte[] source, int offset, int length) {
    return length == 0 ? EMPTY : new Bytes(Arrays.copyOfRange(source, offset, offset + length));
  }

  /** The concatenation of {@code parts} in order. */
  public static Bytes concat(Bytes... parts) {
    int length = 0;
    for (Bytes part : parts) {
      length += part.length();
    }
    byte[] all = new byte[length];
    int at = 0;
    for (Bytes part : parts) {
      part.copyTo(all, at);
      at += part.length();
    }
    return new Bytes(all);
  }

  /**
   * Reads hexadecimal digits of either case.
   *
   * @throws MalformedException if a character is no hexadecimal digit or their number is odd
   */
  public static Bytes fromHex(String hex) throws MalformedException {
    return new Bytes(Hex.decode(hex));
  }

  /** Number of bytes. */
  public int length() {
    return bytes.length;
  }

  /** The byte at {@code index}, 0 to 255. */
  public int at(int index) {
    return bytes[index] & 0xff;
  }

  /** A fresh copy. */
  public byte[] toArray() {
    return bytes.clone();
  }

  /** {@code length} bytes from {@code offset} as a value of their own. */
  public Bytes slice(int offset, int length) {
    return copyOf(bytes, offset, length);
  }

  /** Writes all bytes into {@code target} from {@code offset}. */
  public void copyTo(byte[] target, int offset) {
    System.arraycopy(bytes, 0, target, offset, bytes.length);
  }

  /** A reader over these bytes; no copy is made and none can be changed through it. */
  public ByteReader reader() {
    return new ByteReader(bytes);
  }

  /** Whether every byte is zero (true of the empty string). */
  public boolean isZero() {
    return ConstantTime.isZero(bytes);
  }

  /** Lower-case hexadecimal. */
  public String hex() {
    return Hex.encode(bytes);
  }

  /** Compares as strings of unsigned bytes, the order in which Tor sorts identities. */
  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && ConstantTime.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The length only. Contents show through {@link #hex()}, which can be searched for. */
  @Override
  public String toString() {
    return "Bytes[" + bytes.length + "]";
  }

  /** For writers of this room: the array itself, not to be changed or handed on. */
  byte[] shared() {
    return bytes;
  }
}
