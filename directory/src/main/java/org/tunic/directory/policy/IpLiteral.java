package org.tunic.directory.policy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Numeric IPv4 and IPv6 addresses as text, read and written exactly as C tor's directory documents
 * do; never a name.
 *
 * <p>Spec: dir-spec/nonterminals-server-descriptors. Threads: immutable.
 */
public final class IpLiteral {
  private IpLiteral() {}

  /**
   * Four or sixteen bytes of an address without brackets, or empty if {@code text} is no numeric
   * address.
   */
  public static Optional<byte[]> parse(String text) {
    byte[] bytes = text.indexOf(':') >= 0 ? parseV6(text) : parseV4(text);
    return bytes.length == 0 ? Optional.empty() : Optional.of(bytes);
  }

  /**
   * Like {@link #parse}, as an address that has no name. A v4-mapped IPv6 literal becomes an IPv4
   * address, as the JDK does.
   */
  public static Optional<InetAddress> parseAddress(String text) {
    return parse(text).map(IpLiteral::address);
  }

  /** {@code 192.0.2.1} or {@code 2001:db8::1}, without brackets. */
  public static String format(InetAddress address) {
    return format(address.getAddress());
  }

  /** {@code 192.0.2.1} or {@code [2001:db8::1]}. */
  public static String formatBracketed(InetAddress address) {
    String text = format(address);
    return text.indexOf(':') >= 0 ? "[" + text + "]" : text;
  }

  /**
   * Writes four or sixteen bytes; in an IPv6 address the longest run (the first of equals) of at
   * least two zero words is shortened.
   */
  public static String format(byte[] bytes) {
    if (bytes.length == 4) {
      return dotted(bytes, 0);
    }
    int[] words = new int[8];
    for (int i = 0; i < 8; i++) {
      words[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
    }
    boolean leadingZero = (words[0] | words[1] | words[2] | words[3] | words[4]) == 0;
    if (leadingZero && words[5] == 0xffff) {
      return "::ffff:" + dotted(bytes, 12);
    }
    if (leadingZero && words[5] == 0 && words[6] != 0 && words[7] != 0) {
      return "::" + dotted(bytes, 12);
    }
    int gapAt = -1;
    int gapLength = 1;
    for (int i = 0; i < 8; i++) {
      int run = 0;
      while (i + run < 8 && words[i + run] == 0) {
        run++;
      }
      if (run > gapLength) {
        gapAt = i;
        gapLength = run;
      }
      i += run;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == gapAt) {
        out.append(i == 0 ? "::" : ":");
        i += gapLength - 1;
      } else {
        out.append(Integer.toHexString(words[i])).append(i < 7 ? ":" : "");
      }
    }
    return out.toString();
  }

  /**
   * Whether an address is private, local or unspecified, in C tor's sense (its {@code
   * tor_addr_is_internal}).
   */
  public static boolean isInternal(InetAddress address) {
    byte[] b = address.getAddress();
    if (b.length == 16) {
      int first = (b[0] & 0xff) << 8 | (b[1] & 0xff);
      boolean lowest = (b[15] & 0xfe) == 0;
      for (int i = 0; i < 15; i++) {
        lowest &= b[i] == 0;
      }
      return (first & 0xfe00) == 0xfc00
          || (first & 0xffc0) == 0xfe80
          || (first & 0xffc0) == 0xfec0
          || lowest;
    }
    int a = b[0] & 0xff;
    int c = b[1] & 0xff;
    return a == 10
        || a == 0
        || a == 127
        || (a == 100 && (c & 0xc0) == 64)
        || (a == 169 && c == 254)
        || (a == 172 && (c & 0xf0) == 16)
        || (a == 192 && c == 168);
  }

  static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e); // only for a length other than 4 and 16
    }
  }

  private static String dotted(byte[] bytes, int at) {
    return (bytes[at] & 0xff)
        + "."
        + (bytes[at + 1] & 0xff)
        + "."
        + (bytes[at + 2] & 0xff)
        + "."
        + (bytes[at + 3] & 0xff);
  }

  private static final byte[] NONE = {};

  private static byte[] parseV4(String text) {
    byte[] out = new byte[4];
    int at = 0;
    for (int i = 0; i < 4; i++) {
      int start = at;
      int value = 0;
      while (at < text.length() && at - start < 3 && isDigit(text.charAt(at))) {
        value = value * 10 + text.charAt(at++) - '0';
      }
      boolean separated =
          i == 3 ? at == text.length() : at < text.length() && text.charAt(at) == '.';
      if (at == start || value > 255 || !separated) {
        return NONE;
      }
      at++;
      out[i] = (byte) value;
    }
    return out;
  }

  private static byte[] parseV6(String text) {
    if (text.length() > 45) {
      return NONE;
    }
    int[] words = new int[8];
    int count = 0;
    int gapAt = -1;
    int at = 0;
    if (text.startsWith("::")) {
      gapAt = 0;
      at = 2;
    } else if (text.startsWith(":")) {
      return NONE;
    }
    while (at < text.length()) {
      int end = text.indexOf(':', at);
      end = end < 0 ? text.length() : end;
      String piece = text.substring(at, end);
      if (piece.indexOf('.') >= 0) {
        byte[] v4 = parseV4(piece);
        if (v4.length == 0 || end != text.length() || count > 6) {
          return NONE;
        }
        words[count++] = (v4[0] & 0xff) << 8 | (v4[1] & 0xff);
        words[count++] = (v4[2] & 0xff) << 8 | (v4[3] & 0xff);
        break;
      }
      if (piece.isEmpty() || piece.length() > 4 || count == 8) {
        return NONE;
      }
      int value = 0;
      for (int i = 0; i < piece.length(); i++) {
        int digit = piece.charAt(i) < 128 ? Character.digit(piece.charAt(i), 16) : -1;
        if (digit < 0) {
          return NONE;
        }
        value = value << 4 | digit;
      }
      words[count++] = value;
      if (end == text.length()) {
        break;
      }
      at = end + 1;
      if (at == text.length()) {
        return NONE; // a single colon at the end
      }
      if (text.charAt(at) == ':') {
        if (gapAt >= 0) {
          return NONE;
        }
        gapAt = count;
        at++;
      }
    }
    if (gapAt < 0 ? count != 8 : count > 7) {
      return NONE;
    }
    byte[] out = new byte[16];
    int shift = 8 - count;
    for (int i = 0; i < count; i++) {
      int to = gapAt >= 0 && i >= gapAt ? i + shift : i;
      out[2 * to] = (byte) (words[i] >> 8);
      out[2 * to + 1] = (byte) words[i];
    }
    return out;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
