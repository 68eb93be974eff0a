package org.tunic.tracker.request;

import org.tunic.crypto.bytes.Bytes;

/**
 * The text behind the question mark, part by part, as BitTorrent clients write it: percent-encoded
 * bytes, hexadecimal of either case, everything else as it stands. A plus sign is a plus sign.
 *
 * <p>Spec: BEP 3, RFC 3986. Threads: any, because it has no state.
 */
final class QueryString {
  /** Characters of a query, and of a request line as a whole: none seen is longer than 500. */
  static final int MAX_LENGTH = 4096;

  private static final int BAD_ENCODING = -1;
  private static final int TOO_LONG = -2;

  /** What each character is worth as a hexadecimal digit; -1 for none. */
  private static final byte[] DIGITS = digits();

  private QueryString() {}

  private static byte[] digits() {
    byte[] digits = new byte['f' + 1];
    for (int c = 0; c < digits.length; c++) {
      digits[c] = (byte) Character.digit(c, 16);
    }
    return digits;
  }

  /** Where a part is handled. */
  interface Part {
    /**
     * @param at first character of the name in the query; a name that is percent-encoded is one
     *     nobody knows
     * @param length characters of the name
     * @param from first character of the value
     * @param to behind its last
     */
    void take(int at, int length, int from, int to) throws RequestException;
  }

  /** Hands over all parts in order. */
  static void forEach(String query, Part part) throws RequestException {
    if (query.length() > MAX_LENGTH) {
      throw new RequestException("request too long");
    }
    int at = 0;
    while (at < query.length()) {
      int end = query.indexOf('&', at);
      if (end < 0) {
        end = query.length();
      }
      int equals = query.indexOf('=', at);
      if (equals < 0 || equals > end) {
        equals = end;
      }
      if (equals > at) {
        part.take(at, equals - at, Math.min(equals + 1, end), end);
      }
      at = end + 1;
    }
  }

  /**
   * The bytes of a value.
   *
   * @throws RequestException if there are more than {@code most}, or a percent sign has no two
   *     digits behind it
   */
  static Bytes decode(String query, int from, int to, int most) throws RequestException {
    byte[] out = new byte[Math.min(most, to - from)];
    int length = decode(query, from, to, out);
    if (length == BAD_ENCODING) {
      throw new RequestException("bad percent-encoding");
    }
    if (length == TOO_LONG) {
      throw new RequestException("a parameter is too long");
    }
    return Bytes.copyOf(out, 0, length);
  }

  /** Exactly {@code length} bytes of a value. */
  static byte[] decodeExactly(String query, int from, int to, int length, String wrong)
      throws RequestException {
    byte[] out = new byte[length];
    if (decode(query, from, to, out) != length) {
      throw new RequestException(wrong);
    }
    return out;
  }

  /** Returns how many bytes there are, or what is wrong. */
  private static int decode(String query, int from, int to, byte[] out) {
    int length = 0;
    for (int i = from; i < to; i++) {
      int value = query.charAt(i);
      if (value == '%') {
        if (i + 2 >= to) {
          return BAD_ENCODING;
        }
        value = digit(query.charAt(i + 1)) << 4 | digit(query.charAt(i + 2));
        if (value < 0) {
          return BAD_ENCODING;
        }
        i += 2;
      }
      if (value > 0xff || length == out.length) {
        return TOO_LONG;
      }
      out[length++] = (byte) value;
    }
    return length;
  }

  private static int digit(char c) {
    return c < DIGITS.length ? DIGITS[c] : -1;
  }

  /** A decimal number; what is no number is {@code absent}, what is too large the largest. */
  static long number(String query, int from, int to, long absent) {
    long value = 0;
    for (int i = from; i < to; i++) {
      int digit = query.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return absent;
      }
      value = value > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : value * 10 + digit;
    }
    return from < to ? value : absent;
  }
}
