package org.tunic.directory.doc.vote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Hex;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.policy.PolicySummary;

class VoteVectorTest {
  @Test
  void parse_votesOfCTor_digestsAreThoseOfTheConsensus() throws Exception {
    List<String> digests = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      digests.add(Hex.encodeUpper(Vote.parse(CtorDocs.text("vote." + i), true).digest().toArray()));
    }
    for (String line : CtorDocs.text("consensus").text().split("\n")) {
      if (line.startsWith("vote-digest ")) {
        assertTrue(digests.remove(line.substring("vote-digest ".length())), line);
      }
    }
    assertEquals(List.of(), digests);
  }

  @Test
  void parse_revealPhase_revealsMatchCommits() throws Exception {
    Vote vote = Vote.parse(CtorDocs.text("vote-with-reveal"), true);
    assertEquals(3, vote.sharedRandom().commits().size());
    for (SharedRandomCommit commit : vote.sharedRandom().commits()) {
      assertTrue(commit.revealMatches());
    }
    assertTrue(vote.text().text().contains(vote.sharedRandom().lines(true)));
  }

  /**
   * The text of a C tor vote, taken apart and written by us, with that authority's key: the same
   * bytes, the signature too.
   */
  @Test
  void sign_contentOfACTorVote_givesItsBytes() throws Exception {
    NetdocText text = CtorDocs.text("vote.0");
    Vote vote = Vote.parse(text, true);
    VoteWriter writer =
        new VoteWriter(
            vote.methods(),
            vote.published(),
            vote.lifetime(),
            vote.voteDelay(),
            vote.distDelay(),
            vote.clientVersions(),
            vote.serverVersions(),
            new TreeSet<>(vote.knownFlags()),
            lineValue(text.text(), "flag-thresholds "),
            new LinkedHashMap<>(vote.parameters()),
            "",
            vote.voter(),
            vote.sharedRandom().lines(false),
            vote.certificate(),
            opinions(vote));
    assertEquals(text.text(), writer.sign(CtorDocs.rsaKey("auth0/authority_signing_key")).text());
  }

  private static List<RelayOpinion> opinions(Vote vote) throws Exception {
    List<RelayOpinion> opinions = new ArrayList<>();
    String[] entries = vote.text().text().split("\nr ");
    for (int i = 0; i < vote.entries().size(); i++) {
      VoteEntry e = vote.entries().get(i);
      String[] stats = lineValue(entries[i + 1], "stats ").split("[ =]");
      opinions.add(
          new RelayOpinion(
              e.nickname(),
              e.identity(),
              e.descriptorDigest(),
              e.published(),
              e.orPort(),
              e.dirPort(),
              e.ipv6(),
              new TreeSet<>(Arrays.asList(lineValue(entries[i + 1], "s ").split(" "))),
              e.version(),
              e.protocols(),
              e.bandwidth(),
              e.measured(),
              e.guardFraction(),
              PolicySummary.parse(lineValue(entries[i + 1], "p ")),
              new Ed25519Identity(e.ed25519()),
              Double.parseDouble(stats[1]),
              Long.parseLong(stats[3]),
              Double.parseDouble(stats[5]),
              e.microdescriptors()));
    }
    return opinions;
  }

  private static String lineValue(String text, String start) {
    int at = text.indexOf("\n" + start) + 1;
    return text.substring(at + start.length(), text.indexOf('\n', at));
  }
}
