package org.tunic.router.circuit.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tunic.router.circuit.pool.PoolFixture.ALICE;
import static org.tunic.router.circuit.pool.PoolFixture.BOB;
import static org.tunic.router.circuit.pool.PoolFixture.failure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.Resolved;
import org.tunic.router.path.TestNetworks;
import org.tunic.router.stream.socks.IsolationKey;
import org.tunic.router.stream.socks.ResolveRequest;
import org.tunic.router.stream.socks.StreamRequest;
import org.tunic.router.stream.socks.StreamTerms;
import org.tunic.router.stream.socks.TargetHost;

/** Look-ups, and what a port asks of the exit. */
final class PoolLookupTest {
  private static final Resolved FOUND =
      new Resolved(List.of(Resolved.Answer.ofHostname("found.test", 60)));

  private static CompletableFuture<Resolved> resolve(
      PoolFixture fixture, String host, IsolationKey key, StreamTerms terms) {
    CompletableFuture<Resolved> result =
        fixture.pool.resolve(new ResolveRequest(TargetHost.parse(host).orElseThrow(), key, terms));
    fixture.turn();
    return result;
  }

  private static CompletableFuture<String> open(
      PoolFixture fixture, String host, IsolationKey key, StreamTerms terms) {
    CompletableFuture<String> result =
        fixture.pool.open(new StreamRequest(TargetHost.parse(host).orElseThrow(), 80, key, terms));
    fixture.turn();
    return result;
  }

  private static StreamTerms exit(String name) {
    return new StreamTerms(true, true, false, false, Optional.of(name));
  }

  @Test
  void lookup_isAnsweredOverACircuit() {
    PoolFixture fixture = PoolFixture.ready(1);
    CompletableFuture<Resolved> result = resolve(fixture, "a.test", ALICE, StreamTerms.ANY);
    FakeCircuits.Question asked = fixture.network.unresolved().getFirst();
    assertEquals("a.test", asked.question.host());
    asked.answer(FOUND);
    fixture.turn();
    assertEquals(FOUND, result.join());
  }

  @Test
  void reverseLookup_asksForTheReverseName() {
    PoolFixture fixture = PoolFixture.ready(2);
    resolve(fixture, "1.2.3.4", ALICE, StreamTerms.ANY);
    assertEquals("4.3.2.1.in-addr.arpa", fixture.network.unresolved().getFirst().question.host());
  }

  @Test
  void lookup_keepsToItsIsolation() {
    PoolFixture fixture = PoolFixture.ready(3);
    resolve(fixture, "a.test", ALICE, StreamTerms.ANY);
    resolve(fixture, "a.test", BOB, StreamTerms.ANY);
    fixture.openAll();
    List<FakeCircuits.Question> asked = fixture.network.unresolved();
    assertEquals(2, asked.size());
    assertFalse(asked.get(0).circuit.equals(asked.get(1).circuit), "they share a circuit");
  }

  @Test
  void lookup_unanswered_isAskedElsewhere() {
    PoolFixture fixture = PoolFixture.ready(4);
    CompletableFuture<Resolved> result = resolve(fixture, "a.test", ALICE, StreamTerms.ANY);
    FakeCircuits.Question first = fixture.network.unresolved().getFirst();
    fixture.advance(Duration.ofSeconds(11));
    fixture.openAll();
    FakeCircuits.Question second = fixture.network.unresolved().getFirst();
    assertFalse(first.circuit.equals(second.circuit), "asked again where nobody answered");
    second.answer(FOUND);
    fixture.turn();
    assertEquals(FOUND, result.join());
  }

  @Test
  void lookup_atNoExitThatLetsNothingOut() {
    PoolFixture fixture = new PoolFixture(5);
    fixture.pool.useView(PoolFixture.oneExitEach(Map.of(10, "accept 6667")));
    resolve(fixture, "a.test", ALICE, StreamTerms.ANY);
    fixture.openAll();
    assertTrue(fixture.network.unresolved().getFirst().circuit.path.exit().policy().allows(6667));
  }

  @Test
  void lookup_reservedName_neverLeaves() {
    PoolFixture fixture = PoolFixture.ready(6);
    assertEquals(
        EndReason.TORPROTOCOL, failure(resolve(fixture, "a.onion", ALICE, StreamTerms.ANY)));
    assertTrue(fixture.network.unresolved().isEmpty());
  }

  @Test
  void chosenExit_isTheExit() {
    PoolFixture fixture = new PoolFixture(7);
    List<TestNetworks.Draft> drafts = PoolFixture.web();
    fixture.pool.useView(TestNetworks.view(drafts));
    fixture.turn();
    fixture.openAll();
    for (int i = 10; i < 20; i++) {
      RsaIdentity wanted = drafts.get(i).identity;
      CompletableFuture<String> result =
          open(fixture, "a.test", IsolationKey.ofGroup(i), exit("$" + wanted.hex()));
      fixture.openAll();
      FakeCircuits.Attempt attempt = fixture.attempt();
      assertEquals(wanted, attempt.circuit.path.exit().ids().rsa());
      attempt.connect();
      fixture.turn();
      assertTrue(result.isDone());
    }
  }

  @Test
  void chosenExit_mayReachItsOwnNetwork() {
    PoolFixture fixture = new PoolFixture(8);
    List<TestNetworks.Draft> drafts = PoolFixture.web();
    fixture.pool.useView(TestNetworks.view(drafts));
    fixture.turn();
    fixture.openAll();
    assertEquals(EndReason.EXITPOLICY, failure(open(fixture, "10.0.0.1", ALICE, StreamTerms.ANY)));
    assertFalse(
        open(fixture, "10.0.0.1", ALICE, exit(drafts.get(12).identity.hex()))
            .isCompletedExceptionally());
  }

  @Test
  void chosenExit_unknown_isRefused() {
    PoolFixture fixture = PoolFixture.ready(9);
    String nobody = "$" + "f".repeat(40);
    for (String name : List.of("nobody", nobody, "$xyz")) {
      assertEquals(
          EndReason.TORPROTOCOL, failure(open(fixture, "a.test", ALICE, exit(name))), name);
    }
  }

  @Test
  void families_areToldToTheExit() {
    PoolFixture fixture = new PoolFixture(10);
    List<TestNetworks.Draft> drafts = PoolFixture.web();
    fixture.pool.useView(TestNetworks.view(drafts));
    fixture.turn();
    fixture.openAll();
    open(fixture, "a.test", ALICE, new StreamTerms(true, false, false, false, Optional.empty()));
    assertEquals(0, fixture.attempt().begin.flags() & Begin.IPV6_OK);
    fixture.connect();
    CompletableFuture<String> only6 =
        open(
            fixture, "a.test", ALICE, new StreamTerms(false, true, false, false, Optional.empty()));
    assertEquals(EndReason.EXITPOLICY, failure(only6), "no exit of this network has IPv6");
  }

  @Test
  void keepAlive_windsTheClockOfItsCircuit() {
    for (boolean keepAlive : new boolean[] {false, true}) {
      PoolFixture fixture = PoolFixture.ready(11);
      StreamTerms terms = new StreamTerms(true, true, false, keepAlive, Optional.empty());
      open(fixture, "a.test", ALICE, terms);
      FakeCircuits.Circuit first = fixture.attempt().circuit;
      fixture.connect();
      fixture.advance(Duration.ofMinutes(6));
      open(fixture, "b.test", ALICE, terms);
      assertEquals(first, fixture.attempt().circuit);
      fixture.connect();
      fixture.advance(Duration.ofMinutes(6));
      open(fixture, "c.test", ALICE, terms);
      fixture.openAll();
      assertEquals(keepAlive, first.equals(fixture.attempt().circuit));
    }
  }
}
