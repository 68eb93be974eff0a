package org.tunic.tracker.request;

import java.util.Arrays;
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

  private QueryString() {}

  /** Where a part is handled. */
  interface Part {
    /**
     * @param name as written; a name that is percent-encoded is one nobody knows
     * @param from first character of the value in the query
     * @param to behind its last
     */
    void take(String name, int from, int to) throws RequestException;
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
        part.take(query.substring(at, equals), Math.min(equals + 1, end), end);
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
    int length = 0;
    for (int i = from; i < to; i++) {
      int value = query.charAt(i);
      if (value == '%') {
        if (i + 2 >= to) {
          throw new RequestException("bad percent-encoding");
        }
        int high = Character.digit(query.charAt(i + 1), 16);
        int low = Character.digit(query.charAt(i + 2), 16);
        if (high < 0 || low < 0 || query.charAt(i + 1) > 'f' || query.charAt(i + 2) > 'f') {
          throw new RequestException("bad percent-encoding");
        }
        value = high << 4 | low;
        i += 2;
      }
      if (value > 0xff || length == out.length) {
        throw new RequestException("a parameter is too long");
      }
      out[length++] = (byte) value;
    }
    return Bytes.copyOf(length == out.length ? out : Arrays.copyOf(out, length));
  }

  /** Exactly {@code length} bytes of a value. */
  static byte[] decodeExactly(String query, int from, int to, int length, String wrong)
      throws RequestException {
    Bytes bytes;
    try {
      bytes = decode(query, from, to, length);
    } catch (RequestException e) {
      throw new RequestException(wrong);
    }
    if (bytes.length() != length) {
      throw new RequestException(wrong);
    }
    return bytes.toArray();
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
