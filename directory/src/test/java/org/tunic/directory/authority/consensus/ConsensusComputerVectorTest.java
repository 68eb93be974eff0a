package org.tunic.directory.authority.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.directory.netdoc.DocumentSyntaxException;

/** Three votes of a C tor network must give the two consensuses that its authorities signed. */
class ConsensusComputerVectorTest {
  @ParameterizedTest
  @EnumSource(ConsensusFlavor.class)
  void compute_votesOfCTor_givesItsConsensus(ConsensusFlavor flavor) throws Exception {
    UnsignedConsensus computed = new ConsensusComputer(votes(), 3, false).compute(flavor);
    String expected =
        CtorDocs.text(flavor == ConsensusFlavor.NS ? "consensus" : "consensus-microdesc").text();
    assertEquals(
        expected.substring(0, expected.indexOf("directory-signature ")), computed.text().text());
  }

  @ParameterizedTest
  @EnumSource(ConsensusFlavor.class)
  void digest_isWhatTheAuthoritiesSigned(ConsensusFlavor flavor) throws Exception {
    UnsignedConsensus computed = new ConsensusComputer(votes(), 3, false).compute(flavor);
    String name = flavor == ConsensusFlavor.NS ? "consensus" : "consensus-microdesc";
    assertEquals(CtorDocs.consensus(name).signedDigest(), computed.digest());
  }

  @Test
  void compute_votesInAnyOrder_givesTheSame() throws Exception {
    long seed = 33;
    Random random = new Random(seed);
    List<Vote> votes = new ArrayList<>(votes());
    String expected =
        new ConsensusComputer(votes, 3, false).compute(ConsensusFlavor.NS).text().text();
    for (int i = 0; i < 20; i++) {
      Collections.shuffle(votes, random);
      assertEquals(
          expected,
          new ConsensusComputer(votes, 3, false).compute(ConsensusFlavor.NS).text().text(),
          "seed " + seed);
    }
  }

  static List<Vote> votes() throws DocumentSyntaxException {
    List<Vote> votes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      votes.add(Vote.parse(CtorDocs.text("vote." + i), true));
    }
    return votes;
  }
}
