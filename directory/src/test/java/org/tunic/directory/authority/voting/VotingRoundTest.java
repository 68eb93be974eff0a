package org.tunic.directory.authority.voting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.directory.authority.SimulatedAuthorities;
import org.tunic.directory.authority.SimulatedAuthorities.Node;
import org.tunic.directory.doc.consensus.Consensus;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.doc.consensus.UnverifiedConsensus;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.netdoc.NetdocText;

class VotingRoundTest {
  /** Three seconds before the first vote of an initial interval of ten seconds. */
  private static final Instant START = Instant.parse("2026-11-22T19:40:03Z");

  @TempDir Path directory;

  @Test
  void rounds_threeAuthorities_publishTheSameConsensusSignedByAll() throws Exception {
    SimulatedAuthorities net = new SimulatedAuthorities(3, START, directory);
    net.uploadRelays();
    net.runUntil(Instant.parse("2026-11-22T19:42:05Z"));
    for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
      Set<String> texts =
          net.nodes.stream()
              .map(n -> n.published(flavor).orElseThrow().text())
              .collect(Collectors.toSet());
      assertEquals(1, texts.size());
      assertFalse(texts.iterator().next().contains("w Bandwidth=0"));
      Consensus consensus = verified(net, net.nodes.getFirst(), flavor);
      assertEquals(3, consensus.signatures().size());
      assertEquals(7, consensus.relays().size());
      consensus
          .relays()
          .forEach(r -> assertTrue(r.has(RelayFlag.GUARD) && r.has(RelayFlag.EXIT), r.toString()));
    }
  }

  @Test
  void rounds_timesFollowTheConsensusOnceThereIsOne() throws Exception {
    SimulatedAuthorities net = new SimulatedAuthorities(3, START, directory);
    net.uploadRelays();
    net.runUntil(Instant.parse("2026-11-22T19:41:25Z"));
    List<String> validAfter =
        net.nodes.getFirst().history.stream()
            .map(t -> t.text().lines().skip(3).findFirst().orElseThrow())
            .toList();
    assertEquals(
        List.of(
            "valid-after 2026-11-22 19:40:10",
            "valid-after 2026-11-22 19:40:20",
            "valid-after 2026-11-22 19:40:40",
            "valid-after 2026-11-22 19:41:00",
            "valid-after 2026-11-22 19:41:20"),
        validAfter);
  }

  @Test
  void rounds_startedLongAfterTheStateWasMade_takeTheRoundOfTheTime() throws Exception {
    SimulatedAuthorities net = new SimulatedAuthorities(3, START, directory);
    net.uploadRelays();
    net.clock.jumpTo(Instant.parse("2026-11-22T19:40:41Z"));
    net.runUntil(Instant.parse("2026-11-22T19:40:52Z"));
    Consensus consensus = verified(net, net.nodes.getFirst(), ConsensusFlavor.NS);
    assertEquals(
        Instant.parse("2026-11-22T19:40:50Z"), consensus.preamble().lifetime().validAfter());
    assertEquals(1, net.nodes.getFirst().history.size());
  }

  @Test
  void round_joinedTooLateToVote_publishesWhatTheOthersSigned() throws Exception {
    SimulatedAuthorities net = new SimulatedAuthorities(3, START, directory);
    net.uploadRelays();
    Node late = net.nodes.get(2);
    VotingSchedule round = late.state.schedule();
    net.clock.jumpTo(round.votingStarts());
    List<NetdocText> votes = List.of(net.nodes.get(0).state.vote(), net.nodes.get(1).state.vote());
    for (NetdocText vote : votes) {
      net.nodes.forEach(node -> node.state.postVote(vote.bytes()));
    }
    net.clock.jumpTo(round.votingEnds());
    for (Node node : net.nodes) {
      Optional<NetdocText> signatures = node.state.compute();
      signatures.ifPresent(s -> net.nodes.forEach(other -> other.state.postSignatures(s.bytes())));
    }
    // The late one computed last: it kept what came before.
    net.clock.jumpTo(round.validAfter());
    late.state.publish(round);
    assertEquals(2, verified(net, late, ConsensusFlavor.NS).signatures().size());
  }

  @Test
  void rounds_certificatesOfTheOthers_areFetchedBeforeTheFirstVote() throws Exception {
    SimulatedAuthorities net = new SimulatedAuthorities(3, START, directory);
    net.runUntil(Instant.parse("2026-11-22T19:40:05Z"));
    net.nodes.forEach(node -> assertEquals(3, node.state.certificates().size()));
  }

  @Test
  void rounds_microdescriptorsOfTheConsensus_areServed() throws Exception {
    SimulatedAuthorities net = new SimulatedAuthorities(3, START, directory);
    net.uploadRelays();
    net.runUntil(Instant.parse("2026-11-22T19:40:15Z"));
    Consensus consensus = verified(net, net.nodes.getFirst(), ConsensusFlavor.MICRODESC);
    for (var relay : consensus.relays()) {
      Microdescriptor microdescriptor =
          net.nodes
              .getFirst()
              .state
              .microdescriptor(relay.descriptorDigest().orElseThrow())
              .orElseThrow();
      assertEquals(relay.descriptorDigest().orElseThrow(), microdescriptor.digest());
    }
  }

  @Test
  void rounds_oneAuthorityDown_othersPublish() throws Exception {
    SimulatedAuthorities net = new SimulatedAuthorities(3, START, directory);
    net.uploadRelays();
    net.nodes.get(2).reachable = false;
    net.runUntil(Instant.parse("2026-11-22T19:40:45Z"));
    assertEquals(2, verified(net, net.nodes.get(0), ConsensusFlavor.NS).signatures().size());
    assertTrue(net.nodes.get(2).published(ConsensusFlavor.NS).isEmpty());
  }

  @Test
  void rounds_twoOfThreeDown_publishNothing() throws Exception {
    SimulatedAuthorities net = new SimulatedAuthorities(3, START, directory);
    net.uploadRelays();
    net.nodes.get(1).reachable = false;
    net.nodes.get(2).reachable = false;
    net.runUntil(Instant.parse("2026-11-22T19:41:00Z"));
    net.nodes.forEach(node -> assertTrue(node.published(ConsensusFlavor.NS).isEmpty()));
  }

  @Test
  void rounds_postsLost_votesAndSignaturesAreFetched() throws Exception {
    SimulatedAuthorities net = new SimulatedAuthorities(3, START, directory);
    net.uploadRelays();
    net.nodes.forEach(node -> node.dropsPosts = true);
    net.runUntil(Instant.parse("2026-11-22T19:40:45Z"));
    assertEquals(3, verified(net, net.nodes.get(0), ConsensusFlavor.NS).signatures().size());
  }

  @Test
  void rounds_relayKnownToOneOnly_isNotListed() throws Exception {
    SimulatedAuthorities net = new SimulatedAuthorities(3, START, directory);
    net.nodes
        .getFirst()
        .state
        .upload(
            org.tunic.directory.CtorDocs.text("server-descriptors")
                .split("router")
                .getFirst()
                .bytes());
    SimulatedAuthorities.reachAll(net.nodes.getFirst());
    net.runUntil(Instant.parse("2026-11-22T19:40:15Z"));
    assertEquals(0, verified(net, net.nodes.getFirst(), ConsensusFlavor.NS).relays().size());
  }

  @Test
  void rounds_overAWholeRun_agreeOnARandomValueOfAllAuthorities() throws Exception {
    SimulatedAuthorities net = new SimulatedAuthorities(3, START, directory);
    net.uploadRelays();
    // A run of 24 rounds of 20 s starts at 19:44:00; the one after ends at 19:52:00.
    net.runUntil(Instant.parse("2026-11-22T19:52:05Z"));
    Consensus consensus = verified(net, net.nodes.getFirst(), ConsensusFlavor.NS);
    var value = consensus.preamble().sharedRandom().current().orElseThrow();
    assertEquals(3, value.reveals());
    Map<String, Long> values =
        net.nodes.stream()
            .map(
                n ->
                    n.history
                        .getLast()
                        .text()
                        .lines()
                        .filter(l -> l.startsWith("shared-rand-current"))
                        .findFirst())
            .collect(Collectors.groupingBy(l -> l.orElse(""), Collectors.counting()));
    assertEquals(1, values.size());
  }

  @Test
  void restart_keepsRelaysAndPins() throws Exception {
    SimulatedAuthorities net = new SimulatedAuthorities(3, START, directory);
    net.uploadRelays();
    Node node = net.nodes.getFirst();
    Set<Object> before = new HashSet<>(node.state.descriptors());
    assertEquals(7, before.size());
    node.restart();
    assertEquals(
        before.stream().map(Object::toString).collect(Collectors.toSet()),
        node.state.descriptors().stream().map(Object::toString).collect(Collectors.toSet()));
    assertEquals(7, node.state.dueTests().size());
  }

  private static Consensus verified(SimulatedAuthorities net, Node node, ConsensusFlavor flavor)
      throws Exception {
    return UnverifiedConsensus.parse(node.published(flavor).orElseThrow())
        .verify(node.config.v3idents(), node.state.certificates(), net.clock.instant());
  }
}
