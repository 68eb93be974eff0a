package org.tunic.onion.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.onion.OnionFailure.Reason;
import org.tunic.onion.client.FailedIntroductions.Failure;
import org.tunic.testing.ManualClock;
import org.tunic.testing.SeededRandom;

/** Which introduction points a client leaves alone, and for how long. */
final class FailedIntroductionsTest {
  private final ManualClock clock = ManualClock.at("2026-11-22T12:00:00Z");
  private final SeededRandom random = new SeededRandom(8);
  private final FailedIntroductions failures = new FailedIntroductions(clock);
  private final HsId service = HsIdKeypair.generate(random).id();
  private final Ed25519Identity point = authKey();

  private Ed25519Identity authKey() {
    return new Ed25519Identity(Bytes.copyOf(random.bytes(32)));
  }

  @Test
  void reason_refusedOrTimedOut_forTwoMinutesFromTheFirst() {
    failures.note(service, point, Failure.REFUSED);
    clock.advance(Duration.ofSeconds(119));
    assertEquals(Optional.of(Reason.INTRODUCTION_FAILED), failures.reason(service, point));
    failures.note(service, point, Failure.TIMED_OUT);
    assertEquals(Optional.of(Reason.INTRODUCTION_TIMED_OUT), failures.reason(service, point));
    clock.advance(Duration.ofSeconds(1));
    assertEquals(Optional.empty(), failures.reason(service, point));
  }

  @Test
  void reason_notReached_onlyAfterFiveTimes() {
    for (int i = 1; i < FailedIntroductions.MAX_UNREACHABLE; i++) {
      failures.note(service, point, Failure.UNREACHABLE);
      assertEquals(Optional.empty(), failures.reason(service, point));
    }
    failures.note(service, point, Failure.UNREACHABLE);
    assertEquals(Optional.of(Reason.INTRODUCTION_FAILED), failures.reason(service, point));
    clock.advance(FailedIntroductions.KEPT);
    failures.note(service, point, Failure.UNREACHABLE);
    assertEquals(Optional.empty(), failures.reason(service, point));
  }

  @Test
  void reason_ofAnotherServiceOrKey_isNotMixedUp() {
    failures.note(service, point, Failure.REFUSED);
    assertEquals(Optional.empty(), failures.reason(service, authKey()));
    assertEquals(Optional.empty(), failures.reason(HsIdKeypair.generate(random).id(), point));
  }

  @Test
  void note_beyondTheBound_forgetsTheOldest() {
    failures.note(service, point, Failure.REFUSED);
    for (int i = 0; i < FailedIntroductions.MAX; i++) {
      assertEquals(Optional.of(Reason.INTRODUCTION_FAILED), failures.reason(service, point));
      failures.note(service, authKey(), Failure.REFUSED);
    }
    assertEquals(FailedIntroductions.MAX, failures.size());
    assertEquals(Optional.empty(), failures.reason(service, point));
  }
}
