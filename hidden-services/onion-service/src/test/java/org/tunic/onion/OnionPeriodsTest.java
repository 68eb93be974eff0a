package org.tunic.onion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.crypto.hs.TimePeriod;
import org.tunic.directory.hsdir.DescriptorSlot;
import org.tunic.directory.hsdir.HsDirRing;
import org.tunic.directory.hsdir.HsDirSchedule;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.NetworkView;
import org.tunic.onion.host.OnionService;
import org.tunic.onion.host.ServiceSettings;
import org.tunic.onion.host.VisitorStream;
import org.tunic.router.stream.socks.IsolationKey;
import org.tunic.testing.SeededRandom;

/**
 * A service stays reachable through changes of the time period and of the shared random value, for
 * visitors whose consensus is newer than the service's, the same, and two votes older.
 *
 * <p>There is one directory for each descriptor, so that whoever looks elsewhere than where the
 * service has stored it finds nothing.
 */
@Timeout(180)
final class OnionPeriodsTest {
  private static final ConsensusParameters ONE_DIRECTORY =
      new ConsensusParameters(
          Map.of("hsdir_n_replicas", 1, "hsdir_spread_store", 1, "hsdir_spread_fetch", 1));

  /** From before a change of the period to after the next one: both kinds of change are within. */
  private static final int FIRST_ROUND = 10;

  private static final int ROUNDS = 28;
  private static final int VOTES_BEHIND = 2;

  private int visits;

  @ParameterizedTest(name = "a vote every {0} s, testing network: {1}")
  @CsvSource({"3600, false", "10, true"})
  void service_throughPeriods_isReachableWithoutAGap(int seconds, boolean testingNetwork)
      throws Exception {
    Duration interval = Duration.ofSeconds(seconds);
    try (OnionNetwork network = new OnionNetwork(interval, testingNetwork, ONE_DIRECTORY)) {
      Instant run = HsDirSchedule.schedule(network.view(), testingNetwork).runStart(day());
      Instant start = run.plus(interval.multipliedBy(FIRST_ROUND));
      network.clock.jumpTo(start);
      OnionNetwork.Node host = network.node(1);
      host.learn(network.view(start));
      OnionService service =
          host.services.add(
              HsIdKeypair.generate(new SeededRandom(5)),
              ServiceSettings.of(Map.of(80, List.of(VisitorStream::accept))));
      service.published().get(30, TimeUnit.SECONDS);
      OnionNetwork.Node visitor = network.node(2);
      OnionNetwork.Node late = network.node(3);
      TreeSet<TimePeriod> periods =
          new TreeSet<>(java.util.Comparator.comparingLong(TimePeriod::number));
      for (int round = 1; round <= ROUNDS; round++) {
        Instant validAfter = start.plus(interval.multipliedBy(round));
        network.clock.jumpTo(validAfter.plus(interval.dividedBy(10)));
        NetworkView next = network.view(validAfter);
        periods.add(HsDirSchedule.of(next, testingNetwork).fetch().period());
        visitor.learn(next);
        visit(visitor, service.id());
        host.learn(next);
        visit(visitor, service.id());
        late.learn(network.view(validAfter.minus(interval.multipliedBy(VOTES_BEHIND))));
        visit(late, service.id());
        awaitStored(network, next, testingNetwork, service.id());
      }
      assertEquals(3, periods.size(), "periods in which visitors looked for it");
    }
  }

  private static Instant day() {
    return Instant.parse("2026-11-22T00:00:00Z");
  }

  /** On a circuit of its own, with a descriptor of its own. */
  private void visit(OnionNetwork.Node visitor, HsId service) throws Exception {
    visitor.client.keysChanged();
    assertTrue(
        visitor
            .client
            .dial(service, 80, IsolationKey.ofGroup(++visits))
            .get(30, TimeUnit.SECONDS)
            .isActive());
  }

  /** Before the next change both descriptors have to be where they belong. */
  private static void awaitStored(
      OnionNetwork network, NetworkView view, boolean testingNetwork, HsId service)
      throws Exception {
    HsDirSchedule schedule = HsDirSchedule.of(view, testingNetwork);
    for (DescriptorSlot slot : List.of(schedule.first(), schedule.second())) {
      var blinded = service.blind(slot.period());
      var directory = HsDirRing.of(view, slot).forStore(blinded).getFirst();
      for (int i = 0; i < 1000 && !network.has(directory, blinded); i++) {
        LockSupport.parkNanos(10_000_000);
      }
      assertTrue(network.has(directory, blinded));
    }
  }
}
