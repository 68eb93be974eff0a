package org.tunic.crypto.bytes;

import java.util.Base64;

/**
 * Base64 as Tor's documents use it: without padding in most items, with padding and in lines of 64
 * characters in objects.
 *
 * <p>Spec: dir-spec/netdoc (“base64 encoding”), RFC 4648 section 4
 *
 * <p>Threads: any, because it has no state.
 */
public final class Base64s {
  private static final int LINE_LENGTH = 64;

  private Base64s() {}

  /** One line, padded with {@code =}. */
  public static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** One line without padding. */
  public static String encodeUnpadded(byte[] bytes) {
    return Base64.getEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Padded, in lines of at most 64 characters, each ended by a newline; empty for no bytes. */
  public static String encodeLines(byte[] bytes) {
    String all = encode(bytes);
    StringBuilder lines = new StringBuilder(all.length() + all.length() / LINE_LENGTH + 1);
    for (int from = 0; from < all.length(); from += LINE_LENGTH) {
      lines.append(all, from, Math.min(all.length(), from + LINE_LENGTH)).append('\n');
    }
    return lines.toString();
  }

  /**
   * Reads one line, padded or not, as C tor does.
   *
   * @throws MalformedException at any other character, white space too, and at a wrong length
   */
  public static byte[] decode(String text) throws MalformedException {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("not base64");
    }
  }

  /**
   * Reads the body of an object: like {@link #decode}, with spaces, tabs and line ends anywhere.
   *
   * @throws MalformedException at any other character and at a wrong length
   */
  public static byte[] decodeLines(String text) throws MalformedException {
    StringBuilder packed = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\n' && c != '\r' && c != ' ' && c != '\t') {
        packed.append(c);
      }
    }
    return decode(packed.toString());
  }
}
