package org.tunic.daemon.wiring;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.ServerPort;
import org.tunic.daemon.keystore.RelayKeys;
import org.tunic.daemon.statistics.TrafficHistory;
import org.tunic.directory.doc.extrainfo.ExtraInfo;
import org.tunic.directory.doc.routerdescriptor.RelaySigningKeys;
import org.tunic.directory.doc.routerdescriptor.RouterContents;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.policy.ExitPolicy;
import org.tunic.directory.protover.ProtocolVersions;
import org.tunic.router.circuit.HopSpec;

/**
 * Makes a relay's router descriptor and extra-info from its configuration and keys.
 *
 * <p>Spec: dir-spec/server-descriptor-format. Threads: any.
 */
final class OwnDescriptor {
  /** What this program does, and nothing it does not: no counter galois onion, no conflux. */
  static final String PROTOCOLS =
      "Cons=1-2 Desc=1-4 DirCache=2 FlowCtrl=1-2 HSDir=2 HSIntro=4-5 HSRend=1-2 Link=4-5 LinkAuth=3"
          + " Microdesc=1-3 Padding=2 Relay=2-4";

  private final Config.Relay relay;
  private final boolean votes;
  private final RelayKeys keys;
  private final List<Ed25519Keypair> familyKeys;
  private final ExitPolicy policy;
  private final int orPort;
  private final int dirPort;
  private final InetAddress ipv4;
  private final Instant started;
  private final TrafficHistory history;

  /**
   * @param votes whether the relay is an authority: only those publish a DirPort
   * @param familyKeys of the families it is a member of
   * @param orPort the port it listens on
   * @param dirPort likewise; 0 for none
   * @param history what it carried
   */
  OwnDescriptor(
      Config.Relay relay,
      boolean votes,
      RelayKeys keys,
      List<Ed25519Keypair> familyKeys,
      ExitPolicy policy,
      int orPort,
      int dirPort,
      InetAddress ipv4,
      Instant started,
      TrafficHistory history) {
    this.relay = relay;
    this.votes = votes;
    this.keys = keys;
    this.familyKeys = List.copyOf(familyKeys);
    this.policy = policy;
    this.orPort = orPort;
    this.dirPort = dirPort;
    this.ipv4 = ipv4;
    this.started = started;
    this.history = history;
  }

  /** What was made. */
  record Made(RouterDescriptor descriptor, ExtraInfo extraInfo) {
    /** Both, concatenated as they are uploaded. */
    Bytes upload() {
      return Bytes.concat(
          Bytes.copyOf(descriptor.text().bytes()), Bytes.copyOf(extraInfo.text().bytes()));
    }
  }

  /** Descriptor and extra-info, published now. */
  Made make(Instant now) {
    Instant published = now.truncatedTo(ChronoUnit.SECONDS);
    RelaySigningKeys signing =
        new RelaySigningKeys(
            keys.identityKey(),
            keys.tapOnionKey(),
            keys.ntorOnionKey(),
            keys.signingKey(),
            keys.signingCertificate(),
            familyKeys);
    Config.Statistics statistics = relay.statistics();
    ExtraInfo extraInfo =
        ExtraInfo.sign(
            relay.nickname(),
            published,
            statistics.published() ? history.lines(statistics.relayedRate()) : List.of(),
            signing);
    return new Made(RouterDescriptor.sign(contents(published, extraInfo), signing), extraInfo);
  }

  private RouterContents contents(Instant published, ExtraInfo extraInfo) {
    return new RouterContents(
        relay.nickname(),
        RelayAddress.of(new InetSocketAddress(ipv4, orPort)),
        votes ? dirPort : 0,
        ipv6OrPort().orElse(null),
        "Tunic " + Version.number() + " on " + System.getProperty("os.name"),
        PROTOCOLS,
        published,
        Math.max(0, Duration.between(started, published).toSeconds()),
        new RouterContents.Bandwidth(
            clamp(relay.bandwidthRate()),
            clamp(relay.bandwidthBurst()),
            history.observed(relay.statistics().minTimeToReportBandwidth())),
        extraInfo.digests(),
        false,
        relay.family(),
        false,
        relay.directoryCache(),
        relay.contact().orElse(""),
        policy,
        policy.summary(true),
        relay.directoryCache());
  }

  /** Ourselves as the last hop of a circuit, by our OR port of one family; empty without one. */
  Optional<HopSpec> asHop(SelfTest.Family family) {
    Optional<InetSocketAddress> address =
        switch (family) {
          case IPV4 -> Optional.of(new InetSocketAddress(ipv4, orPort));
          case IPV6 -> ipv6OrPort().map(RelayAddress::socketAddress);
        };
    return address.map(
        a ->
            new HopSpec(
                keys.ids(),
                keys.ntorOnionKey().publicKey(),
                List.of(a),
                ProtocolVersions.of(PROTOCOLS)));
  }

  private Optional<RelayAddress> ipv6OrPort() {
    Optional<InetAddress> address = relay.publishedIpv6();
    for (ServerPort port : relay.orPorts()) {
      if (port.advertise() && !port.isIpv4() && address.isPresent()) {
        return Optional.of(RelayAddress.of(new InetSocketAddress(address.get(), port.port())));
      }
    }
    return Optional.empty();
  }

  private static int clamp(long bytesPerSecond) {
    return (int) Math.min(Integer.MAX_VALUE, bytesPerSecond);
  }

  /** The address families of our addresses, for NETINFO. */
  List<InetAddress> addresses() {
    Optional<InetAddress> ipv6 = relay.publishedIpv6().filter(Inet6Address.class::isInstance);
    return ipv6.isPresent() && ipv4 instanceof Inet4Address
        ? List.of(ipv4, ipv6.get())
        : List.of(ipv4);
  }
}
