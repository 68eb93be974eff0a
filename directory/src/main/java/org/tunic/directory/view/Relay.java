package org.tunic.directory.view;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.doc.consensus.RouterStatus;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.microdescriptor.RelayFamily;
import org.tunic.directory.linkspec.LinkSpecifier;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.policy.PolicySummary;
import org.tunic.directory.protover.ProtocolVersions;

/**
 * A relay one can build circuits through: its consensus entry together with its microdescriptor.
 *
 * <p>Threads: immutable.
 *
 * @param nickname 1 to 19 letters and digits
 * @param ids its identities; Ed25519 is missing if the authorities do not agree on it
 * @param ntor its ntor onion key
 * @param orPorts where to reach it: IPv4, then IPv6 if it has one; numeric
 * @param dirPortAddress its directory port; null for none
 * @param flags the flags of the consensus
 * @param bandwidth weight in the consensus, in kilobytes a second; {@link #NO_BANDWIDTH} if it has
 *     none
 * @param proto the subprotocols it speaks
 * @param policy ports it exits to at most IPv4 addresses
 * @param policy6 ports it exits to at most IPv6 addresses
 * @param family who it says runs it
 * @param microdescriptorDigest SHA-256 of its microdescriptor; null if the relay is not from a
 *     consensus
 */
public record Relay(
    String nickname,
    RelayIds ids,
    NtorPublicKey ntor,
    List<InetSocketAddress> orPorts,
    @Nullable InetSocketAddress dirPortAddress,
    Set<RelayFlag> flags,
    long bandwidth,
    ProtocolVersions proto,
    PolicySummary policy,
    PolicySummary policy6,
    RelayFamily family,
    @Nullable Bytes microdescriptorDigest) {

  /** The bandwidth of a relay the consensus gives none. */
  public static final long NO_BANDWIDTH = RouterStatus.NO_BANDWIDTH;

  /** The weight C tor gives a relay without a bandwidth, in kilobytes a second. */
  static final long ASSUMED_BANDWIDTH = 30;

  /** Copies the collections. */
  public Relay {
    orPorts = List.copyOf(orPorts);
    flags = Set.copyOf(flags);
  }

  /** A relay of a consensus, from its entry and its microdescriptor. */
  public static Relay of(RouterStatus status, Microdescriptor micro) {
    RelayAddress ipv6 = status.ipv6OrPort() != null ? status.ipv6OrPort() : micro.ipv6OrPort();
    InetSocketAddress ipv4 = status.orPort().socketAddress();
    boolean agreed = !status.has(RelayFlag.NO_ED_CONSENSUS);
    return new Relay(
        status.nickname(),
        new RelayIds(status.identity(), agreed ? micro.ed25519() : null),
        micro.ntorOnionKey(),
        ipv6 == null ? List.of(ipv4) : List.of(ipv4, ipv6.socketAddress()),
        status.dirPort() == 0 ? null : new InetSocketAddress(ipv4.getAddress(), status.dirPort()),
        status.flags(),
        status.bandwidth(),
        status.protocols(),
        micro.policy(),
        micro.policy6(),
        micro.family(),
        micro.digest());
  }

  /** Whether it has this flag. */
  public boolean has(RelayFlag flag) {
    return flags.contains(flag);
  }

  /** Whether it may be used as exit: Exit without BadExit, and a policy that allows some port. */
  public boolean isExit() {
    return has(RelayFlag.EXIT)
        && !has(RelayFlag.BAD_EXIT)
        && !(policy.isRejectAll() && policy6.isRejectAll());
  }

  /** Whether it serves directory documents, be it on its OR port or a directory port. */
  public boolean isDirectory() {
    return has(RelayFlag.V2DIR);
  }

  /** The bandwidth to weigh it by, in kilobytes a second; never negative. */
  public long weight() {
    return bandwidth == NO_BANDWIDTH ? ASSUMED_BANDWIDTH : bandwidth;
  }

  /** Its directory port, if it has one. */
  public Optional<InetSocketAddress> dirPort() {
    return Optional.ofNullable(dirPortAddress);
  }

  /**
   * How an EXTEND2 names it: IPv4, RSA identity, Ed25519 identity if known, IPv6 if there is one.
   */
  public List<LinkSpecifier> linkSpecifiers() {
    return linkSpecifiers(ids, orPorts);
  }

  /** How an EXTEND2 names the relay with these identities and addresses. */
  public static List<LinkSpecifier> linkSpecifiers(RelayIds ids, List<InetSocketAddress> orPorts) {
    List<LinkSpecifier> all = new ArrayList<>();
    List<LinkSpecifier> ipv6 = new ArrayList<>();
    for (InetSocketAddress orPort : orPorts) {
      LinkSpecifier specifier = LinkSpecifier.of(RelayAddress.of(orPort));
      (specifier instanceof LinkSpecifier.Ipv4 ? all : ipv6).add(specifier);
    }
    all.add(new LinkSpecifier.RsaId(ids.rsa()));
    ids.ed().ifPresent(ed -> all.add(new LinkSpecifier.Ed25519Id(ed)));
    all.addAll(ipv6);
    return List.copyOf(all);
  }

  /** The fingerprint. Names a relay: for debug logs only. */
  @Override
  public String toString() {
    return ids.toString();
  }
}
