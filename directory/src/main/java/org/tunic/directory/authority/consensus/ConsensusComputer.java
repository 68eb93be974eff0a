package org.tunic.directory.authority.consensus;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.directory.doc.consensus.SharedRandom;
import org.tunic.directory.doc.vote.SharedRandomVote;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocTime;
import org.tunic.directory.protover.ProtocolVersions;
import org.tunic.directory.protover.TorVersion;

/**
 * Computes the consensus of a set of votes, in both flavours.
 *
 * <p>The outcome depends on the votes, the number of configured authorities and on nothing else:
 * not on the order in which votes came, not on who computes. It is the same, byte for byte, as C
 * tor's.
 *
 * <p>Spec: dir-spec/computing-consensus. Threads: one caller, short-lived.
 */
public final class ConsensusComputer {
  private static final int DEFAULT_MAX_UNMEASURED = 20;
  private static final int DEFAULT_WEIGHT_SCALE = 10_000;

  private final List<Vote> votes;
  private final int authorities;
  private final boolean sharedRandomFresh;
  private final int method;
  private final SequencedSet<String> flags = new TreeSet<>();
  private final ParameterVote parameters;
  private final List<RelayResult> relays = new ArrayList<>();

  /**
   * Collects the votes and decides about every relay.
   *
   * @param votes at least one, each of another authority
   * @param authorities number of configured authorities, at least the number of votes
   * @param sharedRandomFresh whether the current shared random value, if any, was computed just
   *     before this vote; then more must agree on it
   */
  public ConsensusComputer(Collection<Vote> votes, int authorities, boolean sharedRandomFresh) {
    if (votes.isEmpty() || votes.size() > authorities) {
      throw new IllegalArgumentException("number of votes");
    }
    this.votes =
        votes.stream().sorted(Comparator.comparing(vote -> vote.voter().identity())).toList();
    this.authorities = authorities;
    this.sharedRandomFresh = sharedRandomFresh;
    this.method = ConsensusMethod.choose(votes);
    this.parameters = ParameterVote.of(this.votes, authorities);
    this.votes.forEach(vote -> flags.addAll(vote.knownFlags()));
    flags.add("NoEdConsensus");
    decideAboutRelays();
  }

  /** The method these votes lead to. */
  public int method() {
    return method;
  }

  /** The consensus of one flavour. */
  public UnsignedConsensus compute(ConsensusFlavor flavor) {
    StringBuilder out = new StringBuilder(8192 + 400 * relays.size());
    Lifetime lifetime = lifetime();
    out.append("network-status-version 3")
        .append(flavor == ConsensusFlavor.NS ? "" : " " + flavor.keyword())
        .append('\n');
    out.append("vote-status consensus\n");
    out.append("consensus-method ").append(method).append('\n');
    out.append("valid-after ").append(NetdocTime.format(lifetime.validAfter())).append('\n');
    out.append("fresh-until ").append(NetdocTime.format(lifetime.freshUntil())).append('\n');
    out.append("valid-until ").append(NetdocTime.format(lifetime.validUntil())).append('\n');
    out.append("voting-delay ").append(Tally.medianOf(votes, Vote::voteDelay));
    out.append(' ').append(Tally.medianOf(votes, Vote::distDelay)).append('\n');
    out.append("client-versions ").append(versions(Vote::clientVersions)).append('\n');
    out.append("server-versions ").append(versions(Vote::serverVersions)).append('\n');
    out.append("known-flags ").append(String.join(" ", flags)).append('\n');
    protocols(out, "recommended-client-protocols", ceilDiv(authorities, 2));
    protocols(out, "recommended-relay-protocols", ceilDiv(authorities, 2));
    protocols(out, "required-client-protocols", ceilDiv(authorities * 2, 3));
    protocols(out, "required-relay-protocols", ceilDiv(authorities * 2, 3));
    out.append(parameters.line());
    out.append(SharedRandomVote.valueLines(sharedRandom()));
    sources(out);
    relays.forEach(relay -> relay.write(out, flavor, method));
    out.append("directory-footer\n");
    bandwidthWeights().ifPresent(out::append);
    return new UnsignedConsensus(flavor, lifetime, NetdocText.of(out.toString()));
  }

  private void decideAboutRelays() {
    RelayTally.Context context =
        new RelayTally.Context(
            votes,
            authorities,
            method,
            flags,
            new NameMap(votes),
            (int) votes.stream().filter(Vote::measuresBandwidth).count(),
            Math.max(1, parameters.get("maxunmeasuredbw", DEFAULT_MAX_UNMEASURED)));
    for (Collator.Relay relay : Collator.collate(votes, authorities).values()) {
      new RelayTally(context, relay).result().ifPresent(relays::add);
    }
  }

  private Lifetime lifetime() {
    return new Lifetime(
        median(l -> l.validAfter()), median(l -> l.freshUntil()), median(l -> l.validUntil()));
  }

  private Instant median(Function<Lifetime, Instant> which) {
    return Instant.ofEpochSecond(
        Tally.medianOf(votes, vote -> which.apply(vote.lifetime()).getEpochSecond()));
  }

  /** Versions recommended by more than half of those that recommend any. */
  private String versions(Function<Vote, @Nullable String> which) {
    List<String> combined = new ArrayList<>();
    int voting = 0;
    for (Vote vote : votes) {
      String list = which.apply(vote);
      if (list != null) {
        voting++;
        TreeSet<String> distinct = new TreeSet<>(TorVersion.TEXT_ORDER);
        for (String version : list.split(",")) {
          if (!version.isBlank()) {
            distinct.add(version.strip());
          }
        }
        combined.addAll(distinct);
      }
    }
    combined.sort(TorVersion.TEXT_ORDER);
    List<String> good = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < combined.size(); i++) {
      if (i + 1 == combined.size() || !combined.get(i).equals(combined.get(i + 1))) {
        if (i + 1 - from > voting / 2) {
          good.add(combined.get(i));
        }
        from = i + 1;
      }
    }
    return String.join(",", good);
  }

  private void protocols(StringBuilder out, String keyword, int threshold) {
    List<ProtocolVersions> voted =
        votes.stream()
            .map(vote -> vote.protocols().get(keyword))
            .filter(java.util.Objects::nonNull)
            .toList();
    out.append(keyword).append(' ').append(ProtocolVersions.vote(voted, threshold)).append('\n');
  }

  private SharedRandom sharedRandom() {
    int agreements = parameters.get("AuthDirNumSRVAgreements", authorities * 2 / 3);
    return SharedRandomTally.values(votes, authorities, agreements, sharedRandomFresh);
  }

  private void sources(StringBuilder out) {
    record Source(RsaIdentity identity, boolean legacy, Vote vote) {}
    List<Source> sources = new ArrayList<>();
    for (Vote vote : votes) {
      sources.add(new Source(vote.voter().identity(), false, vote));
      vote.voter()
          .legacy()
          .filter(id -> !id.bytes().isZero())
          .ifPresent(id -> sources.add(new Source(id, true, vote)));
    }
    sources.sort(Comparator.comparing(Source::identity));
    for (Source source : sources) {
      Vote.Voter voter = source.vote.voter();
      out.append("dir-source ").append(voter.nickname()).append(source.legacy ? "-legacy " : " ");
      out.append(source.identity.hex())
          .append(' ')
          .append(voter.hostname())
          .append(' ')
          .append(voter.address());
      out.append(' ').append(voter.dirPort()).append(' ').append(voter.orPort()).append('\n');
      if (!source.legacy) {
        out.append("contact ").append(voter.contact()).append('\n');
        out.append("vote-digest ")
            .append(org.tunic.crypto.bytes.Hex.encodeUpper(source.vote.digest().toArray()));
        out.append('\n');
      }
    }
  }

  private Optional<String> bandwidthWeights() {
    long g = 1;
    long m = 1;
    long e = 1;
    long d = 1;
    long t = 4;
    for (RelayResult relay : relays) {
      if (relay.bandwidth() < 0) {
        continue;
      }
      boolean exit = relay.flags().contains("Exit") && !relay.flags().contains("BadExit");
      boolean guard = relay.flags().contains("Guard");
      long asGuard = relay.bandwidth();
      long rest = 0;
      if (relay.guardFraction()
          >= 0) { // a relay that was a guard for part of the time counts in part for each class
        asGuard = Math.round(relay.bandwidth() * (relay.guardFraction() / 100.0));
        rest = relay.bandwidth() - asGuard;
      }
      t += asGuard;
      if (exit && guard) {
        d += asGuard;
        e += rest;
      } else if (exit) {
        e += asGuard;
      } else if (guard) {
        g += asGuard;
        m += rest;
      } else {
        m += asGuard;
      }
    }
    int scale = Math.max(1, parameters.get("bwweightscale", DEFAULT_WEIGHT_SCALE));
    return new BandwidthWeightsLine(g, m, e, d, t, scale).line();
  }

  private static int ceilDiv(int a, int b) {
    return (a + b - 1) / b;
  }
}
