package org.tunic.directory.authority.sharedrandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.consensus.SharedRandom;
import org.tunic.directory.doc.vote.SharedRandomCommit;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.testing.SeededRandom;
import org.tunic.testing.Vectors;

class SharedRandomVectorTest {
  private static final Duration INTERVAL = Duration.ofSeconds(20);
  private static final Instant RUN = Instant.ofEpochSecond(0x6B034600L);

  @Test
  void compute_recordedRun_givesCTorsValue() throws Exception {
    JsonNode live = Vectors.json("srv/srv.json").get("live");
    List<SharedRandomCommit> commits = new ArrayList<>();
    for (JsonNode c : live.get("commits")) {
      commits.add(
          SharedRandomCommit.of(
              RsaIdentity.fromHex(c.get("identity_hex").asText()),
              c.get("commit").asText(),
              c.get("reveal").asText()));
    }
    assertTrue(commits.stream().allMatch(SharedRandomCommit::revealMatches));
    Bytes previous = Bytes.copyOf(Base64s.decode(live.get("previous_srv_base64").asText()));
    SharedRandom.Value value =
        SharedRandomValue.compute(commits, new SharedRandom.Value(0, previous));
    assertEquals(3, value.reveals());
    assertEquals(live.get("result_srv_base64").asText(), Base64s.encode(value.value().toArray()));
  }

  @Test
  void compute_noReveals_givesCTorsValue() {
    JsonNode zero = Vectors.json("srv/srv.json").get("zero_reveals");
    assertEquals(
        zero.get("srv").asText(), SharedRandomValue.compute(List.of(), null).value().hex());
  }

  /**
   * An authority that hears the votes of the recorded network ends the run with the network's
   * value.
   */
  @Test
  void state_throughARunOfCTor_agrees() throws Exception {
    Vote reveals = Vote.parse(CtorDocs.text("vote-with-reveal"), true);
    Vote later = Vote.parse(CtorDocs.text("vote.0"), true);
    RsaIdentity self = RsaIdentity.of(new byte[20]);
    SharedRandomState state = new SharedRandomState(self, CtorDocs.v3idents(), new SeededRandom(1));
    Instant start = RUN.minus(INTERVAL.multipliedBy(24));
    state.prepare(start, INTERVAL, start.minusSeconds(1));
    state.published(
        new SharedRandom(null, reveals.sharedRandom().values().current().orElseThrow()));
    for (SharedRandomCommit commit : reveals.sharedRandom().commits()) {
      var own = SharedRandomCommit.of(commit.identity(), commit.commit(), null);
      state.received(
          new org.tunic.directory.doc.vote.SharedRandomVote(true, List.of(own), SharedRandom.NONE),
          own.identity());
    }
    state.prepare(start.plus(INTERVAL.multipliedBy(12)), INTERVAL, start);
    for (SharedRandomCommit commit : reveals.sharedRandom().commits()) {
      state.received(reveals.sharedRandom(), commit.identity());
    }
    state.prepare(RUN, INTERVAL, RUN);
    assertTrue(state.isFresh());
    assertEquals(later.sharedRandom().values().current(), state.values().current());
    assertEquals(later.sharedRandom().values().previous(), state.values().previous());
  }

  @Test
  void received_someoneElsesCommit_isIgnored() throws Exception {
    Vote reveals = Vote.parse(CtorDocs.text("vote-with-reveal"), true);
    Set<RsaIdentity> authorities = CtorDocs.v3idents();
    RsaIdentity voter = reveals.voter().identity();
    SharedRandomState state =
        new SharedRandomState(RsaIdentity.of(new byte[20]), authorities, new SeededRandom(1));
    state.prepare(RUN, INTERVAL, RUN);
    state.received(reveals.sharedRandom(), voter);
    // in the first phase a commit with a reveal is a mistake, and others' commits are not his to
    // send
    assertEquals(
        1, state.voteLines().lines().filter(l -> l.startsWith("shared-rand-commit")).count());
  }

  @Test
  void restore_ownFile_continuesTheRun() {
    RsaIdentity self = CtorDocs.v3idents().iterator().next();
    SharedRandomState state = new SharedRandomState(self, CtorDocs.v3idents(), new SeededRandom(1));
    state.prepare(RUN, INTERVAL, RUN.minusSeconds(1));
    SharedRandomState again = new SharedRandomState(self, CtorDocs.v3idents(), new SeededRandom(2));
    again.restore(state.file().orElseThrow(), RUN.plusSeconds(5), INTERVAL);
    assertEquals(state.voteLines(), again.voteLines());
    again.prepare(RUN.plus(INTERVAL), INTERVAL, RUN.plusSeconds(5));
    assertEquals(state.voteLines(), again.voteLines());
    SharedRandomState tooLate =
        new SharedRandomState(self, CtorDocs.v3idents(), new SeededRandom(2));
    tooLate.restore(state.file().orElseThrow(), RUN.plus(Duration.ofDays(1)), INTERVAL);
    assertEquals(java.util.Optional.empty(), tooLate.file());
  }
}
