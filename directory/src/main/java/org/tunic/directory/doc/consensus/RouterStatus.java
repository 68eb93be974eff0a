package org.tunic.directory.doc.consensus;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.policy.PolicySummary;
import org.tunic.directory.protover.ProtocolVersions;

/**
 * A relay's entry in a consensus.
 *
 * <p>Spec: dir-spec/consensus-formats, items "r" to "m". Threads: immutable.
 *
 * @param nickname 1 to 19 letters and digits
 * @param identity SHA-1 of its RSA identity key
 * @param published when its descriptor was made; a fixed time in 2038 in the microdesc flavour
 * @param orPort IPv4 address and OR port
 * @param dirPort directory port at the same address, 0 for none
 * @param ipv6OrPort IPv6 address and OR port; null for none
 * @param flags the flags we know
 * @param version the text of its {@code v} line; null for none
 * @param protocols the subprotocols it speaks
 * @param bandwidth weight in kilobytes a second; {@link #NO_BANDWIDTH} without a {@code w} line
 * @param unmeasured whether the weight is only the relay's own claim
 * @param digest of its descriptor: SHA-1 of the router descriptor (ns) or SHA-256 of the
 *     microdescriptor (microdesc); null if the entry names none
 * @param policy the port summary of the ns flavour; null for none
 */
public record RouterStatus(
    String nickname,
    RsaIdentity identity,
    Instant published,
    RelayAddress orPort,
    int dirPort,
    @Nullable RelayAddress ipv6OrPort,
    Set<RelayFlag> flags,
    @Nullable String version,
    ProtocolVersions protocols,
    long bandwidth,
    boolean unmeasured,
    @Nullable Bytes digest,
    @Nullable PolicySummary policy) {

  /** The bandwidth of an entry without a {@code w} line. */
  public static final long NO_BANDWIDTH = -1;

  /** Whether it has this flag. */
  public boolean has(RelayFlag flag) {
    return flags.contains(flag);
  }

  /** The digest of its descriptor or microdescriptor, if the entry names one. */
  public Optional<Bytes> descriptorDigest() {
    return Optional.ofNullable(digest);
  }
}
