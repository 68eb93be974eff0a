package org.tunic.directory.policy;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * The torrc options that make a relay's exit policy.
 *
 * @param exitRelay ExitRelay; empty for {@code auto}
 * @param rules the values of all ExitPolicy lines, in order, each a comma-separated list
 * @param reduced ReducedExitPolicy
 * @param ipv6Exit IPv6Exit
 * @param rejectPrivate ExitPolicyRejectPrivate: reject private nets and {@code ownAddresses}
 * @param bridge BridgeRelay: no default policy is appended
 * @param ownAddresses addresses the relay publishes; those not public are ignored
 * @param localAddresses with ExitPolicyRejectLocalInterfaces the addresses of interfaces, ports and
 *     outbound sockets, else empty
 *     <p>Spec: dir-spec/server-descriptor-format, tor(1). Threads: immutable.
 */
public record ExitPolicySettings(
    Optional<Boolean> exitRelay,
    List<String> rules,
    boolean reduced,
    boolean ipv6Exit,
    boolean rejectPrivate,
    boolean bridge,
    List<InetAddress> ownAddresses,
    List<InetAddress> localAddresses) {
  public ExitPolicySettings {
    rules = List.copyOf(rules);
    ownAddresses = List.copyOf(ownAddresses);
    localAddresses = List.copyOf(localAddresses);
  }

  /** C tor's defaults: ExitRelay auto, no rules, private nets rejected, no IPv6. */
  public static ExitPolicySettings defaults() {
    return new ExitPolicySettings(
        Optional.empty(), List.of(), false, false, true, false, List.of(), List.of());
  }
}
