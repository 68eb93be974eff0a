package org.tunic.directory.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.testing.SeededRandom;

class FetchTimesTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static Lifetime lifetime(long interval, long valid) {
    return new Lifetime(START, START.plusSeconds(interval), START.plusSeconds(valid));
  }

  @Test
  void client_onThePublicNetwork_fetchesBetweenThreeQuartersAndShortlyBeforeTheEnd() {
    FetchWindow window = FetchWindow.forClient(lifetime(3600, 3 * 3600));
    assertEquals(START.plusSeconds(3600 + 2700), window.opens());
    assertEquals(START.plusSeconds(6300 + 4500 * 7 / 8).plusMillis(500), window.closes());
  }

  @Test
  void cache_onThePublicNetwork_fetchesInTheFirstHalfIntervalAfterTwoMinutes() {
    FetchWindow window = FetchWindow.forCache(lifetime(3600, 3 * 3600));
    assertEquals(START.plusSeconds(3720), window.opens());
    assertEquals(START.plusSeconds(3720 + 1800), window.closes());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 5, 10, 20, 300})
  void windows_onTestingNetworks_endBeforeTheConsensusDoes(long interval) {
    Lifetime held = lifetime(interval, 2 * interval);
    SeededRandom random = new SeededRandom(interval);
    for (FetchWindow window : List.of(FetchWindow.forClient(held), FetchWindow.forCache(held))) {
      assertTrue(window.closes().isBefore(held.validUntil()), window.toString());
      for (int i = 0; i < 100; i++) {
        Instant chosen = window.choose(random);
        assertFalse(chosen.isBefore(window.opens()) || chosen.isAfter(window.closes()));
      }
    }
  }

  @Test
  void retries_growToTheCeilingAndNeverFallBelowTheFloor() {
    SeededRandom random = new SeededRandom(1);
    RetrySchedule schedule = new RetrySchedule(Duration.ofSeconds(1), Duration.ofSeconds(60));
    Duration last = Duration.ZERO;
    boolean sawLong = false;
    for (int i = 0; i < 1000; i++) {
      last = schedule.next(last, random);
      assertTrue(last.compareTo(schedule.floor()) >= 0, last.toString());
      assertTrue(last.compareTo(schedule.ceiling()) <= 0, last.toString());
      sawLong |= last.toSeconds() > 30;
    }
    assertTrue(sawLong);
    assertThrows(
        IllegalArgumentException.class, () -> new RetrySchedule(Duration.ZERO, Duration.ZERO));
  }

  @Test
  void requests_haveThePathsOfTheSpecification() throws Exception {
    Set<RsaIdentity> authorities =
        Set.of(RsaIdentity.fromHex("B".repeat(40)), RsaIdentity.fromHex("A".repeat(40)));
    DirRequest consensus =
        new FetchStep.OfConsensus(ConsensusFlavor.MICRODESC, lifetime(20, 40)).request(authorities);
    assertEquals("/tor/status-vote/current/consensus-microdesc/AAAAAA+BBBBBB", consensus.path());
    assertEquals(
        "Thu, 01 Jan 2026 00:00:10 GMT",
        consensus.headers().get("if-modified-since").orElseThrow());
    List<Bytes> two = List.of(Bytes.fromHex("00".repeat(32)), Bytes.fromHex("ff".repeat(32)));
    assertEquals(
        "/tor/micro/d/" + "A".repeat(43) + "-" + "/".repeat(42) + "8",
        new FetchStep.OfMicrodescriptors(two).request(authorities).path());
  }

  @Test
  void digests_goInBatchesOfAtMost96() {
    Descriptors<String> many =
        new Descriptors<>(new Attempts(RetrySchedule.TESTING, new SeededRandom(1)));
    for (int i = 0; i < 1000; i++) {
      many.missing.add(Bytes.copyOf(new byte[] {(byte) (i >> 8), (byte) i}));
    }
    List<FetchStep> steps = new ArrayList<>();
    many.start(START, steps, FetchStep.OfMicrodescriptors::new);
    assertEquals(FetchState.MAX_DESCRIPTOR_TRIES, steps.size());
    Set<Bytes> asked = new HashSet<>();
    for (FetchStep step : steps) {
      List<Bytes> digests = ((FetchStep.OfMicrodescriptors) step).digests();
      assertEquals(FetchStep.MAX_DIGESTS, digests.size());
      asked.addAll(digests);
    }
    assertEquals(4 * 96, asked.size());
    assertEquals(1000 - 4 * 96, many.missing.size());
  }

  @Test
  void unaskedDescriptors_areNotKept() {
    Descriptors<Bytes> some =
        new Descriptors<>(new Attempts(RetrySchedule.TESTING, new SeededRandom(1)));
    Bytes asked = Bytes.copyOf(new byte[] {1});
    Bytes other = Bytes.copyOf(new byte[] {2});
    some.missing.add(asked);
    some.start(START, new ArrayList<>(), FetchStep.OfMicrodescriptors::new);
    List<Bytes> gains = new ArrayList<>();
    assertEquals(1, some.finish(List.of(asked), List.of(asked, other), b -> b, START, gains));
    assertEquals(List.of(asked), gains);
    assertEquals(1, some.documents().size());
  }

  @Test
  void progress_neverGoesBack() {
    List<Integer> percents = new ArrayList<>();
    BootstrapProgress progress = new BootstrapProgress(e -> percents.add(e.percent()));
    progress.reached(BootstrapPhase.STARTING);
    progress.reached(BootstrapPhase.LOADING_DESCRIPTORS, 1, 2);
    progress.reached(BootstrapPhase.CONN);
    progress.reached(BootstrapPhase.LOADING_DESCRIPTORS, 1, 1);
    progress.reached(BootstrapPhase.ENOUGH_DIRINFO);
    progress.reached(BootstrapPhase.DONE);
    progress.reached(BootstrapPhase.DONE);
    assertEquals(List.of(0, 62, 74, 75, 100), percents);
    assertEquals("done", progress.current().phase().tag());
  }

  @Test
  void authorityLines_ofCtor_areRead() throws Exception {
    DirAuthority auth0 = CtorDocs.authorities().getFirst();
    assertEquals("auth0", auth0.nickname());
    assertEquals(20000, auth0.orPorts().getFirst().getPort());
    assertEquals(20001, auth0.dirPort().getPort());
    DirAuthority more =
        DirAuthority.parse(
            "moria orport=9101 bridge ipv6=[2001:db8::1]:9101 "
                + "v3ident=1AF745A0FB6B479FB630CAEEEEB57A3CE58D652E upload=http://192.0.2.9:80/ "
                + "192.0.2.1:9131 CD67 CE9A 5EC6 FE64 3CDD  A75D ED5C DE8C 4BBF 249C");
    assertEquals(2, more.orPorts().size());
    assertEquals("CD67CE9A5EC6FE643CDDA75DED5CDE8C4BBF249C", more.fingerprint().hex());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "auth0",
        "auth0 orport=1 127.0.0.1:1",
        "auth0 127.0.0.1:1 CD67CE9A5EC6FE643CDDA75DED5CDE8C4BBF249C",
        "auth0 orport=1 localhost:1 CD67CE9A5EC6FE643CDDA75DED5CDE8C4BBF249C",
        "auth0 orport=1 v3ident=12 127.0.0.1:1 CD67CE9A5EC6FE643CDDA75DED5CDE8C4BBF249C",
        "auth0 orport=99999 127.0.0.1:1 CD67CE9A5EC6FE643CDDA75DED5CDE8C4BBF249C",
      })
  void malformedAuthorityLines_areRefused(String line) {
    assertThrows(MalformedException.class, () -> DirAuthority.parse(line));
  }
}
