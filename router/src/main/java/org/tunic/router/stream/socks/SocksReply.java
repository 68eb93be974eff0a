package org.tunic.router.stream.socks;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.router.cell.EndReason;

/**
 * What the port says back: reply codes of RFC 1928 and their encodings, which SOCKS 4 squeezes into
 * granted and refused.
 *
 * <p>Threads: immutable.
 */
enum SocksReply {
  SUCCEEDED(0),
  GENERAL_FAILURE(1),
  NOT_ALLOWED(2),
  NETWORK_UNREACHABLE(3),
  HOST_UNREACHABLE(4),
  CONNECTION_REFUSED(5),
  TTL_EXPIRED(6),
  COMMAND_NOT_SUPPORTED(7),
  ADDRESS_TYPE_NOT_SUPPORTED(8);

  private static final int SOCKS4_GRANTED = 90;
  private static final int SOCKS4_REFUSED = 91;
  private static final int IPV4 = 1;
  private static final int DOMAIN_NAME = 3;
  private static final int IPV6 = 4;
  private static final byte[] NO_ADDRESS = new byte[4];

  private final int code;

  SocksReply(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /** The reply for a stream that did not come about, as C tor maps END reasons. */
  static SocksReply to(EndReason reason) {
    return switch (reason.code()) {
      case 2, 8 -> HOST_UNREACHABLE; // RESOLVEFAILED, NOROUTE
      case 3, 6, 12 -> CONNECTION_REFUSED; // CONNECTREFUSED, DONE before CONNECTED, CONNRESET
      case 4 -> NOT_ALLOWED; // EXITPOLICY
      case 7 -> TTL_EXPIRED; // TIMEOUT
      default -> GENERAL_FAILURE;
    };
  }

  /** The reply without an address (0.0.0.0:0). */
  Bytes encode(int version) {
    return version == 4 ? encode4(NO_ADDRESS) : encode5(IPV4, NO_ADDRESS);
  }

  /**
   * The reply to RESOLVE; an IPv6 address does not fit SOCKS 4 and turns into a refusal there.
   *
   * @param address the result
   */
  static Bytes resolved(int version, InetAddress address) {
    byte[] bytes = address.getAddress();
    if (version == 4) {
      return bytes.length == 4 ? SUCCEEDED.encode4(bytes) : HOST_UNREACHABLE.encode(4);
    }
    return SUCCEEDED.encode5(bytes.length == 4 ? IPV4 : IPV6, bytes);
  }

  /**
   * The reply to RESOLVE_PTR, in SOCKS 5.
   *
   * @param name at most 255 characters of US-ASCII
   */
  static Bytes resolvedName(String name) {
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    byte[] counted = new byte[1 + text.length];
    counted[0] = (byte) text.length;
    System.arraycopy(text, 0, counted, 1, text.length);
    return SUCCEEDED.encode5(DOMAIN_NAME, counted);
  }

  /** The reply of SOCKS 5 for an error of an onion service, where it is asked for. */
  static Bytes extended(EntryFailure.OnionError error) {
    return encode5(error.code(), IPV4, NO_ADDRESS);
  }

  private Bytes encode4(byte[] address) {
    int status = this == SUCCEEDED ? SOCKS4_GRANTED : SOCKS4_REFUSED;
    ByteWriter out = new ByteWriter();
    out.u8(0).u8(status).u16(0).bytes(address);
    return Bytes.copyOf(out.toArray());
  }

  private Bytes encode5(int addressType, byte[] address) {
    return encode5(code, addressType, address);
  }

  private static Bytes encode5(int code, int addressType, byte[] address) {
    ByteWriter out = new ByteWriter();
    out.u8(5).u8(code).u8(0).u8(addressType).bytes(address).u16(0);
    return Bytes.copyOf(out.toArray());
  }
}
