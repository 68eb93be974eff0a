package org.tunic.router.stream.socks;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import org.tunic.directory.policy.IpLiteral;

/**
 * Where an application wants to go: a host name, never looked up here, or a numeric address.
 *
 * <p>Its {@code toString} shows nothing; {@link #unredacted()} is what goes into a BEGIN message.
 *
 * <p>Spec: socks-extensions. Threads: immutable.
 */
public sealed interface TargetHost {
  /** Characters: the longest host name taken, as in DNS. */
  int MAX_NAME_LENGTH = 255;

  /** A host name in lower case; an onion address is one too. */
  record Name(String unredacted) implements TargetHost {
    @Override
    public String toString() {
      return "[name]";
    }
  }

  /** An address given as a number. */
  record Literal(InetAddress address) implements TargetHost {
    /** Numeric text; IPv6 without brackets. */
    @Override
    public String unredacted() {
      return IpLiteral.format(address);
    }

    @Override
    public String toString() {
      return "[address]";
    }
  }

  /** The text for a BEGIN or RESOLVE message: lower-case name, or numeric address. */
  String unredacted();

  /** The host behind four or sixteen address bytes, network order. */
  static TargetHost ofAddress(byte[] address) {
    return new Literal(numeric(address));
  }

  /**
   * Takes a host as an application writes it: a name, an IPv4 address, or an IPv6 address with or
   * without brackets.
   *
   * @return empty if it is none of these; labels are letters, digits, {@code -} and {@code _}, not
   *     beginning with {@code -} or {@code _}, and one dot may end the name
   */
  static Optional<TargetHost> parse(String text) {
    if (text.isEmpty() || text.length() > MAX_NAME_LENGTH) {
      return Optional.empty();
    }
    String bare = text;
    boolean bracketed = text.charAt(0) == '[' && text.endsWith("]");
    if (bracketed) {
      bare = text.substring(1, text.length() - 1);
    }
    Optional<InetAddress> literal = IpLiteral.parseAddress(bare);
    if (literal.isPresent()) {
      return literal.map(Literal::new);
    }
    return !bracketed && isHostName(bare)
        ? Optional.of(new Name(bare.toLowerCase(Locale.ROOT)))
        : Optional.empty();
  }

  private static InetAddress numeric(byte[] address) {
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address has 4 or 16 bytes", e);
    }
  }

  private static boolean isHostName(String text) {
    int end = text.endsWith(".") ? text.length() - 1 : text.length();
    boolean labelStarts = true;
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      boolean alphanumeric = ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= '0' && c <= '9');
      if (c == '.' && !labelStarts) {
        labelStarts = true;
      } else if (alphanumeric || (!labelStarts && (c == '-' || c == '_'))) {
        labelStarts = false;
      } else {
        return false;
      }
    }
    return !labelStarts;
  }
}
