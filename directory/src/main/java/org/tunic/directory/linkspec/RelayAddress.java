package org.tunic.directory.linkspec;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;

/**
 * A numeric IPv4 or IPv6 address with a port. Its {@code toString} is redacted.
 *
 * <p>Threads: immutable.
 *
 * @param ip 4 or 16 bytes
 * @param port 0 to 65535; 0 says "no such port" where a document allows it
 */
public record RelayAddress(Bytes ip, int port) {
  private static final int IPV4 = 4;
  private static final int IPV6 = 16;
  private static final int MAX_PORT = 65535;

  /**
   * Refuses other lengths and ports.
   *
   * @throws IllegalArgumentException for those; decoders check first
   */
  public RelayAddress {
    if (ip.length() != IPV4 && ip.length() != IPV6) {
      throw new IllegalArgumentException("an address has 4 or 16 bytes");
    }
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException("a port is 0 to 65535");
    }
  }

  /** Of a socket address with a numeric (resolved) address. */
  public static RelayAddress of(InetSocketAddress address) {
    return new RelayAddress(Bytes.copyOf(address.getAddress().getAddress()), address.getPort());
  }

  /**
   * Reads {@code 1.2.3.4:80} or {@code [2001:db8::1]:80}; empty if the text is anything else, a host
   * name in particular.
   */
  public static Optional<RelayAddress> parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    int port = port(text.substring(colon + 1));
    String host = text.substring(0, colon);
    Optional<Bytes> ip =
        host.length() > 2 && host.charAt(0) == '[' && host.endsWith("]")
            ? ipv6(host.substring(1, host.length() - 1))
            : ipv4(host);
    return port < 0 ? Optional.empty() : ip.map(bytes -> new RelayAddress(bytes, port));
  }

  /** The port in decimal digits, 0 to 65535; -1 if the text is none. */
  public static int port(String text) {
    if (text.isEmpty() || text.length() > 5) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return value <= MAX_PORT ? value : -1;
  }

  /** The four bytes of a dotted quad without leading zeros; empty if the text is none. */
  public static Optional<Bytes> ipv4(String text) {
    byte[] ip = new byte[IPV4];
    int at = 0;
    for (int i = 0; i < IPV4; i++) {
      int dot = i == IPV4 - 1 ? text.length() : text.indexOf('.', at);
      if (dot <= at || dot - at > 3 || (text.charAt(at) == '0' && dot - at > 1)) {
        return Optional.empty();
      }
      int value = port(text.substring(at, dot));
      if (value < 0 || value > 255) {
        return Optional.empty();
      }
      ip[i] = (byte) value;
      at = dot + 1;
    }
    return Optional.of(Bytes.copyOf(ip));
  }

  /**
   * The sixteen bytes of an IPv6 address as RFC 4291 writes it, without brackets or zone; empty if the
   * text is none.
   */
  public static Optional<Bytes> ipv6(String text) {
    int gap = text.indexOf("::");
    if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
      return Optional.empty();
    }
    byte[] head = new byte[IPV6];
    if (gap < 0) {
      return groups(text, head) == IPV6 ? Optional.of(Bytes.copyOf(head)) : Optional.empty();
    }
    byte[] tail = new byte[IPV6];
    int headLength = gap == 0 ? 0 : groups(text.substring(0, gap), head);
    int tailLength = gap + 2 == text.length() ? 0 : groups(text.substring(gap + 2), tail);
    boolean quadBeforeGap = text.lastIndexOf('.', gap) >= 0;
    if (headLength < 0 || tailLength < 0 || headLength + tailLength > IPV6 - 2 || quadBeforeGap) {
      return Optional.empty();
    }
    System.arraycopy(tail, 0, head, IPV6 - tailLength, tailLength);
    return Optional.of(Bytes.copyOf(head));
  }

  /** Reads groups of hex digits (the last may be a dotted quad); bytes written, or -1. */
  private static int groups(String text, byte[] into) {
    int length = 0;
    String[] parts = text.split(":", -1);
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i];
      if (i == parts.length - 1 && part.indexOf('.') >= 0) {
        Optional<Bytes> quad = ipv4(part);
        if (quad.isEmpty() || length > IPV6 - IPV4) {
          return -1;
        }
        quad.get().copyTo(into, length);
        return length + IPV4;
      }
      if (part.isEmpty() || part.length() > 4 || length > IPV6 - 2) {
        return -1;
      }
      int value = 0;
      for (int j = 0; j < part.length(); j++) {
        char c = part.charAt(j);
        int digit = c < 128 ? Character.digit(c, 16) : -1;
        if (digit < 0) {
          return -1;
        }
        value = value << 4 | digit;
      }
      into[length++] = (byte) (value >>> 8);
      into[length++] = (byte) value;
    }
    return length;
  }

  /** Whether the address is IPv4. */
  public boolean isIpv4() {
    return ip.length() == IPV4;
  }

  /** As a socket address; no name is looked up. */
  public InetSocketAddress socketAddress() {
    return new InetSocketAddress(inetAddress(), port);
  }

  /** The address alone; no name is looked up. */
  public InetAddress inetAddress() {
    try {
      return InetAddress.getByAddress(ip.toArray());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of 4 or 16 bytes is always accepted", e);
    }
  }

  /**
   * {@code 1.2.3.4:80} or {@code [2001:db8::1]:80}, for documents and configuration; never for a log at
   * info or above.
   */
  public String unredacted() {
    return text(inetAddress()) + ":" + port;
  }

  /** The address as documents write it, IPv6 in brackets and shortened as RFC 5952 asks. */
  public static String text(InetAddress address) {
    if (address instanceof Inet4Address) {
      return address.getHostAddress();
    }
    return "[" + ipv6Text(address.getAddress()) + "]";
  }

  private static String ipv6Text(byte[] ip) {
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = (ip[2 * i] & 0xff) << 8 | ip[2 * i + 1] & 0xff;
    }
    int gapStart = -1;
    int gapLength = 1;
    for (int i = 0; i < 8; i++) {
      int length = 0;
      while (i + length < 8 && groups[i + length] == 0) {
        length++;
      }
      if (length > gapLength) {
        gapStart = i;
        gapLength = length;
      }
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == gapStart) {
        out.append("::");
        i += gapLength - 1;
      } else {
        if (!out.isEmpty() && out.charAt(out.length() - 1) != ':') {
          out.append(':');
        }
        out.append(Integer.toHexString(groups[i]));
      }
    }
    return out.toString();
  }

  /** Redacted. */
  @Override
  public String toString() {
    return isIpv4() ? "[IPv4 address]" : "[IPv6 address]";
  }
}
