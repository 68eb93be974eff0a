package org.tunic.router.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tunic.router.guard.GuardFixture.id;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.router.guard.GuardUse.Usable;

/** When a circuit may be used, by its guard and the circuits over other guards. */
class GuardCircuitsTest {
  /** A set whose three primary guards were in use, and are down now. */
  private static GuardFixture primariesDown(long seed) {
    GuardFixture fixture = new GuardFixture(100, seed);
    fixture.confirmPrimaries();
    fixture.failPrimaries();
    return fixture;
  }

  @Test
  void succeeded_overPrimary_isUsableAtOnce() {
    GuardFixture fixture = new GuardFixture(100, 1);
    assertEquals(Usable.NOW, fixture.succeed(fixture.pick()));
  }

  @Test
  void succeeded_overLowerGuard_waitsUntilUpgraded() {
    GuardFixture fixture = primariesDown(2);
    GuardUse lower = fixture.pick();
    assertFalse(fixture.set.primaries().contains(id(lower)));
    assertEquals(Usable.LATER, fixture.succeed(lower));
    assertEquals(List.of(lower), fixture.upgrade());
    assertEquals(List.of(), fixture.upgrade(), "once");
  }

  @Test
  void succeeded_guardBecomesPrimaryByThat_isUsableAtOnce() {
    GuardFixture fixture = new GuardFixture(100, 3);
    fixture.failPrimaries(); // none of them was ever confirmed
    GuardUse lower = fixture.pick();
    assertEquals(Usable.NOW, fixture.succeed(lower));
    assertTrue(fixture.set.primaries().contains(id(lower)));
  }

  @Test
  void succeeded_guardLeftTheSample_isNeverUsable() {
    GuardFixture fixture = new GuardFixture(100, 4);
    GuardUse use = fixture.pick();
    fixture.parameters.put("guard-lifetime-days", 1);
    fixture.advance(Duration.ofHours(25));
    fixture.update();
    assertFalse(fixture.sampled().contains(id(use)));
    assertEquals(Usable.NEVER, fixture.succeed(use));
  }

  @Test
  void upgrade_aPrimaryMayWork_waits() {
    GuardFixture fixture = primariesDown(5);
    GuardUse lower = fixture.pick();
    fixture.succeed(lower);
    fixture.advance(Duration.ofMinutes(10)); // the primary guards may be tried again
    assertTrue(fixture.set.primaryMayWork(fixture.clock.instant()));
    assertEquals(List.of(), fixture.upgrade());
    fixture.failPrimaries();
    assertEquals(List.of(lower), fixture.upgrade());
  }

  @Test
  void pick_lowerGuardIsPending_takesAnother() {
    GuardFixture fixture = primariesDown(6);
    GuardUse first = fixture.pick();
    GuardUse second = fixture.pick();
    assertNotEquals(id(first), id(second));
    fixture.set.closed(first);
    assertEquals(id(first), id(fixture.pick()), "its outcome is no longer open");
  }

  @Test
  void pick_confirmedGuard_comesBeforeTheRestOfTheSample() {
    GuardFixture fixture = primariesDown(7);
    GuardUse fourth = fixture.pick();
    GuardUse fifth = fixture.pick();
    fixture.succeed(fifth);
    fixture.set.closed(fifth);
    fixture.set.closed(fourth);
    assertEquals(id(fifth), id(fixture.pick()));
  }

  /** Two confirmed guards below the primary ones, in the order of their confirmation. */
  private static List<RsaIdentity> confirmTwoLower(GuardFixture fixture) {
    GuardUse first = fixture.pick();
    GuardUse second = fixture.pick();
    fixture.succeed(first);
    fixture.succeed(second);
    fixture.set.closed(first);
    fixture.set.closed(second);
    return List.of(id(first), id(second));
  }

  @Test
  void upgrade_betterCircuitIsBeingBuilt_waitsFifteenSecondsForIt() {
    GuardFixture fixture = primariesDown(8);
    List<RsaIdentity> lower = confirmTwoLower(fixture);
    GuardUse better = fixture.pick();
    GuardUse worse = fixture.pick();
    assertEquals(lower, List.of(id(better), id(worse)));
    fixture.succeed(worse);
    assertEquals(List.of(), fixture.upgrade());
    fixture.advance(Duration.ofSeconds(14));
    assertEquals(List.of(), fixture.upgrade());
    fixture.advance(Duration.ofSeconds(1));
    assertEquals(List.of(worse), fixture.upgrade());
  }

  @Test
  void progress_circuitKeepsAnotherWaiting_isDueWhenItDoesNoLonger() {
    GuardFixture fixture = primariesDown(8);
    var _ = fixture.pick();
    assertEquals(
        fixture.clock.instant().plusSeconds(15),
        fixture.set.progress(fixture.clock.instant()).orElseThrow());
  }

  @Test
  void upgrade_betterCircuitFails_atOnce() {
    GuardFixture fixture = primariesDown(9);
    confirmTwoLower(fixture);
    GuardUse better = fixture.pick();
    GuardUse worse = fixture.pick();
    fixture.succeed(worse);
    fixture.fail(better);
    assertEquals(List.of(worse), fixture.upgrade());
  }

  @Test
  void upgrade_betterCircuitIsThere_keepsTheWorseWaiting() {
    GuardFixture fixture = primariesDown(10);
    confirmTwoLower(fixture);
    GuardUse better = fixture.pick();
    GuardUse worse = fixture.pick();
    fixture.succeed(worse);
    fixture.succeed(better);
    assertEquals(List.of(better), fixture.upgrade());
    assertEquals(List.of(), fixture.upgrade(), "a complete one blocks");
    fixture.set.closed(better);
    assertEquals(List.of(worse), fixture.upgrade());
  }

  @Test
  void upgrade_betterGuardIsExcludedByThePath_doesNotBlock() {
    GuardFixture fixture = primariesDown(11);
    List<RsaIdentity> lower = confirmTwoLower(fixture);
    GuardUse better = fixture.pick();
    fixture.succeed(better);
    GuardUse worse = fixture.pickBut(lower.getFirst());
    assertEquals(lower.get(1), id(worse));
    fixture.succeed(worse);
    assertEquals(List.of(better, worse), fixture.upgrade());
  }

  @Test
  void upgrade_sameGuard_alsoUpgrades() {
    GuardFixture fixture = primariesDown(12);
    GuardUse one = fixture.pick();
    fixture.succeed(one);
    GuardUse two = fixture.pick();
    assertEquals(id(one), id(two));
    fixture.succeed(two);
    assertEquals(List.of(one, two), fixture.upgrade());
  }

  @Test
  void expire_waitedTenMinutes_isNamed() {
    GuardFixture fixture = primariesDown(13);
    GuardUse lower = fixture.pick();
    fixture.succeed(lower);
    fixture.advance(Duration.ofMinutes(10));
    assertEquals(List.of(), fixture.set.expire(fixture.clock.instant()));
    fixture.advance(Duration.ofSeconds(1));
    assertEquals(List.of(lower), fixture.set.expire(fixture.clock.instant()));
    fixture.failPrimaries();
    assertEquals(List.of(), fixture.upgrade());
  }

  @Test
  void connectAndIdleTimeouts_areTheConsensuss() {
    GuardFixture fixture = new GuardFixture(100, 14);
    fixture.parameters.put("guard-nonprimary-guard-connect-timeout", 40);
    fixture.parameters.put("guard-nonprimary-guard-idle-timeout", 100);
    fixture.update();
    fixture.confirmPrimaries();
    fixture.failPrimaries();
    confirmTwoLower(fixture);
    GuardUse better = fixture.pick();
    GuardUse worse = fixture.pick();
    fixture.succeed(worse);
    fixture.advance(Duration.ofSeconds(39));
    assertEquals(List.of(), fixture.upgrade());
    fixture.advance(Duration.ofSeconds(62));
    assertEquals(List.of(worse), fixture.set.expire(fixture.clock.instant()));
    fixture.set.closed(better);
  }

  @Test
  void succeeded_lowerGuardAfterLongSilence_retriesThePrimaries() {
    GuardFixture fixture = primariesDown(15);
    // Just short of the retry, eleven minutes after the last success.
    fixture.clock.advance(Duration.ofMinutes(2));
    fixture.set.online(fixture.clock.instant());
    fixture.clock.advance(Duration.ofMinutes(9));
    fixture.advance(Duration.ofMinutes(1).plusSeconds(1));
    fixture.failPrimaries();
    GuardUse lower = fixture.pick();
    assertEquals(Usable.LATER, fixture.succeed(lower));
    assertEquals(
        fixture.set.primaries().getFirst(), id(fixture.pick()), "we were offline, not they");
    assertEquals(List.of(), fixture.upgrade());
  }

  @Test
  void succeeded_lowerGuardShortlyAfterAnAnswer_leavesThePrimariesAlone() {
    GuardFixture fixture = primariesDown(15);
    fixture.clock.advance(Duration.ofMinutes(12));
    fixture.failPrimaries();
    fixture.set.online(fixture.clock.instant());
    GuardUse lower = fixture.pick();
    fixture.succeed(lower);
    assertEquals(List.of(lower), fixture.upgrade());
  }

  @Test
  void failed_allPrimaries_keepsThemPrimary() {
    GuardFixture fixture = new GuardFixture(100, 16);
    fixture.confirmPrimaries();
    List<RsaIdentity> before = fixture.set.primaries();
    fixture.failPrimaries();
    GuardUse lower = fixture.pick();
    fixture.succeed(lower);
    fixture.update();
    assertEquals(before, fixture.set.primaries());
  }

  @Test
  void retry_ofLowerGuard_isRarerThanOfPrimary() {
    GuardFixture fixture = primariesDown(17);
    GuardUse lower = fixture.pick();
    fixture.fail(lower);
    fixture.advance(Duration.ofMinutes(59));
    fixture.failPrimaries();
    assertNotEquals(id(lower), id(fixture.pick()));
    fixture.advance(Duration.ofMinutes(1));
    fixture.failPrimaries();
    assertEquals(id(lower), id(fixture.pick()));
  }

  @Test
  void retry_countsFromTheTryNotFromItsFailure() {
    GuardFixture fixture = new GuardFixture(100, 18);
    GuardUse slow = fixture.pick();
    fixture.clock.advance(Duration.ofSeconds(60));
    fixture.fail(slow);
    fixture.clock.advance(Duration.ofMinutes(9));
    assertEquals(id(slow), id(fixture.pick()), "ten minutes after it was tried");
  }
}
