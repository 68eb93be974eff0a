package org.tunic.directory.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.directory.authority.SimulatedAuthorities;
import org.tunic.directory.doc.consensus.Consensus;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.testing.SeededRandom;

class FetchStateTest {
  private static final Instant START = Instant.parse("2026-11-22T19:40:03Z");

  @TempDir Path directory;

  @Test
  void consensus_ofNoRelays_isReplacedAsSoonAsThereIsAnother() throws Exception {
    SimulatedAuthorities net = new SimulatedAuthorities(3, START, directory);
    for (Instant next : nextFetches(net)) {
      assertTrue(next.isBefore(Instant.parse("2026-11-22T19:40:20Z")), next.toString());
    }
  }

  @Test
  void consensus_ofManyRelays_isKeptUntilCachesHaveTheNext() throws Exception {
    SimulatedAuthorities net = new SimulatedAuthorities(3, START, directory);
    net.uploadRelays();
    for (Instant next : nextFetches(net)) {
      assertFalse(next.isBefore(Instant.parse("2026-11-22T19:40:30Z")), next.toString());
    }
  }

  /** When clients that got the consensus of 19:40:10, fresh for twenty seconds, ask again. */
  private static List<Instant> nextFetches(SimulatedAuthorities net) throws Exception {
    net.runUntil(Instant.parse("2026-11-22T19:40:11Z"));
    List<Instant> times = new ArrayList<>();
    for (int seed = 0; seed < 20; seed++) {
      times.add(nextFetch(net.nodes.getFirst(), net.clock.instant(), seed));
    }
    return times;
  }

  private static Instant nextFetch(SimulatedAuthorities.Node node, Instant now, int seed) {
    FetchState state =
        new FetchState(
            FetchSettings.client(OptionalDouble.empty(), true),
            node.config.v3idents(),
            new SeededRandom(seed));
    FetchState.Gains gains = new FetchState.Gains();
    node.state.certificates().forEach(c -> state.offerCertificate(c, gains));
    NetdocText text = node.published(ConsensusFlavor.MICRODESC).orElseThrow();
    state.offerConsensus(ConsensusFlavor.MICRODESC, text, now, gains);
    Consensus held = gains.consensuses().getFirst();
    assertEquals(Instant.parse("2026-11-22T19:40:30Z"), held.lifetime().freshUntil());
    state.due(now); // microdescriptors are being asked for from now on
    return state.nextWake(now);
  }
}
