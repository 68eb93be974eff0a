package org.tunic.directory.doc.vote;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.key.RsaSecretKey;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocTime;
import org.tunic.directory.netdoc.NetdocWriter;
import org.tunic.directory.protover.VotedProtocols;

/**
 * What we vote, apart from the signature, and its exact text.
 *
 * @param methods consensus methods we know, ascending
 * @param published when the vote is made
 * @param lifetime the times proposed
 * @param voteDelay seconds for exchanging votes
 * @param distDelay seconds for exchanging signatures
 * @param clientVersions recommended versions, comma-separated; null if we do not say
 * @param serverVersions likewise for relays
 * @param knownFlags the flags we have an opinion on
 * @param flagThresholds the value of {@code flag-thresholds}
 * @param parameters consensus parameters we vote for, by name
 * @param bandwidthFileLines the lines about the bandwidth file, each with its end; may be empty
 * @param voter we
 * @param sharedRandomLines the shared-random lines, each with its end; may be empty
 * @param certificate our key certificate
 * @param relays what we say about relays, in any order
 *     <p>Spec: dir-spec/consensus-formats. Threads: immutable.
 */
public record VoteWriter(
    List<Integer> methods,
    Instant published,
    Lifetime lifetime,
    int voteDelay,
    int distDelay,
    @Nullable String clientVersions,
    @Nullable String serverVersions,
    SortedSet<String> knownFlags,
    String flagThresholds,
    Map<String, Integer> parameters,
    String bandwidthFileLines,
    Vote.Voter voter,
    String sharedRandomLines,
    KeyCertificate certificate,
    List<RelayOpinion> relays) {
  /** Parameters stand in the order of their text, in which the equals sign counts. */
  private static final Comparator<String> PARAMETER_ORDER =
      Comparator.comparing(name -> name + "=");

  public VoteWriter {
    methods = List.copyOf(methods);
    knownFlags = new TreeSet<>(knownFlags);
    SortedMap<String, Integer> inOrder = new TreeMap<>(PARAMETER_ORDER);
    inOrder.putAll(parameters);
    parameters = inOrder;
    relays = relays.stream().sorted(Comparator.comparing(RelayOpinion::identity)).toList();
  }

  /** The vote, signed with the key that the certificate certifies. */
  public NetdocText sign(RsaSecretKey signingKey) {
    NetdocWriter out = new NetdocWriter();
    header(out);
    out.raw(certificate.text().text());
    relays.forEach(relay -> out.raw(relay.text()));
    out.raw("directory-footer\ndirectory-signature ");
    NetdocText signed = out.text();
    byte[] signature = signingKey.signBare(signed.sha1(0, signed.length()));
    out.raw(certificate.identity().hex() + " " + certificate.signingKeyDigest().hex() + "\n");
    out.object("SIGNATURE", signature);
    return out.text();
  }

  private void header(NetdocWriter out) {
    out.raw("network-status-version 3\nvote-status vote\n");
    StringJoiner methodList = new StringJoiner(" ");
    methods.forEach(method -> methodList.add(method.toString()));
    out.item("consensus-methods", methodList);
    out.item("published", NetdocTime.format(published));
    out.item("valid-after", NetdocTime.format(lifetime.validAfter()));
    out.item("fresh-until", NetdocTime.format(lifetime.freshUntil()));
    out.item("valid-until", NetdocTime.format(lifetime.validUntil()));
    out.item("voting-delay", voteDelay, distDelay);
    if (clientVersions != null) {
      out.item("client-versions", clientVersions);
    }
    if (serverVersions != null) {
      out.item("server-versions", serverVersions);
    }
    out.item("recommended-relay-protocols", VotedProtocols.RECOMMENDED_RELAY);
    out.item("recommended-client-protocols", VotedProtocols.RECOMMENDED_CLIENT);
    out.item("required-relay-protocols", VotedProtocols.REQUIRED_RELAY);
    out.item("required-client-protocols", VotedProtocols.REQUIRED_CLIENT);
    out.item("known-flags", String.join(" ", knownFlags));
    out.item("flag-thresholds", flagThresholds);
    StringJoiner params = new StringJoiner(" ");
    parameters.forEach((name, value) -> params.add(name + "=" + value));
    out.item("params", params);
    out.raw(bandwidthFileLines);
    out.item(
        "dir-source",
        voter.nickname(),
        voter.identity().hex(),
        voter.hostname(),
        voter.address(),
        voter.dirPort(),
        voter.orPort());
    out.item("contact", voter.contact());
    out.raw(sharedRandomLines);
    voter.legacy().ifPresent(legacy -> out.item("legacy-dir-key", legacy.hex()));
  }
}
