package org.tunic.router.guard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.view.Relay;
import org.tunic.router.path.PathRules;
import org.tunic.router.path.PathSelector;
import org.tunic.router.path.TestNetworks;
import org.tunic.router.path.TestNetworks.Draft;
import org.tunic.testing.ManualClock;
import org.tunic.testing.SeededRandom;

/**
 * A guard set in a network of nothing but guards.
 *
 * <p>Threads: one, the test's.
 */
final class GuardFixture {
  final ManualClock clock = new ManualClock(TestNetworks.VALID_AFTER);
  final List<Draft> drafts;
  final Map<String, Integer> parameters = new HashMap<>();
  final GuardSet set;

  GuardFixture(int guards, long seed) {
    this(guards, seed, GuardSettings.DEFAULTS);
  }

  GuardFixture(int guards, long seed, GuardSettings settings) {
    this(guards, settings, List.of(), seed);
  }

  GuardFixture(int guards, GuardSettings settings, List<SampledGuard> saved, long seed) {
    drafts = TestNetworks.drafts(guards);
    for (int i = 0; i < guards; i++) {
      drafts.get(i).guard().bandwidth = 100 + 17L * (i % 50);
    }
    set = new GuardSet(settings, "Tunic-0.1", saved, new SeededRandom(seed));
    update();
  }

  /** Settings with this filter and no more. */
  static GuardSettings only(Predicate<Relay> filter) {
    return new GuardSettings(true, 0, 0, 0, Duration.ZERO, filter);
  }

  /** The set takes a consensus of the drafts and parameters as they are now. */
  boolean update() {
    return set.update(
        new PathSelector(
            TestNetworks.view(drafts, TestNetworks.WEIGHTS, parameters), new PathRules(true, null)),
        clock.instant());
  }

  GuardUse pick() {
    return set.pick(_ -> true, clock.instant()).orElseThrow();
  }

  GuardUse pickBut(RsaIdentity excluded) {
    return set.pick(relay -> !relay.ids().rsa().equals(excluded), clock.instant()).orElseThrow();
  }

  GuardUse.Usable succeed(GuardUse use) {
    return set.succeeded(use, clock.instant());
  }

  void fail(GuardUse use) {
    set.failed(use, clock.instant());
  }

  /** Circuits over each primary guard fail, the first one first. */
  void failPrimaries() {
    List<GuardUse> uses = new ArrayList<>();
    while (set.primaryMayWork(clock.instant())) {
      uses.add(pick());
      fail(uses.getLast());
    }
  }

  /** Circuits over each primary guard succeed once. */
  void confirmPrimaries() {
    List<RsaIdentity> primaries = set.primaries();
    for (RsaIdentity wanted : primaries) {
      GuardUse use = set.pick(relay -> id(relay).equals(wanted), clock.instant()).orElseThrow();
      succeed(use);
      set.closed(use);
    }
  }

  List<GuardUse> upgrade() {
    return set.upgrade(clock.instant());
  }

  void advance(Duration by) {
    clock.advance(by);
    var _ = set.progress(clock.instant());
  }

  List<RsaIdentity> sampled() {
    return set.sample().stream().map(SampledGuard::identity).toList();
  }

  static RsaIdentity id(GuardUse use) {
    return id(use.relay());
  }

  static RsaIdentity id(Relay relay) {
    return relay.ids().rsa();
  }
}
