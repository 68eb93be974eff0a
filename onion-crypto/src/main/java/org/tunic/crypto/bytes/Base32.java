package org.tunic.crypto.bytes;

import java.util.Locale;

/**
 * Base32 without padding, lower case when written, either case when read: onion addresses, client
 * authorisation keys.
 *
 * <p>Spec: RFC 4648 section 6
 *
 * <p>Threads: any, because it has no state.
 */
public final class Base32 {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

  private Base32() {}

  /** Encodes without padding; the last character carries zero bits where the input ends early. */
  public static String encode(byte[] bytes) {
    StringBuilder text = new StringBuilder((bytes.length * 8 + 4) / 5);
    int bits = 0;
    int count = 0;
    for (byte b : bytes) {
      bits = ((bits << 8) | (b & 0xff)) & 0xfff;
      count += 8;
      while (count >= 5) {
        count -= 5;
        text.append(ALPHABET.charAt((bits >>> count) & 31));
      }
    }
    if (count > 0) {
      text.append(ALPHABET.charAt((bits << (5 - count)) & 31));
    }
    return text.toString();
  }

  /**
   * Decodes text without padding.
   *
   * @throws MalformedException at a character outside the alphabet, at a length that no byte string
   *     has, and when the unused bits of the last character are not zero
   */
  public static byte[] decode(String text) throws MalformedException {
    String lower = text.toLowerCase(Locale.ROOT);
    byte[] bytes = new byte[lower.length() * 5 / 8];
    int bits = 0;
    int count = 0;
    int at = 0;
    for (int i = 0; i < lower.length(); i++) {
      int value = ALPHABET.indexOf(lower.charAt(i));
      if (value < 0) {
        throw new MalformedException("not base32");
      }
      bits = ((bits << 5) | value) & 0xfff;
      count += 5;
      if (count >= 8) {
        count -= 8;
        bytes[at++] = (byte) (bits >>> count);
      }
    }
    if (count >= 5 || (bits & ((1 << count) - 1)) != 0) {
      throw new MalformedException("base32 text ends inside a byte");
    }
    return bytes;
  }
}
