package org.tunic.router.cell;

import java.nio.charset.StandardCharsets;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;

/**
 * BEGIN: opens a stream to an address. {@code host ':' port 0 [flags:u32]}
 *
 * <p>Spec: tor-spec/opening-streams
 *
 * <p>Threads: immutable.
 *
 * @param host a host name, an IPv4 address or an IPv6 address without brackets, US-ASCII; empty to
 *     an onion service, which is the only host there
 * @param port 1 to 65535
 * @param flags {@link #IPV6_OK} and so on; 0 is left out on the wire
 */
public record Begin(String host, int port, long flags) implements RelayMessage {
  /** The client accepts IPv6 addresses. */
  public static final int IPV6_OK = 1;

  /** The client does not accept IPv4 addresses. */
  public static final int IPV4_NOT_OK = 2;

  /** The client prefers IPv6 addresses. */
  public static final int IPV6_PREFERRED = 4;

  /** Longest host that fits: 498 less colon, port, zero and flags. */
  public static final int MAX_HOST_LENGTH = RelayHeader.MAX_DATA - 11;

  /**
   * Checks what both sides rely on.
   *
   * @throws IllegalArgumentException if host or port cannot be written
   */
  public Begin {
    if (host.length() > MAX_HOST_LENGTH || port < 1 || port > 0xffff) {
      throw new IllegalArgumentException("host or port out of range");
    }
  }

  /** Reads a body. */
  public static Begin decode(ByteReader in) throws MalformedException {
    String target = terminated(in, false);
    long flags = in.remaining() >= 4 ? in.u32() : 0;
    int colon = target.lastIndexOf(':');
    if (colon < 0) {
      throw new MalformedException("BEGIN without a port");
    }
    int port = port(target.substring(colon + 1));
    String host = target.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
      if (host.isEmpty()) {
        throw new MalformedException("BEGIN with an empty address");
      }
    }
    if (host.length() > MAX_HOST_LENGTH) {
      throw new MalformedException("BEGIN with a long host");
    }
    return new Begin(host, port, flags);
  }

  /** Reads US-ASCII text up to a zero byte; where the body may end instead, {@code orEnd}. */
  static String terminated(ByteReader in, boolean orEnd) throws MalformedException {
    StringBuilder text = new StringBuilder();
    while (!orEnd || in.remaining() > 0) {
      int c = in.u8();
      if (c == 0) {
        break;
      }
      if (c <= ' ' || c > '~') {
        throw new MalformedException("host with a character that is not printable");
      }
      text.append((char) c);
    }
    return text.toString();
  }

  private static int port(String digits) throws MalformedException {
    if (digits.isEmpty() || digits.length() > 5) {
      throw new MalformedException("port out of range");
    }
    int port = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        throw new MalformedException("port is not a number");
      }
      port = 10 * port + digit;
    }
    if (port == 0 || port > 0xffff) {
      throw new MalformedException("port out of range");
    }
    return port;
  }

  @Override
  public int command() {
    return RelayCommand.BEGIN;
  }

  @Override
  public void encode(ByteWriter out) {
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    out.bytes((shown + ":" + port).getBytes(StandardCharsets.US_ASCII)).u8(0);
    if (flags != 0) {
      out.u32(flags);
    }
  }

  /** Hides the destination. */
  @Override
  public String toString() {
    return "Begin[host]";
  }
}
