package org.tunic.router.stream.socks;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.random.RandomGenerator;

/**
 * Addresses that stand for names and belong to no host.
 *
 * @param base an address of it
 * @param prefixBits how many leading bits all of its addresses have in common
 *     <p>Threads: immutable.
 */
public record VirtualNetwork(InetAddress base, int prefixBits) {
  /** VirtualAddrNetworkIPv4 by default. */
  public static final VirtualNetwork IPV4 =
      new VirtualNetwork(InetAddress.ofLiteral("127.192.0.0"), 10);

  /** VirtualAddrNetworkIPv6 by default. */
  public static final VirtualNetwork IPV6 = new VirtualNetwork(InetAddress.ofLiteral("fe80::"), 10);

  /**
   * Checks the prefix.
   *
   * @throws IllegalArgumentException if it is longer than an address
   */
  public VirtualNetwork {
    if (prefixBits < 0 || prefixBits > 8 * base.getAddress().length) {
      throw new IllegalArgumentException("prefix of " + prefixBits + " bits");
    }
  }

  /** Whether an address of the same family lies in it. */
  boolean contains(InetAddress address) {
    byte[] mine = base.getAddress();
    byte[] other = address.getAddress();
    if (mine.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < prefixBits; bit++) {
      int mask = 0x80 >> (bit & 7);
      if (((mine[bit >> 3] ^ other[bit >> 3]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Any address of it; of IPv4 none that ends in 0 or 255. */
  InetAddress choose(RandomGenerator random) {
    byte[] mine = base.getAddress();
    byte[] chosen = new byte[mine.length];
    do {
      random.nextBytes(chosen);
      for (int bit = 0; bit < prefixBits; bit++) {
        int mask = 0x80 >> (bit & 7);
        chosen[bit >> 3] = (byte) ((chosen[bit >> 3] & ~mask) | (mine[bit >> 3] & mask));
      }
    } while (chosen.length == 4 && (chosen[3] == 0 || chosen[3] == (byte) 0xff));
    try {
      return InetAddress.getByAddress(chosen);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of 4 or 16 bytes", e);
    }
  }
}
