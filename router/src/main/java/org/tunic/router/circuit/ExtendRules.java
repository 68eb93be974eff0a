package org.tunic.router.circuit;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.linkspec.LinkSpecifier;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.router.cell.CircuitViolation;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.Extend2;
import org.tunic.router.channel.ExtendTarget;

/**
 * Who an EXTEND2 wants to reach, and over which address a relay goes there.
 *
 * <p>What the request leaves out is filled in from the consensus, as C tor does: an Ed25519
 * identity, an address of the other family. A relay with an IPv6 OR port of its own takes IPv4 or
 * IPv6 by the toss of a coin, others IPv4 only.
 *
 * <p>Spec: tor-spec/create-created-cells#EXTEND
 *
 * <p>Threads: immutable.
 *
 * @param privateAddresses ExtendAllowPrivateAddresses
 * @param overIpv6 whether we advertise an IPv6 OR port
 * @param listed what the latest consensus says of a relay
 */
public record ExtendRules(
    boolean privateAddresses,
    BooleanSupplier overIpv6,
    Function<RsaIdentity, Optional<ExtendTarget>> listed) {
  /**
   * The relay to connect to.
   *
   * @param self our own identities
   * @param previous the previous hop's; null for a client
   * @throws CircuitViolation when the link specifiers do not name exactly one RSA identity and an
   *     address that can be used, or name this relay or the previous hop
   */
  ExtendTarget target(
      Extend2 request, RelayIds self, @Nullable RelayIds previous, RandomGenerator random)
      throws CircuitViolation {
    Asked asked = read(request);
    RelayIds ids = asked.ids();
    if (shareAnIdentity(ids, self)) {
      throw refused("EXTEND2 to this relay itself");
    }
    if (previous != null && shareAnIdentity(ids, previous)) {
      throw refused("EXTEND2 back to the previous hop");
    }
    InetSocketAddress ipv4 = usable(asked.ipv4);
    InetSocketAddress ipv6 = overIpv6.getAsBoolean() ? usable(asked.ipv6) : null;
    if (ipv4 == null && ipv6 == null) {
      throw refused("EXTEND2 to no address that can be used");
    }
    List<InetSocketAddress> addresses = new ArrayList<>(2);
    if (ipv4 != null) {
      addresses.add(ipv4);
    }
    if (ipv6 != null) {
      addresses.add(random.nextBoolean() ? 0 : addresses.size(), ipv6);
    }
    return new ExtendTarget(ids, addresses);
  }

  /** What a request names; of several addresses of a family the first. */
  private static final class Asked {
    private @Nullable RsaIdentity rsa;
    private @Nullable Ed25519Identity ed25519;
    private @Nullable InetSocketAddress ipv4;
    private @Nullable InetSocketAddress ipv6;

    void add(RelayAddress address) {
      add(address.socketAddress());
    }

    void add(InetSocketAddress address) {
      if (address.getAddress() instanceof Inet4Address) {
        ipv4 = ipv4 == null ? address : ipv4;
      } else {
        ipv6 = ipv6 == null ? address : ipv6;
      }
    }

    RelayIds ids() throws CircuitViolation {
      if (rsa == null) {
        throw refused("EXTEND2 without an RSA identity");
      }
      return new RelayIds(rsa, ed25519);
    }
  }

  private Asked read(Extend2 request) throws CircuitViolation {
    Asked asked = new Asked();
    for (LinkSpecifier specifier : linkSpecifiers(request)) {
      switch (specifier) {
        case LinkSpecifier.RsaId(RsaIdentity id) -> {
          if (asked.rsa != null) {
            throw refused("EXTEND2 with two RSA identities");
          }
          asked.rsa = id;
        }
        case LinkSpecifier.Ed25519Id(Ed25519Identity id) -> {
          if (asked.ed25519 != null) {
            throw refused("EXTEND2 with two Ed25519 identities");
          }
          asked.ed25519 = id;
        }
        case LinkSpecifier.Ipv4(RelayAddress address) -> asked.add(address);
        case LinkSpecifier.Ipv6(RelayAddress address) -> asked.add(address);
        case LinkSpecifier.Unknown _ -> {}
      }
    }
    if (asked.ipv4 == null && asked.ipv6 == null) {
      throw refused("EXTEND2 without an address");
    }
    complete(asked);
    return asked;
  }

  /** Adds what the consensus knows, if it knows the same relay. */
  private void complete(Asked asked) {
    if (asked.rsa == null) {
      return;
    }
    ExtendTarget known = listed.apply(asked.rsa).orElse(null);
    if (known == null) {
      return;
    }
    if (asked.ed25519 == null) {
      asked.ed25519 = known.ids().ed25519();
    }
    known.addresses().forEach(asked::add);
  }

  private @Nullable InetSocketAddress usable(@Nullable InetSocketAddress address) {
    boolean usable =
        address != null
            && address.getPort() != 0
            && !address.getAddress().isAnyLocalAddress()
            && (privateAddresses || !IpLiteral.isInternal(address.getAddress()));
    return usable ? address : null;
  }

  private static boolean shareAnIdentity(RelayIds one, RelayIds other) {
    return one.rsa().equals(other.rsa())
        || (one.ed25519() != null && one.ed25519().equals(other.ed25519()));
  }

  private static List<LinkSpecifier> linkSpecifiers(Extend2 request) throws CircuitViolation {
    try {
      return LinkSpecifier.decodeList(request.linkSpecifiers().reader());
    } catch (MalformedException e) {
      throw refused("EXTEND2 with malformed link specifiers");
    }
  }

  private static CircuitViolation refused(String why) {
    return new CircuitViolation(why, DestroyReason.PROTOCOL);
  }
}
