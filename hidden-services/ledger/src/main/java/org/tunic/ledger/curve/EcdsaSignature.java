package org.tunic.ledger.curve;

import java.util.Arrays;
import org.tunic.crypto.bytes.Hex;
import org.tunic.crypto.bytes.MalformedException;

/**
 * ECDSA signatures as the chain knows them: DER in the strict form of BIP 66, and in the lax form
 * that blocks may hold where BIP 66 does not apply.
 *
 * <p>Threads: any, because it has no state.
 */
public final class EcdsaSignature {
  private static final int SCALAR = 32;
  private static final int SEQUENCE = 0x30;
  private static final int INTEGER = 0x02;
  private static final byte[] ORDER =
      constant("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
  private static final byte[] HALF_ORDER =
      constant("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

  private EcdsaSignature() {}

  private static byte[] constant(String hex) {
    try {
      return Hex.decode(hex);
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Whether {@code signature}, its last byte being the hash type, is DER as BIP 66 demands.
   *
   * <p>0x30, length, 0x02, length of R, R, 0x02, length of S, S, hash type; no byte more, no
   * integer negative or longer than it need be.
   */
  public static boolean isStrictDer(byte[] signature) {
    if (signature.length < 9 || signature.length > 73) {
      return false;
    }
    if (signature[0] != SEQUENCE || (signature[1] & 0xff) != signature.length - 3) {
      return false;
    }
    int lengthR = signature[3] & 0xff;
    if (5 + lengthR >= signature.length) {
      return false;
    }
    int lengthS = signature[5 + lengthR] & 0xff;
    if (lengthR + lengthS + 7 != signature.length) {
      return false;
    }
    return isShortestPositive(signature, 2, lengthR)
        && isShortestPositive(signature, 4 + lengthR, lengthS);
  }

  private static boolean isShortestPositive(byte[] der, int at, int length) {
    if (der[at] != INTEGER || length == 0 || der[at + 2] < 0) {
      return false;
    }
    return length == 1 || der[at + 2] != 0 || der[at + 3] < 0;
  }

  /** Whether S, of a signature that may be lax, is not above half the order (BIP 146). */
  public static boolean isLowS(byte[] signature) {
    byte[] compact = parseLax(signature);
    return compact.length == 2 * SCALAR
        && Arrays.compareUnsigned(compact, SCALAR, 2 * SCALAR, HALF_ORDER, 0, SCALAR) <= 0;
  }

  /** Turns a high S into its negative, which signs the same. */
  static void normalise(byte[] compact) {
    if (Arrays.compareUnsigned(compact, SCALAR, 2 * SCALAR, HALF_ORDER, 0, SCALAR) <= 0) {
      return;
    }
    int borrow = 0;
    for (int i = SCALAR - 1; i >= 0; i--) {
      int difference = (ORDER[i] & 0xff) - (compact[SCALAR + i] & 0xff) - borrow;
      borrow = difference < 0 ? 1 : 0;
      compact[SCALAR + i] = (byte) difference;
    }
  }

  /**
   * Reads DER as old nodes did: lengths may be padded and wrong at the outside, integers padded,
   * bytes left over.
   *
   * @return R and S, both zero if one is not below the order; empty if it cannot be read
   */
  static byte[] parseLax(byte[] signature) {
    Cursor in = new Cursor(signature);
    byte[] compact = new byte[2 * SCALAR];
    if (in.next() != SEQUENCE || !in.skipLength()) {
      return new byte[0];
    }
    for (int i = 0; i < 2; i++) {
      if (in.next() != INTEGER) {
        return new byte[0];
      }
      int length = in.length();
      if (length < 0 || length > in.remaining()) {
        return new byte[0];
      }
      if (!in.integer(length, compact, i * SCALAR)) {
        // Too large: it is no signature of anything, but it was read.
        in.overflow = true;
      }
    }
    if (in.overflow || isAboveOrder(compact, 0) || isAboveOrder(compact, SCALAR)) {
      Arrays.fill(compact, (byte) 0);
    }
    return compact;
  }

  private static boolean isAboveOrder(byte[] compact, int at) {
    return Arrays.compareUnsigned(compact, at, at + SCALAR, ORDER, 0, SCALAR) >= 0;
  }

  private static final class Cursor {
    private final byte[] bytes;
    private int at;
    private boolean overflow;

    Cursor(byte[] bytes) {
      this.bytes = bytes;
    }

    int remaining() {
      return bytes.length - at;
    }

    /** -1 at the end. */
    int next() {
      return at < bytes.length ? bytes[at++] & 0xff : -1;
    }

    /** Steps over the length of the sequence, which nobody compares. */
    boolean skipLength() {
      int first = next();
      if (first < 0) {
        return false;
      }
      int more = (first & 0x80) == 0 ? 0 : first - 0x80;
      if (more > remaining()) {
        return false;
      }
      at += more;
      return true;
    }

    /** -1 if there is none or it takes more than three bytes. */
    int length() {
      int first = next();
      if (first < 0x80) {
        return first;
      }
      int more = first - 0x80;
      if (more > remaining()) {
        return -1;
      }
      while (more > 0 && bytes[at] == 0) {
        at++;
        more--;
      }
      if (more >= 4) {
        return -1;
      }
      int length = 0;
      for (; more > 0; more--) {
        length = length << 8 | next();
      }
      return length;
    }

    boolean integer(int length, byte[] target, int offset) {
      int from = at;
      int end = at + length;
      at = end;
      while (from < end && bytes[from] == 0) {
        from++;
      }
      if (end - from > SCALAR) {
        return false;
      }
      System.arraycopy(bytes, from, target, offset + SCALAR - (end - from), end - from);
      return true;
    }
  }
}
