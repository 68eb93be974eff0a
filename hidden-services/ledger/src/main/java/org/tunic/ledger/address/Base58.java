package org.tunic.ledger.address;

import java.util.Arrays;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.digest.Sha;

/**
 * Bytes as digits to base 58, without and with a checksum of four bytes.
 *
 * <p>Threads: any, because it has no state.
 */
public final class Base58 {
  private static final String ALPHABET =
      "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  private static final int BASE = 58;
  private static final int CHECKSUM = 4;

  /** The work grows with the square of the length; nothing written this way is longer. */
  static final int MAX_CHARACTERS = 1024;

  private Base58() {}

  /** Digits for {@code bytes}; each leading zero byte is a leading 1. */
  public static String encode(byte[] bytes) {
    int zeros = 0;
    while (zeros < bytes.length && bytes[zeros] == 0) {
      zeros++;
    }
    byte[] digits = new byte[bytes.length * 138 / 100 + 1];
    int length = 0;
    for (int i = zeros; i < bytes.length; i++) {
      int carry = bytes[i] & 0xff;
      int used = 0;
      for (int at = digits.length - 1; (carry != 0 || used < length) && at >= 0; at--, used++) {
        carry += 256 * digits[at];
        digits[at] = (byte) (carry % BASE);
        carry /= BASE;
      }
      length = used;
    }
    StringBuilder text = new StringBuilder("1".repeat(zeros));
    for (int i = digits.length - length; i < digits.length; i++) {
      text.append(ALPHABET.charAt(digits[i]));
    }
    return text.toString();
  }

  /**
   * The bytes of {@code text}.
   *
   * @throws MalformedException if a character is no digit, or there are more than 1024
   */
  public static byte[] decode(String text) throws MalformedException {
    if (text.length() > MAX_CHARACTERS) {
      throw new MalformedException("base58 is too long");
    }
    int zeros = 0;
    while (zeros < text.length() && text.charAt(zeros) == '1') {
      zeros++;
    }
    byte[] bytes = new byte[text.length() * 733 / 1000 + 1];
    int length = 0;
    for (int i = zeros; i < text.length(); i++) {
      int carry = ALPHABET.indexOf(text.charAt(i));
      if (carry < 0) {
        throw new MalformedException("not a base58 digit");
      }
      int used = 0;
      for (int at = bytes.length - 1; (carry != 0 || used < length) && at >= 0; at--, used++) {
        carry += BASE * (bytes[at] & 0xff);
        bytes[at] = (byte) carry;
        carry >>>= 8;
      }
      length = used;
    }
    byte[] out = new byte[zeros + length];
    System.arraycopy(bytes, bytes.length - length, out, zeros, length);
    return out;
  }

  /** Digits for {@code bytes} and the checksum. */
  public static String encodeChecked(byte[] bytes) {
    byte[] all = Arrays.copyOf(bytes, bytes.length + CHECKSUM);
    System.arraycopy(checksum(bytes), 0, all, bytes.length, CHECKSUM);
    return encode(all);
  }

  /**
   * The bytes before the checksum.
   *
   * @throws MalformedException if it is no base58 or the checksum is wrong
   */
  public static byte[] decodeChecked(String text) throws MalformedException {
    byte[] all = decode(text);
    if (all.length < CHECKSUM) {
      throw new MalformedException("no checksum");
    }
    byte[] bytes = Arrays.copyOf(all, all.length - CHECKSUM);
    if (!Arrays.equals(all, bytes.length, all.length, checksum(bytes), 0, CHECKSUM)) {
      throw new MalformedException("wrong checksum");
    }
    return bytes;
  }

  private static byte[] checksum(byte[] bytes) {
    return Sha.sha256(Sha.sha256(bytes));
  }
}
