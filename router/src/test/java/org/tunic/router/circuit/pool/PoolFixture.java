package org.tunic.router.circuit.pool;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.tunic.directory.view.NetworkView;
import org.tunic.router.cell.EndReason;
import org.tunic.router.circuit.timeout.SavedTimes;
import org.tunic.router.guard.GuardSet;
import org.tunic.router.guard.GuardSettings;
import org.tunic.router.guard.SampledGuard;
import org.tunic.router.path.PathRules;
import org.tunic.router.path.TestNetworks;
import org.tunic.router.path.TestNetworks.Draft;
import org.tunic.router.stream.StreamEndedException;
import org.tunic.router.stream.socks.IsolationKey;
import org.tunic.router.stream.socks.StreamRequest;
import org.tunic.router.stream.socks.TargetHost;
import org.tunic.testing.ManualClock;
import org.tunic.testing.SeededRandom;

/**
 * A pool over {@link FakeCircuits} whose turns the test takes itself.
 *
 * <p>Threads: one, the test's.
 */
final class PoolFixture {
  static final IsolationKey ALICE = IsolationKey.ofGroup(1);
  static final IsolationKey BOB = IsolationKey.ofGroup(2);

  final ManualClock clock = new ManualClock(TestNetworks.VALID_AFTER);
  final FakeCircuits network = new FakeCircuits();
  final List<PoolEvent> events = new ArrayList<>();
  final List<List<SampledGuard>> savedGuards = new ArrayList<>();
  final List<SavedTimes> savedTimes = new ArrayList<>();
  final GuardSet guards;
  final CircuitPool<String> pool;

  PoolFixture(long seed) {
    this(seed, PoolSettings.defaults(new PathRules(true, null), false));
  }

  PoolFixture(long seed, PoolSettings settings) {
    this(seed, settings, GuardSettings.DEFAULTS);
  }

  PoolFixture(long seed, PoolSettings settings, GuardSettings guardSettings) {
    SeededRandom random = new SeededRandom(seed);
    guards = new GuardSet(guardSettings, "Tunic-0.1", List.of(), random);
    pool =
        new CircuitPool<>(
            network,
            guards,
            SavedTimes.NONE,
            settings,
            new CircuitPool.Environment(
                clock.nanos(), clock, random, savedGuards::add, savedTimes::add, events::add));
  }

  /** Thirty relays: ten guards, ten exits to the web, ten others. */
  static List<Draft> web() {
    List<Draft> drafts = TestNetworks.drafts(30);
    for (int i = 0; i < 10; i++) {
      drafts.get(i).guard();
      drafts.get(10 + i).exit("accept 80,443");
    }
    return drafts;
  }

  static NetworkView webView() {
    return TestNetworks.view(web());
  }

  /** A pool with a view and its first circuits open. */
  static PoolFixture ready(long seed) {
    PoolFixture fixture = new PoolFixture(seed);
    fixture.pool.useView(webView());
    fixture.turn();
    fixture.openAll();
    return fixture;
  }

  /** Turns until nothing more happens; returns how long until something will. */
  long turn() {
    for (int i = 0; i < 1000; i++) {
      long wait = pool.turn();
      if (wait > 0) {
        return wait;
      }
    }
    throw new AssertionError("the pool never comes to rest");
  }

  /** Time passes, in steps of what the pool asks for, at most {@code by}. */
  void advance(Duration by) {
    long left = by.toNanos();
    while (left > 0) {
      long step = Math.clamp(turn(), 1, left);
      clock.advance(Duration.ofNanos(step));
      left -= step;
    }
    turn();
  }

  /** Opens every circuit being built, and those built then, for a few rounds. */
  void openAll() {
    for (int i = 0; i < 5; i++) {
      network.building().forEach(FakeCircuits.Circuit::succeed);
      turn();
    }
  }

  CompletableFuture<String> open(String host, int port, IsolationKey key) {
    CompletableFuture<String> result =
        pool.open(new StreamRequest(TargetHost.parse(host).orElseThrow(), port, key));
    turn();
    return result;
  }

  /** The one attempt waiting for an answer. */
  FakeCircuits.Attempt attempt() {
    List<FakeCircuits.Attempt> waiting = network.unanswered();
    assertTrue(waiting.size() == 1, waiting.size() + " attempts wait");
    return waiting.getFirst();
  }

  void connect() {
    attempt().connect();
    turn();
  }

  void end(EndReason reason) {
    attempt().end(reason);
    turn();
  }

  /** The reason a stream failed with; fails unless it did. */
  static EndReason failure(CompletableFuture<?> result) {
    assertTrue(result.isCompletedExceptionally(), "the stream did not fail: " + result);
    try {
      result.join();
      throw new AssertionError("unreachable");
    } catch (CompletionException e) {
      return ((StreamEndedException) e.getCause()).reason();
    }
  }

  /** Ports of a policy in a network of its own: each exit accepts one of them. */
  static NetworkView oneExitEach(Map<Integer, String> policies) {
    List<Draft> drafts = web();
    for (int i = 10; i < 20; i++) {
      drafts.get(i).exit("reject 1-65535");
    }
    policies.forEach((number, policy) -> drafts.get(number).exit(policy));
    return TestNetworks.view(drafts);
  }

  static PoolSettings settings(int maxPendingBuilds) {
    return new PoolSettings(
        new PathRules(true, null),
        Duration.ofMinutes(10),
        Duration.ofMinutes(2),
        Duration.ofSeconds(60),
        maxPendingBuilds,
        Set.of(22),
        true);
  }
}
