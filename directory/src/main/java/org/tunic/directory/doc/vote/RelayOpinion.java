package org.tunic.directory.doc.vote;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.netdoc.NetdocTime;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.directory.policy.PolicySummary;

/**
 * What we are about to vote on one relay.
 *
 * @param nickname of the descriptor
 * @param identity its RSA identity
 * @param descriptorDigest SHA-1 of the descriptor, 20 bytes
 * @param published of the descriptor
 * @param orPort IPv4 address and port
 * @param dirPort directory port, 0 for none
 * @param ipv6 its IPv6 OR port if we vouch for it; null otherwise
 * @param flags the flags it gets
 * @param version {@code Tor } and its version; null if it runs something else
 * @param protocols its protocol list as in the descriptor
 * @param bandwidth kilobytes a second it claims, capped
 * @param measured kilobytes a second measured; -1 without a measurement
 * @param guardFraction percent of the time it was a guard; -1 if nobody counted
 * @param policy summary of its IPv4 exit policy
 * @param ed25519 its Ed25519 identity; null without one
 * @param weightedUptime fraction of time it was seen running, 0 to 1
 * @param timeKnown seconds, weighted, that we know it
 * @param meanTimeBetweenFailures seconds, weighted
 * @param microdescriptors the values of its {@code m} lines
 *     <p>Spec: dir-spec/consensus-formats. Threads: immutable.
 */
public record RelayOpinion(
    String nickname,
    RsaIdentity identity,
    Bytes descriptorDigest,
    Instant published,
    RelayAddress orPort,
    int dirPort,
    @Nullable RelayAddress ipv6,
    SortedSet<String> flags,
    @Nullable String version,
    String protocols,
    long bandwidth,
    long measured,
    int guardFraction,
    PolicySummary policy,
    @Nullable Ed25519Identity ed25519,
    double weightedUptime,
    long timeKnown,
    double meanTimeBetweenFailures,
    List<String> microdescriptors) {
  /** Longest version that gets a {@code v} line, in characters. */
  private static final int MAX_VERSION_LENGTH = 120;

  public RelayOpinion {
    flags = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(flags));
    microdescriptors = List.copyOf(microdescriptors);
  }

  /** The entry's lines, in the order and the spelling of C tor. */
  String text() {
    StringBuilder out = new StringBuilder(512);
    out.append("r ").append(nickname);
    out.append(' ').append(Base64s.encodeUnpadded(identity.bytes().toArray()));
    out.append(' ').append(Base64s.encodeUnpadded(descriptorDigest.toArray()));
    out.append(' ').append(NetdocTime.format(published));
    out.append(' ').append(IpLiteral.format(orPort.ip().toArray()));
    out.append(' ').append(orPort.port()).append(' ').append(dirPort).append('\n');
    if (ipv6 != null) {
      out.append("a [")
          .append(IpLiteral.format(ipv6.ip().toArray()))
          .append("]:")
          .append(ipv6.port())
          .append('\n');
    }
    out.append('s');
    flags.forEach(flag -> out.append(' ').append(flag));
    out.append('\n');
    if (version != null && version.length() <= MAX_VERSION_LENGTH) {
      out.append("v ").append(version).append('\n');
    }
    out.append("pr ").append(protocols).append('\n');
    out.append("w Bandwidth=").append(bandwidth);
    if (measured >= 0) {
      out.append(flags.contains("Authority") ? " MeasuredButAuthority=" : " Measured=")
          .append(measured);
    }
    if (guardFraction >= 0) {
      out.append(" GuardFraction=").append(guardFraction);
    }
    out.append("\np ").append(policy).append('\n');
    out.append("id ed25519 ").append(ed25519 == null ? "none" : ed25519.base64()).append('\n');
    out.append(
            String.format(
                Locale.ROOT,
                "stats wfu=%.6f tk=%d mtbf=%.0f",
                weightedUptime,
                timeKnown,
                meanTimeBetweenFailures))
        .append("\n");
    microdescriptors.forEach(line -> out.append("m ").append(line).append('\n'));
    return out.toString();
  }
}
