package org.tunic.router.circuit.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tunic.router.circuit.pool.PoolFixture.ALICE;
import static org.tunic.router.circuit.pool.PoolFixture.BOB;
import static org.tunic.router.circuit.pool.PoolFixture.failure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.EndReason;
import org.tunic.router.path.PathRules;
import org.tunic.router.path.TestNetworks;
import org.tunic.router.stream.socks.IsolationKey;

class CircuitPoolTest {
  // ---- circuits kept ready ----

  @Test
  void pool_withoutView_launchesNothing() {
    PoolFixture fixture = new PoolFixture(1);
    fixture.advance(Duration.ofMinutes(10));
    assertEquals(List.of(), fixture.network.all);
  }

  @Test
  void pool_firstView_keepsTwoCircuitsReadyForTheWeb() {
    PoolFixture fixture = PoolFixture.ready(2);
    assertEquals(2, fixture.network.all.size());
    for (FakeCircuits.Circuit circuit : fixture.network.all) {
      assertTrue(circuit.path.exit().policy().allows(80));
      assertEquals(fixture.guards.primaries().getFirst(), circuit.path.guard().ids().rsa());
    }
  }

  @Test
  void pool_usedPort_isCoveredFromThenOn() {
    PoolFixture fixture = new PoolFixture(3);
    fixture.pool.useView(
        PoolFixture.oneExitEach(Map.of(10, "accept 80,443", 11, "accept 25", 12, "accept 25")));
    fixture.turn();
    fixture.openAll();
    assertEquals(2, fixture.network.all.size());
    CompletableFuture<String> mail = fixture.open("mail.test", 25, ALICE);
    fixture.openAll();
    fixture.connect();
    assertTrue(mail.isDone());
    long clean =
        fixture.network.open().stream()
            .filter(circuit -> circuit.attempts.isEmpty())
            .filter(circuit -> circuit.path.exit().policy().allows(25))
            .count();
    assertEquals(2, clean);
  }

  @Test
  void pool_idleForLong_stopsBuildingAndClosesUnusedCircuits() {
    PoolFixture fixture = PoolFixture.ready(4);
    for (int minute = 0; minute < 70; minute++) {
      fixture.advance(Duration.ofMinutes(1));
      fixture.openAll();
    }
    int built = fixture.network.all.size();
    for (int minute = 0; minute < 70; minute++) {
      fixture.advance(Duration.ofMinutes(1));
      fixture.openAll();
    }
    assertEquals(built, fixture.network.all.size());
    assertEquals(List.of(), fixture.network.open());
  }

  @Test
  void pool_manyPorts_keepsABoundedNumberReady() {
    PoolFixture fixture = new PoolFixture(5);
    List<TestNetworks.Draft> drafts = TestNetworks.drafts(60);
    for (int i = 0; i < 20; i++) {
      drafts.get(i).guard();
      drafts.get(20 + i).exit("accept " + (1000 + i));
    }
    fixture.pool.useView(TestNetworks.view(drafts));
    for (int i = 0; i < 20; i++) {
      fixture.open("host.test", 1000 + i, ALICE);
      fixture.openAll();
      fixture.connect();
    }
    long clean =
        fixture.network.open().stream().filter(circuit -> circuit.attempts.isEmpty()).count();
    assertEquals(CircuitStock.MAX_READY, clean);
  }

  // ---- attaching ----

  @Test
  void open_circuitReady_connectsOverIt() {
    PoolFixture fixture = PoolFixture.ready(6);
    CompletableFuture<String> result = fixture.open("Example.TEST", 443, ALICE);
    FakeCircuits.Attempt attempt = fixture.attempt();
    assertEquals(new Begin("example.test", 443, 0), attempt.begin);
    attempt.connect();
    fixture.turn();
    assertEquals("example.test:443@" + attempt.circuit.id(), result.join());
  }

  @Test
  void open_beforeAnyView_waitsForOne() {
    PoolFixture fixture = new PoolFixture(7);
    CompletableFuture<String> result = fixture.open("example.test", 80, ALICE);
    fixture.advance(Duration.ofSeconds(30));
    fixture.pool.useView(PoolFixture.webView());
    fixture.turn();
    fixture.openAll();
    fixture.connect();
    assertTrue(result.isDone() && !result.isCompletedExceptionally());
  }

  @Test
  void open_sameKey_sharesTheCircuit() {
    PoolFixture fixture = PoolFixture.ready(8);
    fixture.open("a.test", 80, ALICE);
    FakeCircuits.Circuit first = fixture.attempt().circuit;
    fixture.connect();
    fixture.open("b.test", 443, ALICE);
    assertSame(first, fixture.attempt().circuit);
  }

  @Test
  void open_otherKey_neverSharesTheCircuit() {
    PoolFixture fixture = PoolFixture.ready(9);
    Set<Long> circuits = new HashSet<>();
    for (int group = 1; group <= 20; group++) {
      fixture.open("a.test", 80, IsolationKey.ofGroup(group));
      fixture.openAll();
      assertTrue(circuits.add(fixture.attempt().circuit.id()), "group " + group);
      fixture.connect();
    }
  }

  @Test
  void open_keysWaitingForCircuits_launchesOneForEachKey() {
    PoolFixture fixture = new PoolFixture(10);
    fixture.pool.useView(PoolFixture.webView());
    for (int i = 0; i < 3; i++) {
      fixture.open("a" + i + ".test", 80, ALICE);
      fixture.open("b" + i + ".test", 80, BOB);
    }
    // One for each key, two kept ready.
    assertEquals(4, fixture.network.building().size());
    fixture.openAll();
    Map<Long, Set<String>> hosts = new java.util.HashMap<>();
    for (FakeCircuits.Attempt attempt : fixture.network.unanswered()) {
      hosts
          .computeIfAbsent(attempt.circuit.id(), _ -> new HashSet<>())
          .add(attempt.begin.host().substring(0, 1));
    }
    assertEquals(2, hosts.size());
    hosts.values().forEach(keys -> assertEquals(1, keys.size()));
  }

  @Test
  void open_circuitDirtyForTenMinutes_goesOnAnotherAndTheOldOneCloses() {
    PoolFixture fixture = PoolFixture.ready(11);
    fixture.open("a.test", 80, ALICE);
    FakeCircuits.Attempt first = fixture.attempt();
    fixture.connect();
    fixture.openAll();
    fixture.advance(Duration.ofMinutes(10).minusSeconds(1));
    fixture.open("b.test", 80, ALICE);
    assertSame(first.circuit, fixture.attempt().circuit);
    FakeCircuits.Attempt second = fixture.attempt();
    fixture.connect();
    fixture.advance(Duration.ofSeconds(1));
    fixture.open("c.test", 80, ALICE);
    assertNotSame(first.circuit, fixture.attempt().circuit);
    assertTrue(first.circuit.isOpen(), "its streams still run");
    first.end(EndReason.DONE);
    fixture.turn();
    assertTrue(first.circuit.isOpen(), "one still runs");
    second.end(EndReason.DONE);
    fixture.turn();
    assertFalse(first.circuit.isOpen());
  }

  @Test
  void open_longLivedPort_getsStableRelays() {
    PoolFixture fixture = new PoolFixture(12, PoolFixture.settings(32));
    List<TestNetworks.Draft> drafts = PoolFixture.web();
    drafts.forEach(draft -> draft.policy = TestNetworks.drafts(1).getFirst().policy);
    drafts.get(10).exit("accept 22,80,443").flags.remove(RelayFlag.STABLE);
    drafts.get(10).bandwidth = 1_000_000;
    drafts.get(11).exit("accept 22,80,443");
    fixture.pool.useView(TestNetworks.view(drafts));
    fixture.open("shell.test", 22, ALICE);
    fixture.openAll();
    assertEquals(drafts.get(11).identity, fixture.attempt().circuit.path.exit().ids().rsa());
  }

  @Test
  void open_noExitForPort_failsAtOnce() {
    PoolFixture fixture = PoolFixture.ready(13);
    assertEquals(EndReason.EXITPOLICY, failure(fixture.open("a.test", 25, ALICE)));
  }

  @Test
  void open_ipv6Literal_needsAnExitForIpv6() {
    PoolFixture fixture = new PoolFixture(14);
    List<TestNetworks.Draft> drafts = PoolFixture.web();
    drafts.get(15).policy6 = drafts.get(15).policy;
    fixture.pool.useView(TestNetworks.view(drafts));
    fixture.open("[2001:db8::1]", 80, ALICE);
    fixture.openAll();
    FakeCircuits.Attempt attempt = fixture.attempt();
    assertEquals(drafts.get(15).identity, attempt.circuit.path.exit().ids().rsa());
    assertEquals(Begin.IPV6_OK | Begin.IPV4_NOT_OK, attempt.begin.flags());
  }

  @ParameterizedTest
  @ValueSource(strings = {"abcdef.onion", "ABCDEF.Onion.", "www.relay.exit", "x.noconnect"})
  void open_reservedName_neverReachesAnExit(String host) {
    PoolFixture fixture = PoolFixture.ready(15);
    assertEquals(EndReason.TORPROTOCOL, failure(fixture.open(host, 80, ALICE)));
    assertEquals(List.of(), fixture.network.unanswered());
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "10.1.2.3", "192.168.0.1", "[::1]", "[fe80::1]"})
  void open_internalAddress_isRefusedUnlessTesting(String host) {
    PoolFixture fixture = PoolFixture.ready(16);
    assertEquals(EndReason.EXITPOLICY, failure(fixture.open(host, 80, ALICE)));
    PoolFixture testing =
        new PoolFixture(16, PoolSettings.defaults(new PathRules(true, null), true));
    List<TestNetworks.Draft> drafts = PoolFixture.web();
    drafts.get(15).policy6 = drafts.get(15).policy;
    testing.pool.useView(TestNetworks.view(drafts));
    assertFalse(testing.open(host, 80, ALICE).isDone());
  }

  // ---- streams that fail ----

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8})
  void end_thatAnotherExitMaySeeDifferently_isTriedAtTwoMoreExits(int code) {
    EndReason reason = new EndReason(code);
    PoolFixture fixture = PoolFixture.ready(17);
    CompletableFuture<String> result = fixture.open("a.test", 80, ALICE);
    Set<RsaIdentity> exits = new HashSet<>();
    for (int i = 0; i < CircuitPool.MAX_REFUSALS; i++) {
      assertFalse(result.isDone());
      fixture.openAll();
      FakeCircuits.Attempt attempt = fixture.attempt();
      assertTrue(exits.add(attempt.circuit.path.exit().ids().rsa()), "another exit each time");
      attempt.end(reason);
      fixture.turn();
      assertFalse(attempt.circuit.isOpen(), "a tainted circuit takes no more streams");
    }
    assertEquals(reason, failure(result));
  }

  @Test
  void end_exitPolicy_isTriedElsewhereAndKeepsTheCircuitForOthers() {
    PoolFixture fixture = PoolFixture.ready(18);
    CompletableFuture<String> result = fixture.open("a.test", 80, ALICE);
    FakeCircuits.Attempt first = fixture.attempt();
    fixture.end(EndReason.EXITPOLICY);
    fixture.openAll();
    FakeCircuits.Attempt second = fixture.attempt();
    assertNotEquals(first.circuit.path.exit().ids().rsa(), second.circuit.path.exit().ids().rsa());
    assertTrue(first.circuit.isOpen());
    fixture.connect();
    assertTrue(result.join().startsWith("a.test:80@"));
  }

  @Test
  void end_everyExitRefuses_failsWithExitPolicy() {
    PoolFixture fixture = new PoolFixture(19);
    fixture.pool.useView(PoolFixture.oneExitEach(Map.of(10, "accept 80", 11, "accept 80")));
    CompletableFuture<String> result = fixture.open("a.test", 80, ALICE);
    for (int i = 0; i < 2; i++) {
      fixture.openAll();
      fixture.end(EndReason.EXITPOLICY);
    }
    assertEquals(EndReason.EXITPOLICY, failure(result));
  }

  @Test
  void end_onlyExitCannotResolve_isTriedThereAgain() {
    PoolFixture fixture = new PoolFixture(20);
    fixture.pool.useView(PoolFixture.oneExitEach(Map.of(10, "accept 80")));
    CompletableFuture<String> result = fixture.open("a.test", 80, ALICE);
    fixture.openAll();
    fixture.end(EndReason.RESOLVEFAILED);
    fixture.openAll();
    fixture.connect();
    assertTrue(result.isDone() && !result.isCompletedExceptionally());
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 11})
  void end_exitOverloaded_isAvoidedByEveryStream(int code) {
    PoolFixture fixture = new PoolFixture(21);
    List<TestNetworks.Draft> drafts = PoolFixture.web();
    drafts.get(10).bandwidth = 1_000_000;
    fixture.pool.useView(TestNetworks.view(drafts));
    fixture.turn();
    fixture.openAll();
    CompletableFuture<String> result = fixture.open("a.test", 80, ALICE);
    RsaIdentity overloaded = fixture.attempt().circuit.path.exit().ids().rsa();
    assertEquals(drafts.get(10).identity, overloaded);
    fixture.end(new EndReason(code));
    int before = fixture.network.all.size();
    for (int group = 10; group < 20; group++) {
      fixture.open("b.test", 80, IsolationKey.ofGroup(group));
      fixture.openAll();
    }
    List<FakeCircuits.Circuit> later =
        fixture.network.all.subList(before, fixture.network.all.size());
    assertTrue(later.size() >= 8);
    later.forEach(circuit -> assertNotEquals(overloaded, circuit.path.exit().ids().rsa()));
    assertFalse(result.isDone());
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 6, 7, 10, 12, 13, 14, 200})
  void end_final_failsWithThatReason(int code) {
    PoolFixture fixture = PoolFixture.ready(22);
    CompletableFuture<String> result = fixture.open("a.test", 80, ALICE);
    fixture.end(new EndReason(code));
    assertEquals(new EndReason(code), failure(result));
    assertEquals(List.of(), fixture.network.unanswered());
  }

  @Test
  void circuit_diesBeforeConnected_streamGoesOnAnother() {
    PoolFixture fixture = PoolFixture.ready(23);
    CompletableFuture<String> result = fixture.open("a.test", 80, ALICE);
    FakeCircuits.Circuit first = fixture.attempt().circuit;
    first.die(DestroyReason.CHANNEL_CLOSED);
    fixture.turn();
    fixture.openAll();
    assertNotSame(first, fixture.attempt().circuit);
    fixture.connect();
    assertTrue(result.isDone() && !result.isCompletedExceptionally());
  }

  @Test
  void circuit_alwaysDies_endsAfterTenTries() {
    PoolFixture fixture = PoolFixture.ready(24);
    CompletableFuture<String> result = fixture.open("a.test", 80, ALICE);
    int tries = 0;
    while (!result.isDone()) {
      fixture.openAll();
      fixture.attempt().circuit.die(DestroyReason.DESTROYED);
      fixture.turn();
      tries++;
    }
    assertEquals(CircuitPool.MAX_SENT, tries);
    assertEquals(EndReason.DESTROY, failure(result));
  }

  @Test
  void stream_unanswered_isTriedElsewhereAfterTenThenFifteenSeconds() {
    PoolFixture fixture = PoolFixture.ready(25);
    CompletableFuture<String> result = fixture.open("a.test", 80, ALICE);
    List<FakeCircuits.Attempt> attempts = new ArrayList<>();
    for (int seconds : new int[] {10, 10, 15, 15}) {
      fixture.openAll();
      FakeCircuits.Attempt attempt = fixture.attempt();
      attempts.add(attempt);
      fixture.advance(Duration.ofSeconds(seconds).minusMillis(1));
      assertSame(attempt, fixture.attempt());
      fixture.advance(Duration.ofMillis(1));
      assertEquals(List.of(EndReason.TIMEOUT), attempt.abandoned);
      assertFalse(attempt.circuit.isOpen());
    }
    fixture.openAll();
    fixture.connect();
    assertTrue(result.isDone() && !result.isCompletedExceptionally());
    assertEquals(4, attempts.stream().map(attempt -> attempt.circuit).distinct().count());
  }

  @Test
  void stream_neverAnswered_isGivenUpAfterTwoMinutes() {
    PoolFixture fixture = PoolFixture.ready(26);
    CompletableFuture<String> result = fixture.open("a.test", 80, ALICE);
    for (int second = 0; second < 119; second++) {
      fixture.advance(Duration.ofSeconds(1));
      fixture.openAll();
      assertFalse(result.isDone(), "second " + second);
    }
    fixture.advance(Duration.ofSeconds(1));
    assertEquals(EndReason.TIMEOUT, failure(result));
    assertEquals(List.of(), fixture.network.unanswered());
  }

  @Test
  void stream_cancelledByItsOwner_isEnded() {
    PoolFixture fixture = PoolFixture.ready(27);
    CompletableFuture<String> result = fixture.open("a.test", 80, ALICE);
    FakeCircuits.Attempt attempt = fixture.attempt();
    result.cancel(false);
    fixture.turn();
    assertEquals(List.of(EndReason.DONE), attempt.abandoned);
  }

  @Test
  void stream_connectedAfterItWasCancelled_isEnded() {
    PoolFixture fixture = PoolFixture.ready(28);
    CompletableFuture<String> result = fixture.open("a.test", 80, ALICE);
    FakeCircuits.Attempt attempt = fixture.attempt();
    attempt.connect();
    result.cancel(false);
    fixture.turn();
    assertEquals(List.of(EndReason.DONE), attempt.abandoned);
  }

  // ---- circuits that fail ----

  @Test
  void build_failsBeyondTheGuard_isReplacedByANewPathAndTheGuardKept() {
    PoolFixture fixture = new PoolFixture(29);
    fixture.pool.useView(PoolFixture.webView());
    CompletableFuture<String> result = fixture.open("a.test", 80, ALICE);
    FakeCircuits.Circuit first = fixture.network.all.getFirst();
    first.fail(2, DestroyReason.TIMEOUT);
    fixture.turn();
    fixture.openAll();
    fixture.connect();
    assertTrue(result.isDone());
    assertEquals(
        1,
        fixture.network.all.stream()
            .map(circuit -> circuit.path.guard().ids().rsa())
            .distinct()
            .count());
  }

  @Test
  void build_guardUnreachable_usesTheNextGuard() {
    PoolFixture fixture = new PoolFixture(30);
    fixture.pool.useView(PoolFixture.webView());
    fixture.turn();
    List<RsaIdentity> primaries = fixture.guards.primaries();
    List.copyOf(fixture.network.building())
        .forEach(circuit -> circuit.fail(1, DestroyReason.CONNECTFAILED));
    fixture.advance(Duration.ofSeconds(5));
    List<FakeCircuits.Circuit> next = fixture.network.building();
    assertFalse(next.isEmpty());
    next.forEach(circuit -> assertEquals(primaries.get(1), circuit.path.guard().ids().rsa()));
  }

  @Test
  void build_guardAnswersDestroy_keepsTheGuard() {
    PoolFixture fixture = new PoolFixture(31);
    fixture.pool.useView(PoolFixture.webView());
    fixture.turn();
    RsaIdentity guard = fixture.guards.primaries().getFirst();
    List.copyOf(fixture.network.building())
        .forEach(circuit -> circuit.fail(1, DestroyReason.RESOURCELIMIT));
    fixture.advance(Duration.ofSeconds(5));
    fixture
        .network
        .building()
        .forEach(circuit -> assertEquals(guard, circuit.path.guard().ids().rsa()));
  }

  @Test
  void build_alwaysFails_slowsDownAndRecovers() {
    PoolFixture fixture = new PoolFixture(32);
    fixture.pool.useView(PoolFixture.webView());
    for (int second = 0; second < 600; second++) {
      fixture.turn();
      List.copyOf(fixture.network.building())
          .forEach(circuit -> circuit.fail(3, DestroyReason.DESTROYED));
      fixture.advance(Duration.ofSeconds(1));
    }
    int failed = fixture.network.all.size();
    assertTrue(failed > 20 && failed < 150, failed + " circuits in ten minutes");
    fixture.advance(Duration.ofSeconds(46));
    fixture.openAll();
    assertTrue(fixture.network.open().size() >= 2);
  }

  @Test
  void open_everyBuildFails_givesUpAfterTwoMinutesAndFewLaunches() {
    PoolFixture fixture = new PoolFixture(33);
    fixture.pool.useView(PoolFixture.webView());
    CompletableFuture<String> result = fixture.open("a.test", 80, ALICE);
    for (int second = 0; second < 120 && !result.isDone(); second++) {
      List.copyOf(fixture.network.building())
          .forEach(circuit -> circuit.fail(3, DestroyReason.DESTROYED));
      fixture.advance(Duration.ofSeconds(1));
    }
    assertEquals(EndReason.TIMEOUT, failure(result));
    assertTrue(fixture.network.all.size() < 60, fixture.network.all.size() + " launches");
  }

  // ---- bounds ----

  @Test
  void open_moreThanMayWait_isRefused() {
    PoolFixture fixture = new PoolFixture(34);
    List<CompletableFuture<String>> waiting = new ArrayList<>();
    for (int i = 0; i < CircuitPool.MAX_WAITING; i++) {
      waiting.add(fixture.open("a.test", 80, ALICE));
    }
    assertEquals(EndReason.RESOURCELIMIT, failure(fixture.open("a.test", 80, ALICE)));
    waiting.getFirst().cancel(false);
    assertFalse(fixture.open("a.test", 80, ALICE).isDone());
  }

  @Test
  void launch_manyKeys_buildsABoundedNumberAtATime() {
    PoolFixture fixture = new PoolFixture(35, PoolFixture.settings(5));
    fixture.pool.useView(PoolFixture.webView());
    for (int group = 0; group < 50; group++) {
      fixture.open("a.test", 80, IsolationKey.ofGroup(group));
      assertTrue(fixture.network.building().size() <= 5);
    }
  }

  @Test
  void launch_manyKeys_keepsCircuitsWithinTheBound() {
    PoolFixture fixture = new PoolFixture(36);
    fixture.pool.useView(PoolFixture.webView());
    fixture.turn();
    for (int group = 0; group < CircuitStock.MAX_CIRCUITS + 100; group++) {
      fixture.open("a.test", 80, IsolationKey.ofGroup(group));
      fixture.openAll();
      FakeCircuits.Attempt attempt = fixture.attempt();
      attempt.connect();
      fixture.turn();
      attempt.end(EndReason.DONE);
      fixture.turn();
      assertTrue(fixture.network.open().size() <= CircuitStock.MAX_CIRCUITS, "group " + group);
    }
    assertEquals(CircuitStock.MAX_CIRCUITS, fixture.network.open().size());
  }

  @Test
  void circuit_full_takesNoMoreStreams() {
    PoolFixture fixture = PoolFixture.ready(37);
    Set<Long> circuits = new HashSet<>();
    for (int i = 0; i <= PooledCircuit.MAX_STREAMS; i++) {
      fixture.open("a.test", 80, ALICE);
      fixture.openAll();
      circuits.add(fixture.attempt().circuit.id());
      fixture.connect();
    }
    assertEquals(2, circuits.size());
  }

  // ---- the rest ----

  @Test
  void guards_confirmedByUse_areSaved() {
    PoolFixture fixture = PoolFixture.ready(38);
    List<org.tunic.router.guard.SampledGuard> saved = fixture.savedGuards.getLast();
    assertEquals(fixture.guards.sample(), saved);
    assertTrue(saved.stream().anyMatch(guard -> guard.confirmed() != null));
  }

  @Test
  void events_ofAStream_comeInOrder() {
    PoolFixture fixture = PoolFixture.ready(39);
    fixture.events.clear();
    fixture.open("a.test", 80, ALICE);
    FakeCircuits.Attempt first = fixture.attempt();
    fixture.end(EndReason.EXITPOLICY);
    fixture.openAll();
    FakeCircuits.Attempt second = fixture.attempt();
    fixture.connect();
    second.end(EndReason.DONE);
    fixture.turn();
    List<PoolEvent> streams =
        fixture.events.stream()
            .filter(event -> event.getClass().getSimpleName().startsWith("Stream"))
            .filter(event -> !(event instanceof PoolEvent.StreamNew))
            .toList();
    // The end of the stream comes after its handle was given out.
    assertEquals(
        List.of(
            new PoolEvent.StreamSent(1, first.circuit.id()),
            new PoolEvent.StreamDetached(1, first.circuit.id(), EndReason.EXITPOLICY),
            new PoolEvent.StreamSent(1, second.circuit.id()),
            new PoolEvent.StreamSucceeded(1, second.circuit.id()),
            new PoolEvent.StreamClosed(1, second.circuit.id())),
        streams);
  }

  @Test
  void close_givesUpStreamsAndClosesCircuitsEvenLateOnes() throws InterruptedException {
    PoolFixture fixture = PoolFixture.ready(40);
    CompletableFuture<String> waiting = fixture.open("a.test", 80, ALICE);
    fixture.open("b.test", 80, BOB);
    fixture.open("c.test", 80, IsolationKey.ofGroup(3));
    List<FakeCircuits.Circuit> late = List.copyOf(fixture.network.building());
    assertFalse(late.isEmpty());
    Thread thread = Thread.ofVirtual().start(fixture.pool);
    fixture.pool.close();
    thread.join();
    late.forEach(FakeCircuits.Circuit::succeed);
    assertEquals(EndReason.DESTROY, failure(waiting));
    assertEquals(List.of(), fixture.network.open());
    assertEquals(
        EndReason.DESTROY,
        failure(
            fixture.pool.open(
                new org.tunic.router.stream.socks.StreamRequest(
                    org.tunic.router.stream.socks.TargetHost.parse("d.test").orElseThrow(),
                    80,
                    ALICE))));
  }
}
