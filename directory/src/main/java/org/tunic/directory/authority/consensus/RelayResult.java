package org.tunic.directory.authority.consensus;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.netdoc.NetdocTime;
import org.tunic.directory.policy.IpLiteral;

/**
 * What the votes agreed on about one relay, and how each flavour writes it.
 *
 * @param ipv6 IPv6 OR port; null for none
 * @param microdescriptor SHA-256, 32 bytes; null if none is agreed, and then the microdesc flavour
 *     leaves the relay out
 * @param version null for none
 * @param protocols null for none
 * @param bandwidth kilobytes a second; -1 if nobody told
 * @param guardFraction percent; -1 if it does not count
 * @param policy null for none
 *     <p>Spec: dir-spec/consensus-formats. Threads: immutable.
 */
record RelayResult(
    String nickname,
    RsaIdentity identity,
    Bytes descriptorDigest,
    Instant published,
    RelayAddress orPort,
    int dirPort,
    @Nullable RelayAddress ipv6,
    @Nullable Bytes microdescriptor,
    List<String> flags,
    @Nullable String version,
    @Nullable String protocols,
    long bandwidth,
    boolean unmeasured,
    int guardFraction,
    @Nullable String policy) {
  /** What the microdesc flavour shows instead of a publication time. */
  private static final String NO_TIME = "2038-01-01 00:00:00";

  /** Appends the entry to a consensus of this flavour, or nothing if the flavour leaves it out. */
  void write(StringBuilder out, ConsensusFlavor flavor, int method) {
    boolean ns = flavor == ConsensusFlavor.NS;
    if (!ns && microdescriptor == null) {
      return;
    }
    out.append("r ").append(nickname).append(' ').append(base64(identity.bytes())).append(' ');
    if (ns) {
      out.append(base64(descriptorDigest)).append(' ');
    }
    boolean showTime = ns || method < ConsensusMethod.SUPPRESS_PUBLISHED;
    out.append(showTime ? NetdocTime.format(published) : NO_TIME).append(' ');
    out.append(IpLiteral.format(orPort.ip().toArray()));
    out.append(' ').append(orPort.port()).append(' ').append(dirPort).append('\n');
    if (ipv6 != null) {
      out.append("a [")
          .append(IpLiteral.format(ipv6.ip().toArray()))
          .append("]:")
          .append(ipv6.port())
          .append('\n');
    }
    if (!ns && microdescriptor != null) {
      out.append("m ").append(base64(microdescriptor)).append('\n');
    }
    out.append('s');
    flags.forEach(flag -> out.append(' ').append(flag));
    out.append('\n');
    if (version != null) {
      out.append("v ").append(version).append('\n');
    }
    if (protocols != null) {
      out.append("pr ").append(protocols).append('\n');
    }
    if (bandwidth >= 0) {
      out.append("w Bandwidth=").append((int) bandwidth).append(unmeasured ? " Unmeasured=1" : "");
      out.append(guardFraction >= 0 ? " GuardFraction=" + guardFraction : "").append('\n');
    }
    if (ns && policy != null) {
      out.append("p ").append(policy).append('\n');
    }
  }

  private static String base64(Bytes bytes) {
    return Base64s.encodeUnpadded(bytes.toArray());
  }
}
