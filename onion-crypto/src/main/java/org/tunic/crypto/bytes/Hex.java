package org.tunic.crypto.bytes;

import java.util.HexFormat;

/**
 * Hexadecimal: upper case for RSA identities and digests in documents, lower case elsewhere.
 *
 * <p>Threads: any, because it has no state.
 */
public final class Hex {
  private static final HexFormat LOWER = HexFormat.of();
  private static final HexFormat UPPER = HexFormat.of().withUpperCase();

  private Hex() {}

  /** Lower-case digits, two a byte. */
  public static String encode(byte[] bytes) {
    return LOWER.formatHex(bytes);
  }

  /** Upper-case digits, two a byte. */
  public static String encodeUpper(byte[] bytes) {
    return UPPER.formatHex(bytes);
  }

  /**
   * Reads digits of either case.
   *
   * @throws MalformedException if a character is no digit or their number is odd
   */
  public static byte[] decode(String text) throws MalformedException {
    if ((text.length() & 1) != 0) {
      throw new MalformedException("odd number of hexadecimal digits");
    }
    byte[] bytes = new byte[text.length() / 2];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) ((digit(text.charAt(2 * i)) << 4) | digit(text.charAt(2 * i + 1)));
    }
    return bytes;
  }

  private static int digit(char c) throws MalformedException {
    if (!HexFormat.isHexDigit(c)) {
      throw new MalformedException("not a hexadecimal digit");
    }
    return HexFormat.fromHexDigit(c);
  }
}
