package org.tunic.daemon.config;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The shape of one address pattern of a policy: {@code ADDR[/BITS|/MASK][:PORT[-PORT]]}, with
 * {@code *}, {@code *4}, {@code *6} or {@code private} for the address.
 *
 * <p>Only the shape is checked here; what it matches is {@code directory.policy}'s matter.
 *
 * <p>Threads: any, because it has no state.
 */
final class AddressPattern {
  private static final Set<String> WORDS = Set.of("*", "*4", "*6", "private");

  private AddressPattern() {}

  static boolean isValid(String pattern) {
    String host = Addresses.hostOf(pattern);
    boolean hasPort = host.length() < pattern.length();
    return isAddress(host) && (!hasPort || isPorts(Addresses.portOf(pattern)));
  }

  private static boolean isAddress(String host) {
    if (WORDS.contains(host.toLowerCase(Locale.ROOT))) {
      return true;
    }
    int slash = host.indexOf('/');
    Optional<InetAddress> address = Addresses.parse(slash < 0 ? host : host.substring(0, slash));
    if (address.isEmpty()) {
      return false;
    }
    if (slash < 0) {
      return true;
    }
    String mask = host.substring(slash + 1);
    boolean ipv4 = address.get() instanceof Inet4Address;
    int bits = Addresses.port(mask, 0);
    boolean isMask = ipv4 && Addresses.parse(mask).filter(AddressPattern::isMask).isPresent();
    return isMask || (bits >= 0 && bits <= (ipv4 ? 32 : 128));
  }

  /** Whether all ones come before all zeros. */
  private static boolean isMask(InetAddress address) {
    if (!(address instanceof Inet4Address)) {
      return false;
    }
    int bits = ByteBuffer.wrap(address.getAddress()).getInt();
    return Integer.bitCount(bits) == Integer.numberOfLeadingZeros(~bits);
  }

  private static boolean isPorts(String ports) {
    if (ports.equals("*")) {
      return true;
    }
    int dash = ports.indexOf('-');
    if (dash < 0) {
      return Addresses.port(ports, 1) > 0;
    }
    int first = Addresses.port(ports.substring(0, dash), 1);
    int last = Addresses.port(ports.substring(dash + 1), 1);
    return first > 0 && last >= first;
  }
}
