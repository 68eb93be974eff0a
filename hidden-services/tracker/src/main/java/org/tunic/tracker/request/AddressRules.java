package org.tunic.tracker.request;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.hs.HsId;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.tracker.swarm.PeerAddress;
import org.tunic.tracker.swarm.PeerAddress.Kind;

/**
 * Which address of a peer other peers are told. What may not be told is dropped, unread where it
 * can be, and logged nowhere; the peer counts and stands in no list.
 *
 * <p>Without these rules a tracker aims its swarms at whomever an announce names. So: no port below
 * 1024, no address of a private network or of the host itself, an onion address only from its
 * owner, unless the operator says otherwise.
 *
 * <p>Spec: BEP 3, BEP 7. Threads: any.
 */
public final class AddressRules {
  /** Ports below are services of somebody else. */
  public static final int LEAST_PORT = 1024;

  /** Whose addresses are handed out. */
  public enum Policy {
    /** Onion addresses only. */
    ONION,
    /** Those too that an announce names or comes from, if anybody can reach them. */
    CLEARNET_OPT_IN,
    /** The address a TCP connection comes from, whatever it is; for one's own network. */
    LAN
  }

  /** What is done with an onion address that its owner did not sign for. */
  public enum Unsigned {
    /** It is dropped. */
    DROP,
    /** It is handed out when there are too few others. */
    LAST
  }

  private final Policy policy;
  private final Unsigned unsigned;
  private final Optional<HsId> self;
  private final InstantSource clock;

  /**
   * @param self the tracker's onion address, which signatures name; empty if it has none
   */
  public AddressRules(Policy policy, Unsigned unsigned, Optional<HsId> self, InstantSource clock) {
    this.policy = policy;
    this.unsigned = unsigned;
    this.self = self;
    this.clock = clock;
  }

  /** Whose addresses are handed out. */
  public Policy policy() {
    return policy;
  }

  /**
   * Whether deciding takes arithmetic on curves, some hundred microseconds, and is no work for an
   * event loop.
   */
  public boolean isHeavy(AnnounceRequest announce) {
    return announce.port() >= LEAST_PORT
        && looksLikeOnion(announce.ip())
        && (unsigned == Unsigned.LAST || announce.signature().length() > 0);
  }

  /**
   * Decides.
   *
   * @param source where the announce comes from; empty if that says nothing, as behind an onion
   *     service
   */
  public PeerAddress decide(AnnounceRequest announce, Optional<InetAddress> source) {
    if (announce.port() < LEAST_PORT) {
      return PeerAddress.NONE;
    }
    if (looksLikeOnion(announce.ip())) {
      return isHeavy(announce) ? onion(announce) : PeerAddress.NONE;
    }
    return switch (policy) {
      case ONION -> PeerAddress.NONE;
      case LAN -> source.map(address -> ip(address, announce.port())).orElse(PeerAddress.NONE);
      case CLEARNET_OPT_IN ->
          // Where a TCP connection comes from is proven; what an announce names is not.
          source
              .filter(AddressRules::isGlobal)
              .or(() -> named(announce).filter(AddressRules::isGlobal))
              .map(address -> ip(address, announce.port()))
              .orElse(PeerAddress.NONE);
    };
  }

  private static Optional<InetAddress> named(AnnounceRequest announce) {
    return announce.ip().isEmpty() ? Optional.empty() : IpLiteral.parseAddress(announce.ip());
  }

  private static boolean looksLikeOnion(String ip) {
    return ip.length() == HsId.ADDRESS_LENGTH + HsId.SUFFIX.length()
        && ip.toLowerCase(Locale.ROOT).endsWith(HsId.SUFFIX);
  }

  private PeerAddress onion(AnnounceRequest announce) {
    HsId owner;
    try {
      owner = HsId.parse(announce.ip());
    } catch (MalformedException e) {
      return PeerAddress.NONE;
    }
    if (self.equals(Optional.of(owner))) {
      return PeerAddress.NONE;
    }
    Bytes key = owner.key().bytes();
    if (self.isPresent()
        && AnnounceSignature.verify(
            self.get(), owner, announce, clock.instant().getEpochSecond())) {
      return new PeerAddress(Kind.ONION, key, announce.port());
    }
    return switch (unsigned) {
      case DROP -> PeerAddress.NONE;
      case LAST -> new PeerAddress(Kind.UNSIGNED_ONION, key, announce.port());
    };
  }

  private static PeerAddress ip(InetAddress address, int port) {
    byte[] bytes = address.getAddress();
    return new PeerAddress(
        bytes.length == Kind.IPV4.addressBytes() ? Kind.IPV4 : Kind.IPV6,
        Bytes.copyOf(bytes),
        port);
  }

  /** Whether anybody on the Internet could connect to it, as far as the address tells. */
  static boolean isGlobal(InetAddress address) {
    if (IpLiteral.isInternal(address) || address.isMulticastAddress()) {
      return false;
    }
    byte[] b = address.getAddress();
    int first = b[0] & 0xff;
    int second = b[1] & 0xff;
    int third = b[2] & 0xff;
    if (address instanceof Inet6Address) {
      // 2000::/3 without documentation, Teredo and 6to4, which stand for other addresses.
      boolean documentation =
          first == 0x20 && second == 0x01 && third == 0x0d && b[3] == (byte) 0xb8;
      boolean teredo = first == 0x20 && second == 0x01 && third == 0 && b[3] == 0;
      boolean sixToFour = first == 0x20 && second == 0x02;
      return first >> 5 == 1 && !documentation && !teredo && !sixToFour;
    }
    return first != 0
        && first < 224
        && !(first == 100 && second >> 6 == 1)
        && !(first == 198 && second >> 1 == 9)
        && !(first == 192 && second == 0 && (third == 0 || third == 2))
        && !(first == 198 && second == 51 && third == 100)
        && !(first == 203 && second == 0 && third == 113);
  }
}
