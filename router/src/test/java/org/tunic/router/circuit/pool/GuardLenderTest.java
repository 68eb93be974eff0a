package org.tunic.router.circuit.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.circuit.CircuitFailedException;
import org.tunic.router.circuit.pool.GuardLender.LentGuard;
import org.tunic.router.guard.GuardSet;
import org.tunic.router.guard.GuardSettings;
import org.tunic.router.path.PathRules;
import org.tunic.router.path.PathSelector;
import org.tunic.router.path.TestNetworks;
import org.tunic.testing.ManualClock;
import org.tunic.testing.SeededRandom;

/** Guards lent to circuits of onion services follow the rules of the pool's own. */
final class GuardLenderTest {
  private static final int PRIMARIES = 3;

  private final ManualClock clock = new ManualClock(TestNetworks.VALID_AFTER);
  private final SeededRandom random = new SeededRandom(2);
  private final GuardSet guards = new GuardSet(GuardSettings.DEFAULTS, "Tunic", List.of(), random);
  private final Mailbox mailbox = new Mailbox();
  private final GuardLender lender = new GuardLender(guards, mailbox, clock);

  GuardLenderTest() {
    List<TestNetworks.Draft> drafts = TestNetworks.drafts(60);
    drafts.forEach(
        draft -> {
          draft.flags.add(RelayFlag.GUARD);
          draft.flags.add(RelayFlag.V2DIR);
        });
    guards.update(
        new PathSelector(TestNetworks.view(drafts), new PathRules(false, null)), clock.instant());
  }

  private LentGuard lend() {
    CompletableFuture<Optional<LentGuard>> lent = lender.lend(_ -> true);
    mailbox.perform(10);
    return lent.join().orElseThrow();
  }

  private CompletableFuture<Boolean> succeed(LentGuard guard) {
    CompletableFuture<Boolean> usable = guard.succeeded();
    mailbox.perform(10);
    return usable;
  }

  private void fail(LentGuard guard, int hop, DestroyReason reason) {
    guard.failed(new CircuitFailedException(hop, reason, "for the test"));
    mailbox.perform(10);
  }

  @Test
  void succeeded_firstGuard_mayBeUsedAtOnce_andIsLentAgain() {
    LentGuard first = lend();
    assertTrue(succeed(first).join());
    RsaIdentity identity = first.relay().ids().rsa();
    first.closed();
    assertEquals(identity, lend().relay().ids().rsa());
  }

  @Test
  void failed_atTheFirstHop_anotherIsLent_butNotForWhatIsBehindIt() {
    LentGuard first = lend();
    assertTrue(succeed(first).join());
    fail(lend(), 2, DestroyReason.TIMEOUT);
    fail(lend(), 1, DestroyReason.RESOURCELIMIT);
    assertEquals(first.relay().ids().rsa(), lend().relay().ids().rsa());
    fail(lend(), 1, DestroyReason.TIMEOUT);
    assertNotEquals(first.relay().ids().rsa(), lend().relay().ids().rsa());
  }

  /** A guard below the primary ones, which are confirmed and do not answer now. */
  private LentGuard lower() {
    for (int i = 0; i < PRIMARIES; i++) {
      LentGuard primary = lend();
      assertTrue(succeed(primary).join());
      primary.closed();
      fail(lend(), 1, DestroyReason.CONNECTFAILED);
    }
    return lend();
  }

  @Test
  void succeeded_lowerGuard_waitsForTheGuardSetsWord() {
    CompletableFuture<Boolean> usable = succeed(lower());
    assertFalse(usable.isDone());
    lender.settle(guards.upgrade(clock.instant()), List.of());
    assertTrue(usable.join());
  }

  @Test
  void close_whatWaits_isNotUsable_andNothingIsLent() {
    CompletableFuture<Boolean> usable = succeed(lower());
    lender.close();
    assertFalse(usable.join());
    CompletableFuture<Optional<LentGuard>> lent = lender.lend(_ -> true);
    mailbox.perform(10);
    assertTrue(lent.join().isEmpty());
  }

  @Test
  void closed_whileWaiting_isNotUsable() {
    LentGuard guard = lower();
    CompletableFuture<Boolean> usable = succeed(guard);
    guard.closed();
    mailbox.perform(10);
    assertFalse(usable.join());
  }
}
