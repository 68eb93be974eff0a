package org.tunic.crypto.secret;

import java.util.Arrays;

/**
 * A secret string of bytes with one owner, who closes it.
 *
 * <p>Has no {@code toString}, {@code equals} or {@code hashCode} of its own and is no record on
 * purpose. Contents leave through {@link #borrow()} alone, so that uses can be searched for.
 *
 * <p>Threads: the owner's; hand over by a happens-before edge.
 */
public final class SecretBytes implements AutoCloseable {
  private final byte[] bytes;
  private boolean closed;

  private SecretBytes(byte[] owned) {
    this.bytes = owned;
  }

  /** Wraps {@code bytes} itself: the caller forgets the array, closing wipes it. */
  public static SecretBytes takeOwnership(byte[] bytes) {
    return new SecretBytes(bytes);
  }

  /** Copies {@code bytes}; the caller still has to wipe its own. */
  public static SecretBytes copyOf(byte[] bytes) {
    return new SecretBytes(bytes.clone());
  }

  /** Copies {@code length} bytes from {@code offset}; the caller still has to wipe its own. */
  public static SecretBytes copyOf(byte[] bytes, int offset, int length) {
    return new SecretBytes(Arrays.copyOfRange(bytes, offset, offset + length));
  }

  /** Number of bytes. */
  public int length() {
    return bytes.length;
  }

  /**
   * The array itself, for the time of one call: not to be kept, changed or wiped.
   *
   * @throws IllegalStateException after {@link #close()}
   */
  public byte[] borrow() {
    if (closed) {
      throw new IllegalStateException("secret used after it was wiped");
    }
    return bytes;
  }

  /** Another secret with the same contents and an owner of its own. */
  public SecretBytes copy() {
    return copyOf(borrow());
  }

  /** Compares without telling by time where they differ. */
  public boolean constantTimeEquals(SecretBytes other) {
    return ConstantTime.equals(borrow(), other.borrow());
  }

  /** Compares with public or foreign bytes without telling by time where they differ. */
  public boolean constantTimeEquals(byte[] other) {
    return ConstantTime.equals(borrow(), other);
  }

  /** Wipes the bytes. Closing twice is harmless. */
  @Override
  public void close() {
    Arrays.fill(bytes, (byte) 0);
    closed = true;
  }

  /** Wipes an array that never became a {@code SecretBytes}. */
  public static void wipe(byte[] bytes) {
    Arrays.fill(bytes, (byte) 0);
  }
}
