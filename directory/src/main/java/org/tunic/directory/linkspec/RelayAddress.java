package org.tunic.directory.linkspec;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.policy.IpLiteral;

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
   * Reads {@code 1.2.3.4:80} or {@code [2001:db8::1]:80}; empty if the text is anything else, a
   * host name in particular.
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

  /** The four bytes of a dotted quad; empty if the text is none. */
  public static Optional<Bytes> ipv4(String text) {
    return IpLiteral.parse(text).filter(ip -> ip.length == IPV4).map(Bytes::copyOf);
  }

  /** The sixteen bytes of an IPv6 address, without brackets or zone; empty if the text is none. */
  public static Optional<Bytes> ipv6(String text) {
    return IpLiteral.parse(text).filter(ip -> ip.length == IPV6).map(Bytes::copyOf);
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
   * {@code 1.2.3.4:80} or {@code [2001:db8::1]:80}, for documents and configuration; never for a
   * log at info or above.
   */
  public String unredacted() {
    return (isIpv4() ? ipText() : "[" + ipText() + "]") + ":" + port;
  }

  /** The address alone, without brackets: {@code 1.2.3.4} or {@code 2001:db8::1}. */
  public String ipText() {
    return IpLiteral.format(ip.toArray());
  }

  /** Redacted. */
  @Override
  public String toString() {
    return isIpv4() ? "[IPv4 address]" : "[IPv6 address]";
  }
}
