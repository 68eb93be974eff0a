package org.tunic.router.path;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;

/**
 * Which relays of a view may not share a path: one operator's, as far as the network can tell.
 *
 * <p>Two relays are related if they are in one family ({@link NetworkView#sameFamily}) or the
 * configuration says so ({@code NodeFamily}), or if their IPv4 addresses lie in one /16 or their
 * IPv6 addresses in one /32. The subnets are read once, so that a question costs two comparisons of
 * numbers and two set look-ups.
 *
 * <p>Spec: path-spec/path-selection-constraints. Threads: immutable.
 */
final class Relations {
  private static final long NO_SUBNET = -1;
  private static final int IPV4_PREFIX_BYTES = 2;
  private static final int IPV6_PREFIX_BYTES = 4;

  private final NetworkView view;
  private final List<Relay> relays;

  /** Of each relay: the first 2 bytes of its IPv4 address, or {@link #NO_SUBNET}. */
  private final long[] ipv4Subnets;

  /** Of each relay: the first 4 bytes of its IPv6 address, or {@link #NO_SUBNET}. */
  private final long[] ipv6Subnets;

  /** The families that the configuration declares: the members of each. */
  private final List<BitSet> declared = new ArrayList<>();

  /**
   * @param distinctSubnets whether addresses count
   * @param families of each, any two members are related
   */
  Relations(NetworkView view, boolean distinctSubnets, List<Predicate<Relay>> families) {
    this.view = view;
    this.relays = view.relays();
    for (Predicate<Relay> family : families) {
      BitSet members = new BitSet();
      for (int i = 0; i < relays.size(); i++) {
        members.set(i, family.test(relays.get(i)));
      }
      declared.add(members);
    }
    ipv4Subnets = new long[relays.size()];
    ipv6Subnets = new long[relays.size()];
    Arrays.fill(ipv4Subnets, NO_SUBNET);
    Arrays.fill(ipv6Subnets, NO_SUBNET);
    if (distinctSubnets) {
      for (int i = 0; i < relays.size(); i++) {
        noteSubnets(i);
      }
    }
  }

  private void noteSubnets(int index) {
    for (InetSocketAddress orPort : relays.get(index).orPorts()) {
      InetAddress address = orPort.getAddress();
      if (address == null || address.isAnyLocalAddress()) {
        continue;
      }
      if (address instanceof Inet4Address) {
        ipv4Subnets[index] = prefix(address, IPV4_PREFIX_BYTES);
      } else {
        ipv6Subnets[index] = prefix(address, IPV6_PREFIX_BYTES);
      }
    }
  }

  private static long prefix(InetAddress address, int bytes) {
    byte[] raw = address.getAddress();
    long prefix = 0;
    for (int i = 0; i < bytes; i++) {
      prefix = prefix << 8 | (raw[i] & 0xff);
    }
    return prefix;
  }

  /** Whether {@code a} and {@code b} may not share a path; true of a relay and itself. */
  boolean related(int a, int b) {
    return a == b
        || (ipv4Subnets[a] != NO_SUBNET && ipv4Subnets[a] == ipv4Subnets[b])
        || (ipv6Subnets[a] != NO_SUBNET && ipv6Subnets[a] == ipv6Subnets[b])
        || view.sameFamily(relays.get(a), relays.get(b))
        || areDeclared(a, b);
  }

  private boolean areDeclared(int a, int b) {
    for (BitSet members : declared) {
      if (members.get(a) && members.get(b)) {
        return true;
      }
    }
    return false;
  }
}
