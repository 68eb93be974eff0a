package org.tunic.directory.policy;

import java.net.InetAddress;

/**
 * One family and a prefix of it. IPv4 addresses stand in the lowest 32 bits.
 *
 * @param ipv6 the family
 * @param high upper 64 bits of the address, 0 for IPv4
 * @param low lower 64 bits of the address
 * @param maskBits length of the prefix, 0 to 32 or 128; bits beyond it are kept as written, because
 *     they print
 *     <p>Spec: dir-spec/nonterminals-server-descriptors. Threads: immutable.
 */
record AddressPattern(boolean ipv6, long high, long low, int maskBits) {
  static final AddressPattern ANY_V4 = new AddressPattern(false, 0, 0, 0);
  static final AddressPattern ANY_V6 = new AddressPattern(true, 0, 0, 0);

  static AddressPattern of(byte[] address, int maskBits) {
    long high = 0;
    long low = 0;
    for (int i = 0; i < address.length; i++) {
      high = high << 8 | low >>> 56;
      low = low << 8 | (address[i] & 0xff);
    }
    return new AddressPattern(address.length == 16, high, low, maskBits);
  }

  static AddressPattern single(InetAddress address) {
    byte[] bytes = address.getAddress();
    return of(bytes, bytes.length * 8);
  }

  int width() {
    return ipv6 ? 128 : 32;
  }

  /** Whether the first {@code bits} bits of both are equal (of one family). */
  boolean sharesPrefix(AddressPattern other, int bits) {
    if (ipv6 != other.ipv6) {
      return false;
    }
    int fromTop = bits + 128 - width();
    long highMask = mask(Math.min(fromTop, 64));
    long lowMask = mask(Math.max(fromTop - 64, 0));
    return ((high ^ other.high) & highMask) == 0 && ((low ^ other.low) & lowMask) == 0;
  }

  boolean sameNumber(AddressPattern other) {
    return ipv6 == other.ipv6 && high == other.high && low == other.low;
  }

  String text() {
    byte[] bytes = new byte[width() / 8];
    for (int i = 0; i < bytes.length; i++) {
      int shift = (bytes.length - 1 - i) * 8;
      bytes[i] = (byte) (shift >= 64 ? high >>> (shift - 64) : low >>> shift);
    }
    String address = IpLiteral.format(bytes);
    String bracketed = ipv6 ? "[" + address + "]" : address;
    return maskBits == width() ? bracketed : bracketed + "/" + maskBits;
  }

  private static long mask(int bits) {
    return bits == 0 ? 0 : -1L << (64 - bits);
  }
}
