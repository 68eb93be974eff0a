package org.tunic.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.tunic.directory.authority.consensus.ConsensusComputer;
import org.tunic.directory.doc.consensus.Consensus;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.directory.view.NetworkView;

/** The made-up network is one that authorities could have made. */
class SyntheticNetworkTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private final SyntheticNetwork network = new SyntheticNetwork(300, 5, NOW);

  @Test
  void consensus_ofBothFlavours_isBelieved() {
    for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
      Consensus consensus = network.verify(network.consensus(flavor));
      assertTrue(consensus.relays().size() > 290, flavor + ": " + consensus.relays().size());
    }
  }

  @Test
  void view_ofConsensusAndMicrodescriptors_hasWhatPathsNeed() {
    NetworkView view =
        NetworkView.of(
            network.verify(network.consensus(ConsensusFlavor.MICRODESC)),
            network.microdescriptors()::get,
            OptionalDouble.empty());
    assertTrue(view.dirInfo().enough());
    assertTrue(view.relays().stream().filter(r -> r.has(RelayFlag.GUARD)).count() > 50);
    assertTrue(view.relays().stream().filter(r -> r.policy().allows(443)).count() > 30);
  }

  @Test
  void voteTexts_parsedAndComputed_giveTheSameRelays() throws Exception {
    List<Vote> votes = new ArrayList<>();
    for (int i = 0; i < SyntheticNetwork.AUTHORITIES; i++) {
      Vote parsed = Vote.parse(network.voteText(i), false);
      assertEquals(network.vote(i).entries(), parsed.entries());
      votes.add(parsed);
    }
    String fromTexts =
        new ConsensusComputer(votes, SyntheticNetwork.AUTHORITIES, false)
            .compute(ConsensusFlavor.MICRODESC)
            .text()
            .text();
    String made = network.consensus(ConsensusFlavor.MICRODESC).text();
    assertEquals(relayLines(made), relayLines(fromTexts));
  }

  private static String relayLines(String consensus) {
    return consensus.substring(consensus.indexOf("\nr "), consensus.indexOf("directory-footer"));
  }

  @Test
  void sameSeed_makesTheSameNetwork() {
    SyntheticNetwork again = new SyntheticNetwork(300, 5, NOW);
    assertEquals(
        network.consensus(ConsensusFlavor.NS).text(), again.consensus(ConsensusFlavor.NS).text());
    assertEquals(network.microdescriptorCache().text(), again.microdescriptorCache().text());
  }
}
