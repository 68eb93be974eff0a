package org.tunic.ledger.pow;

import java.math.BigInteger;
import java.util.Optional;
import org.tunic.ledger.primitive.Hash256;

/**
 * A target, the number that the hash of a header must not exceed, and its compact form.
 *
 * <p>The compact form has the number of bytes in its first byte and the first three bytes, the top
 * bit being a sign, in the rest. What is negative, zero or larger than 256 bits is no target.
 *
 * <p>Threads: immutable.
 *
 * @param value 1 to 2^256 - 1
 */
public record Target(BigInteger value) {
  private static final BigInteger HASHES = BigInteger.ONE.shiftLeft(256);
  private static final int SIGN = 0x80_0000;

  /** The target of {@code bits}; empty if they are none. */
  public static Optional<Target> ofBits(int bits) {
    int size = bits >>> 24;
    int word = bits & 0x7f_ffff;
    BigInteger mantissa = BigInteger.valueOf(word);
    BigInteger value =
        size <= 3 ? mantissa.shiftRight(8 * (3 - size)) : mantissa.shiftLeft(8 * (size - 3));
    boolean negative = word != 0 && (bits & SIGN) != 0;
    if (negative || value.signum() == 0 || value.bitLength() > 256) {
      return Optional.empty();
    }
    return Optional.of(new Target(value));
  }

  /** The compact form, which keeps at most 24 bits. */
  public int bits() {
    int size = (value.bitLength() + 7) / 8;
    int word =
        size <= 3
            ? value.intValue() << (8 * (3 - size))
            : value.shiftRight(8 * (size - 3)).intValue();
    if ((word & SIGN) != 0) {
      word >>>= 8;
      size++;
    }
    return size << 24 | word;
  }

  /** Hashes it takes to meet it, on average: what a block adds to the work of its chain. */
  public BigInteger work() {
    return HASHES.divide(value.add(BigInteger.ONE));
  }

  /** Whether {@code hash}, read as a little-endian number, does not exceed it. */
  public boolean isMetBy(Hash256 hash) {
    byte[] bigEndian = new byte[Hash256.LENGTH];
    for (int i = 0; i < bigEndian.length; i++) {
      bigEndian[i] = (byte) hash.at(bigEndian.length - 1 - i);
    }
    return new BigInteger(1, bigEndian).compareTo(value) <= 0;
  }
}
