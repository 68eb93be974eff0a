package org.tunic.directory.authority.voting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.directory.netdoc.NetdocText;

class VoteBoxTest {
  private static final Instant T = Instant.parse("2026-11-22T19:44:20Z");
  private static final VotingSchedule.Timing TIMING =
      new VotingSchedule.Timing(
          Duration.ofSeconds(20), Duration.ofSeconds(4), Duration.ofSeconds(4));
  private final VotingSchedule round =
      VotingSchedule.after(T.minusSeconds(15), Optional.empty(), TIMING, Duration.ZERO);
  private final VoteBox box = new VoteBox(CtorDocs.v3idents(), true);
  private final List<Vote> accepted = new ArrayList<>();

  private VoteOutcome post(String text, Instant at) {
    return box.add(NetdocText.of(text), round, Optional.of(at), accepted::add);
  }

  private static String vote(int number) {
    return CtorDocs.text("vote." + number).text();
  }

  @Test
  void add_votesOfTheRound_areStored() {
    assertEquals(new VoteOutcome(200, "Vote stored"), post(vote(0), T.minusSeconds(8)));
    assertEquals(new VoteOutcome(200, "Vote stored"), post(vote(1) + vote(2), T.minusSeconds(8)));
    assertEquals(3, box.pending().size());
    assertEquals(List.of(), box.missing());
    assertEquals(3, accepted.size());
  }

  @Test
  void add_again_isADuplicate() {
    post(vote(0), T.minusSeconds(8));
    assertEquals(new VoteOutcome(200, "Duplicate discarded"), post(vote(0), T.minusSeconds(7)));
    assertEquals(1, accepted.size());
  }

  @Test
  void add_postedLate_isRefusedButFetchedLateIsNot() {
    assertEquals(
        new VoteOutcome(400, "Posted vote received too late, would be dangerous to count it"),
        post(vote(0), T.minusSeconds(5)));
    assertEquals(
        new VoteOutcome(200, "Vote stored"),
        box.add(NetdocText.of(vote(0)), round, Optional.empty(), accepted::add));
  }

  @Test
  void add_postedWithinTheSecondOfTheEnd_isStored() {
    Instant end = round.fetchMissingVotes();
    assertEquals(new VoteOutcome(200, "Vote stored"), post(vote(0), end.plusMillis(999)));
    assertEquals(400, post(vote(1), end.plusMillis(1000)).status());
  }

  @Test
  void add_ofAnotherRoundStrangerOrDamaged_isRefused() {
    assertEquals(
        new VoteOutcome(400, "Bad valid-after time"),
        post(CtorDocs.text("vote-with-reveal").text(), T.minusSeconds(8)));
    VoteBox strict = new VoteBox(Set.of(), true);
    assertEquals(
        new VoteOutcome(400, "Vote not from a recognized v3 authority"),
        strict.add(NetdocText.of(vote(0)), round, Optional.empty(), accepted::add));
    assertEquals(
        new VoteOutcome(400, "Unable to parse vote"),
        post(vote(0).replace("Bandwidth=96", "Bandwidth=97"), T.minusSeconds(8)));
    assertEquals(new VoteOutcome(400, "Unable to parse vote"), post("hello", T.minusSeconds(8)));
    assertEquals(0, accepted.size());
  }

  @Test
  void add_moreVotesInOneThanTheBound_isRefused() {
    String many = vote(0).repeat(VoteBox.MAX_VOTES_IN_ONE + 1);
    assertEquals(400, post(many, T.minusSeconds(8)).status());
    assertEquals(0, accepted.size());
  }

  @Test
  void nextRound_keepsVotesForOneMore() {
    post(vote(0), T.minusSeconds(8));
    Vote vote = accepted.getFirst();
    box.nextRound();
    assertTrue(box.pending().isEmpty());
    assertEquals(Optional.of(vote), box.previous(vote.voter().identity()));
    assertEquals(Optional.of(vote), box.byDigest(vote.digest()));
    box.nextRound();
    assertEquals(Optional.empty(), box.byDigest(vote.digest()));
  }
}
