package org.tunic.directory.doc.routerdescriptor;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.policy.ExitPolicy;
import org.tunic.directory.policy.PolicySummary;

/**
 * What a router descriptor says, keys, certificates and signatures apart.
 *
 * <p>Spec: dir-spec/server-descriptor-format. Threads: immutable.
 *
 * @param nickname 1 to 19 letters and digits
 * @param orPort IPv4 address and OR port
 * @param dirPort directory port, 0 for none
 * @param ipv6OrPort IPv6 address and OR port; null for none
 * @param platform software and system; one character per byte
 * @param protocols the text of the {@code proto} line
 * @param published whole seconds
 * @param uptimeSeconds seconds since the relay started
 * @param bandwidth its limits and what it saw
 * @param extraInfo digests of its extra-info document; null for none
 * @param cachesExtraInfo whether it serves extra-info documents
 * @param family declared members, as written; empty for none
 * @param hibernating whether it is out of its allowance
 * @param hiddenServiceDir whether it wants to be a directory of onion services
 * @param contact how to reach the operator; empty for none; one character per byte
 * @param policy IPv4 rules
 * @param policy6 port summary for IPv6; reject all for none
 * @param tunnelledDirServer whether it answers BEGIN_DIR
 */
public record RouterContents(
    String nickname,
    RelayAddress orPort,
    int dirPort,
    @Nullable RelayAddress ipv6OrPort,
    String platform,
    String protocols,
    Instant published,
    long uptimeSeconds,
    Bandwidth bandwidth,
    @Nullable ExtraInfoDigests extraInfo,
    boolean cachesExtraInfo,
    List<String> family,
    boolean hibernating,
    boolean hiddenServiceDir,
    String contact,
    ExitPolicy policy,
    PolicySummary policy6,
    boolean tunnelledDirServer) {

  /** Copies the list. */
  public RouterContents {
    family = List.copyOf(family);
  }

  /**
   * Bytes a second: the sustained limit, the limit in bursts, and the most it has seen itself do.
   *
   * @param rate at least 1
   */
  public record Bandwidth(int rate, int burst, int observed) {}

  /**
   * Names an extra-info document.
   *
   * @param sha1 of its signed part
   * @param sha256 of the whole document; null in very old descriptors
   */
  public record ExtraInfoDigests(Bytes sha1, @Nullable Bytes sha256) {}

  /** Digests of its extra-info document, if it has one. */
  public Optional<ExtraInfoDigests> extraInfoDigests() {
    return Optional.ofNullable(extraInfo);
  }

  /** Its IPv6 address and OR port, if it has one. */
  public Optional<RelayAddress> ipv6() {
    return Optional.ofNullable(ipv6OrPort);
  }

  /** Whether directory requests may come over its OR port. */
  public boolean servesDirectory() {
    return tunnelledDirServer || dirPort > 0;
  }
}
