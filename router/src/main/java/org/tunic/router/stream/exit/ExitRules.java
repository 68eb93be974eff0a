package org.tunic.router.stream.exit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Objects;
import org.tunic.directory.policy.ExitPolicy;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.EndReason;

/**
 * Where exit streams may go, and which address of a name they get.
 *
 * <p>Spec: tor-spec/opening-streams. Threads: pure functions.
 */
final class ExitRules {
  /** What to do with one stream. */
  sealed interface Verdict {}

  /** Connect there. */
  record Connect(InetAddress address, long ttlSeconds) implements Verdict {}

  /** Send END EXITPOLICY with the address that the policy is against, for the client to learn. */
  record Against(InetAddress address, long ttlSeconds) implements Verdict {}

  /** Send END. */
  record Refuse(EndReason reason) implements Verdict {}

  /** Seconds: the time to live of an address that was not looked up. */
  static final long LITERAL_TTL_SECONDS = 30 * 60;

  private static final Refuse NOT_RESOLVED = new Refuse(EndReason.RESOLVEFAILED);

  private ExitRules() {}

  /**
   * The flags of a BEGIN as far as this relay can honour them: an exit without IPv6 does not care
   * for preferences, and cannot help who wants nothing but IPv6.
   */
  static boolean canServe(ExitSettings settings, long flags) {
    return settings.ipv6() || (flags & Begin.IPV4_NOT_OK) == 0;
  }

  /** Judges a stream to a numeric address; BEGIN's flags speak of names only. */
  static Verdict literal(ExitSettings settings, ExitPolicy policy, InetAddress address, int port) {
    return allowed(settings, policy, address, port)
        ? new Connect(address, LITERAL_TTL_SECONDS)
        : new Against(address, LITERAL_TTL_SECONDS);
  }

  /** Judges a stream to a name that was looked up, choosing its address as C tor does. */
  static Verdict resolved(
      ExitSettings settings, ExitPolicy policy, Resolution found, long flags, int port) {
    if (!(found instanceof Resolution.Addresses addresses)) {
      return NOT_RESOLVED;
    }
    InetAddress ipv4 = (flags & Begin.IPV4_NOT_OK) == 0 ? addresses.ipv4() : null;
    InetAddress ipv6 = settings.ipv6() && (flags & Begin.IPV6_OK) != 0 ? addresses.ipv6() : null;
    if (ipv4 == null && ipv6 == null) {
      return NOT_RESOLVED;
    }
    boolean ipv4Allowed = ipv4 != null && allowed(settings, policy, ipv4, port);
    boolean ipv6Allowed = ipv6 != null && allowed(settings, policy, ipv6, port);
    if (ipv6 != null && ipv6Allowed) {
      boolean preferred = (flags & Begin.IPV6_PREFERRED) != 0;
      if (!ipv4Allowed || preferred) {
        return new Connect(ipv6, addresses.ttlSeconds());
      }
    }
    InetAddress chosen = ipv4 != null ? ipv4 : Objects.requireNonNull(ipv6);
    return ipv4Allowed
        ? new Connect(chosen, addresses.ttlSeconds())
        : new Against(chosen, addresses.ttlSeconds());
  }

  private static boolean allowed(
      ExitSettings settings, ExitPolicy policy, InetAddress address, int port) {
    if (address instanceof Inet6Address && !settings.ipv6()) {
      return false;
    }
    if (settings.rejectPrivate()
        && (IpLiteral.isInternal(address) || address.isMulticastAddress())) {
      return false;
    }
    return policy.allows(address, port);
  }
}
