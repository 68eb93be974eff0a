package org.tunic.directory.authority.voting;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;

/**
 * The votes of the round that is going on, and those of the one before, which are still served. Of
 * each authority one vote is kept in each.
 *
 * <p>Spec: dir-spec/exchanging-votes. Threads: one caller at a time; its owner guards it.
 */
public final class VoteBox {
  /**
   * Most votes read from one upload or answer; an answer to a request for missing votes has one of
   * each authority.
   */
  static final int MAX_VOTES_IN_ONE = 64;

  private final Set<RsaIdentity> authorities;
  private final boolean testing;
  private Map<RsaIdentity, Vote> pending = new TreeMap<>();
  private Map<RsaIdentity, Vote> previous = new TreeMap<>();

  public VoteBox(Set<RsaIdentity> authorities, boolean testing) {
    this.authorities = Set.copyOf(authorities);
    this.testing = testing;
  }

  /**
   * Takes one or several votes.
   *
   * @param text the votes, one after the other
   * @param round the round they must be for
   * @param posted when they were sent to us; empty if we asked for them, because then they may come
   *     late
   * @param accepted is told of each vote that was new
   */
  public VoteOutcome add(
      NetdocText text,
      VotingSchedule round,
      Optional<Instant> posted,
      java.util.function.Consumer<Vote> accepted) {
    List<NetdocText> parts = text.split("network-status-version");
    if (parts.isEmpty() || parts.size() > MAX_VOTES_IN_ONE) {
      return VoteOutcome.refused("Unable to parse vote");
    }
    VoteOutcome worst = VoteOutcome.ok("Duplicate discarded");
    for (NetdocText part : parts) {
      VoteOutcome outcome = addOne(part, round, posted, accepted);
      if (!outcome.accepted() || worst.accepted()) {
        worst = worst.accepted() ? outcome : worst;
      }
    }
    return worst;
  }

  private VoteOutcome addOne(
      NetdocText text,
      VotingSchedule round,
      Optional<Instant> posted,
      java.util.function.Consumer<Vote> accepted) {
    Vote vote;
    try {
      vote = Vote.parse(text, testing);
    } catch (DocumentSyntaxException e) {
      return VoteOutcome.refused("Unable to parse vote");
    }
    if (!authorities.contains(vote.voter().identity())) {
      return VoteOutcome.refused("Vote not from a recognized v3 authority");
    }
    if (!vote.lifetime().validAfter().equals(round.validAfter())) {
      return VoteOutcome.refused("Bad valid-after time");
    }
    // In whole seconds, as C tor counts: its vote may take as long as until then to leave it.
    if (posted.isPresent()
        && posted.get().truncatedTo(ChronoUnit.SECONDS).isAfter(round.fetchMissingVotes())) {
      return VoteOutcome.refused("Posted vote received too late, would be dangerous to count it");
    }
    Vote known = pending.get(vote.voter().identity());
    if (known != null && known.digest().equals(vote.digest())) {
      return VoteOutcome.ok("Duplicate discarded");
    }
    if (known != null && !known.published().isBefore(vote.published())) {
      return VoteOutcome.refused("Already have a newer pending vote");
    }
    pending.put(vote.voter().identity(), vote);
    accepted.accept(vote);
    return VoteOutcome.ok("Vote stored");
  }

  /** The votes of this round. */
  public Collection<Vote> pending() {
    return List.copyOf(pending.values());
  }

  /** Authorities whose vote of this round we lack. */
  public List<RsaIdentity> missing() {
    List<RsaIdentity> missing = new ArrayList<>(authorities);
    missing.removeAll(pending.keySet());
    return missing.stream().sorted().toList();
  }

  /** The vote of this authority in the round that is going on. */
  public Optional<Vote> pending(RsaIdentity authority) {
    return Optional.ofNullable(pending.get(authority));
  }

  /** The vote of this authority in the round before. */
  public Optional<Vote> previous(RsaIdentity authority) {
    return Optional.ofNullable(previous.get(authority));
  }

  /** The vote with this digest, of either round. */
  public Optional<Vote> byDigest(Bytes digest) {
    List<Vote> all = new ArrayList<>(pending.values());
    all.addAll(previous.values());
    return all.stream().filter(vote -> vote.digest().equals(digest)).findFirst();
  }

  /** The round is over. */
  public void nextRound() {
    previous = pending;
    pending = new TreeMap<>();
  }
}
