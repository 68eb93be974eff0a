package org.tunic.router.circuit.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.router.cell.EndReason;
import org.tunic.router.path.PathRules;
import org.tunic.router.path.TestNetworks;
import org.tunic.router.stream.socks.IsolationKey;

/** Options about streams: how long an exit may take, and which exit a host keeps. */
class StreamOptionsTest {
  private static final RsaIdentity A = TestNetworks.identity(1);
  private static final RsaIdentity B = TestNetworks.identity(2);
  private static final long EXPIRY_NANOS = Duration.ofMinutes(30).toNanos();

  private static PoolSettings settings(Duration streamTimeout, String... hosts) {
    return new PoolSettings(
        new PathRules(true, null),
        Duration.ofSeconds(10),
        Duration.ofMinutes(2),
        Duration.ofSeconds(60),
        32,
        Set.of(22),
        true,
        false,
        streamTimeout,
        Duration.ZERO,
        Duration.ofSeconds(30),
        List.of(hosts),
        Duration.ofMinutes(30));
  }

  private static PoolFixture ready(PoolSettings settings) {
    PoolFixture fixture = new PoolFixture(9, settings);
    fixture.pool.useView(PoolFixture.webView());
    fixture.turn();
    fixture.openAll();
    return fixture;
  }

  @Test
  void circuitStreamTimeout_decidesWhenAnotherCircuitIsTried() {
    PoolFixture fixture = ready(settings(Duration.ofSeconds(40)));
    var result = fixture.open("example.com", 443, PoolFixture.ALICE);
    FakeCircuits.Attempt first = fixture.attempt();
    fixture.advance(Duration.ofSeconds(39));
    assertEquals(List.of(), first.abandoned);
    fixture.advance(Duration.ofSeconds(2));
    assertEquals(List.of(EndReason.TIMEOUT), first.abandoned);
    assertFalse(result.isDone());
  }

  @Test
  void trackedHost_keepsItsExit_othersDoNot() {
    PoolFixture fixture = ready(settings(Duration.ZERO, ".example.com"));
    RsaIdentity exit = exitFor(fixture, "www.example.com", 0);
    boolean otherDiffers = false;
    for (int i = 1; i < 12; i++) {
      assertEquals(exit, exitFor(fixture, "www.example.com", i));
      otherDiffers |= !exit.equals(exitFor(fixture, "example.net", 100 + i));
    }
    assertTrue(otherDiffers);
  }

  @Test
  void trackedExit_thatFails_isForgotten() {
    PoolFixture fixture = ready(settings(Duration.ZERO, "."));
    RsaIdentity exit = exitFor(fixture, "www.example.com", 0);
    var _ = fixture.open("www.example.com", 443, IsolationKey.ofGroup(50));
    fixture.openAll();
    FakeCircuits.Attempt attempt = fixture.attempt();
    assertEquals(exit, attempt.circuit.path.exit().ids().rsa());
    attempt.end(EndReason.EXITPOLICY);
    fixture.turn();
    fixture.openAll();
    assertNotEquals(exit, fixture.attempt().circuit.path.exit().ids().rsa());
    fixture.connect();
  }

  /** Where a stream of a key of its own goes. */
  private static RsaIdentity exitFor(PoolFixture fixture, String host, int key) {
    var result = fixture.open(host, 443, IsolationKey.ofGroup(1000 + key));
    fixture.openAll();
    FakeCircuits.Attempt attempt = fixture.attempt();
    fixture.connect();
    assertTrue(result.isDone());
    return attempt.circuit.path.exit().ids().rsa();
  }

  @Test
  void wish_matchesAsInCTor() {
    TrackedExits.Wish wish =
        new TrackedExits.Wish(List.of(".example.com", "host.net"), Duration.ofMinutes(1));
    assertTrue(wish.includes("example.com"));
    assertTrue(wish.includes("WWW.example.com"));
    assertTrue(wish.includes("host.net"));
    assertFalse(wish.includes("www.host.net"));
    assertFalse(wish.includes("notexample.com"));
    assertTrue(new TrackedExits.Wish(List.of("."), Duration.ofMinutes(1)).includes("any.org"));
    assertFalse(TrackedExits.Wish.NONE.includes("any.org"));
  }

  @Test
  void trackedExits_lastUntilNotUsedForTheExpiry() {
    TrackedExits exits = new TrackedExits();
    TrackedExits.Wish all = new TrackedExits.Wish(List.of("."), Duration.ofMinutes(30));
    exits.note(all, "h", A, 0);
    exits.note(all, "h", B, EXPIRY_NANOS - 1);
    assertEquals(Optional.of(A), exits.of("h", 2 * EXPIRY_NANOS - 2));
    assertEquals(Optional.empty(), exits.of("h", 2 * EXPIRY_NANOS));
    exits.note(TrackedExits.Wish.NONE, "h", B, 0);
    assertEquals(Optional.empty(), exits.of("h", 0));
  }

  @Test
  void trackedExits_areBounded() {
    TrackedExits exits = new TrackedExits();
    TrackedExits.Wish all = new TrackedExits.Wish(List.of("."), Duration.ofMinutes(30));
    for (int i = 0; i <= TrackedExits.MAX_HOSTS; i++) {
      exits.note(all, "h" + i, A, 0);
    }
    assertEquals(Optional.empty(), exits.of("h0", 0));
    assertEquals(Optional.of(A), exits.of("h1", 0));
  }
}
