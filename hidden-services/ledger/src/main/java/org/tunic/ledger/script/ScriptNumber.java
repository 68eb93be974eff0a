package org.tunic.ledger.script;

import java.util.Arrays;

/**
 * Numbers on the stack: little-endian, the top bit of the last byte being the sign.
 *
 * <p>Threads: any, because it has no state.
 */
public final class ScriptNumber {
  /** The most bytes of an operand of arithmetic. */
  static final int OPERAND_BYTES = 4;

  /** The most bytes of a lock time. */
  static final int LOCK_TIME_BYTES = 5;

  private ScriptNumber() {}

  /** The shortest form of {@code value}; nothing for zero. */
  public static byte[] encode(long value) {
    if (value == 0) {
      return new byte[0];
    }
    long rest = Math.abs(value);
    byte[] out = new byte[9];
    int length = 0;
    for (; rest != 0; rest >>>= 8) {
      out[length++] = (byte) rest;
    }
    if (out[length - 1] < 0) {
      length++;
    }
    if (value < 0) {
      out[length - 1] |= (byte) 0x80;
    }
    return Arrays.copyOf(out, length);
  }

  static long decode(byte[] bytes, boolean minimal, int maxBytes) throws ScriptException {
    if (bytes.length > maxBytes || (minimal && !isMinimal(bytes))) {
      throw new ScriptException(ScriptError.SCRIPTNUM);
    }
    if (bytes.length == 0) {
      return 0;
    }
    long value = 0;
    for (int i = 0; i < bytes.length; i++) {
      value |= (bytes[i] & 0xffL) << (8 * i);
    }
    long sign = 0x80L << (8 * (bytes.length - 1));
    return (value & sign) == 0 ? value : -(value & ~sign);
  }

  private static boolean isMinimal(byte[] bytes) {
    int last = bytes.length - 1;
    return bytes.length == 0
        || (bytes[last] & 0x7f) != 0
        || (bytes.length > 1 && bytes[last - 1] < 0);
  }

  /** Whether a stack element counts as true: any bit but the sign of a zero. */
  static boolean isTrue(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != 0) {
        return i < bytes.length - 1 || bytes[i] != (byte) 0x80;
      }
    }
    return false;
  }
}
