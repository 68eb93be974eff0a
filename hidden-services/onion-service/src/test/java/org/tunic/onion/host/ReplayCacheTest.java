package org.tunic.onion.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.router.cell.RendezvousCookie;
import org.tunic.testing.SeededRandom;

/** What is remembered of introductions, and how much of it. */
final class ReplayCacheTest {
  private final SeededRandom random = new SeededRandom(5);

  @Test
  void ofPoint_sameIntroduction_isFreshOnce() {
    ReplayCache.OfPoint cache = new ReplayCache.OfPoint();
    Bytes one = Bytes.copyOf(random.bytes(200));
    assertTrue(cache.isFresh(one));
    assertFalse(cache.isFresh(one));
    assertTrue(cache.isFresh(Bytes.copyOf(random.bytes(200))));
  }

  @Test
  void ofPoint_full_takesNothingForFresh() {
    ReplayCache.OfPoint cache = new ReplayCache.OfPoint();
    for (int i = 0; i < ReplayCache.OfPoint.MAX; i++) {
      assertTrue(cache.isFresh(Bytes.copyOf(random.bytes(8))));
    }
    assertFalse(cache.isFresh(Bytes.copyOf(random.bytes(8))));
    assertEquals(ReplayCache.OfPoint.MAX, cache.size());
  }

  @Test
  void ofService_sameCookie_isFreshAgainAfterFiveMinutes() {
    ReplayCache.OfService cache = new ReplayCache.OfService();
    RendezvousCookie cookie = RendezvousCookie.generate(random);
    Instant now = Instant.parse("2026-11-22T12:00:00Z");
    assertTrue(cache.isFresh(cookie, now));
    assertFalse(cache.isFresh(cookie, now.plusSeconds(299)));
    assertTrue(cache.isFresh(cookie, now.plusSeconds(299).plus(Duration.ofSeconds(301))));
  }

  @Test
  void ofService_full_forgetsTheOldest() {
    ReplayCache.OfService cache = new ReplayCache.OfService();
    RendezvousCookie first = RendezvousCookie.generate(random);
    Instant now = Instant.parse("2026-11-22T12:00:00Z");
    assertTrue(cache.isFresh(first, now));
    for (int i = 0; i < ReplayCache.OfService.MAX; i++) {
      assertTrue(cache.isFresh(RendezvousCookie.generate(random), now));
    }
    assertEquals(ReplayCache.OfService.MAX, cache.size());
    assertTrue(cache.isFresh(first, now));
  }
}
