package org.tunic.onion.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.pow.PowSolution;
import org.tunic.crypto.pow.PowSolver;
import org.tunic.directory.doc.hsdescriptor.PowParameters;
import org.tunic.testing.SeededRandom;

/** Seeds, solutions and the effort that descriptors suggest. */
final class PuzzleDeskTest {
  private final SeededRandom random = new SeededRandom(8);
  private final Instant start = Instant.parse("2026-11-22T12:00:00Z");
  private final RendezvousQueue queue = new RendezvousQueue(new HsCounters());
  private final PuzzleDesk desk = new PuzzleDesk(random, start);
  private final HsBlindedId service = id();
  private final List<HsBlindedId> services = List.of(id(), service);

  private HsBlindedId id() {
    return new HsBlindedId(new Ed25519Identity(Bytes.copyOf(random.bytes(32))));
  }

  private PowSolution solve() {
    return solve(desk);
  }

  private PowSolution solve(PuzzleDesk desk) {
    return new PowSolver()
        .solve(service, desk.parameters().seed(), 2, random, () -> true)
        .orElseThrow();
  }

  @Test
  void redeem_goodSolution_once() {
    PowSolution solution = solve();
    assertTrue(desk.redeem(solution, services));
    assertFalse(desk.redeem(solution, services));
  }

  @Test
  void redeem_ofAnotherService_orMoreEffortThanProved_isRefused() {
    PowSolution solution = solve();
    assertFalse(desk.redeem(solution, List.of(id())));
    PowSolution boast =
        new PowSolution(
            solution.nonce(), PowSolution.MAX_EFFORT, solution.seedHead(), solution.equix());
    assertFalse(desk.redeem(boast, services));
    assertTrue(desk.redeem(solution, services), "what was refused is not used up");
  }

  @Test
  void progress_seedIsChangedAfterTwoHours_andThePreviousOneIsGoodForAnother() {
    PowSolution solution = solve();
    PowParameters first = desk.parameters();
    Instant due = desk.progress(queue, start);
    assertEquals(start.plus(PuzzleDesk.UPDATE_PERIOD), due);
    desk.progress(queue, first.expires());
    PowParameters second = desk.parameters();
    assertNotEquals(first.seed(), second.seed());
    assertTrue(second.expires().isAfter(first.expires().plusSeconds(6299)));
    assertTrue(desk.redeem(solution, services));
    desk.progress(queue, second.expires());
    assertFalse(desk.redeem(solve2(first), services));
  }

  private PowSolution solve2(PowParameters old) {
    return new PowSolver().solve(service, old.seed(), 1, random, () -> true).orElseThrow();
  }

  @Test
  void redeem_asManyAsAreRemembered_thenTheSeedIsChangedEarly() {
    PuzzleDesk small = new PuzzleDesk(random, start, 2);
    assertTrue(small.redeem(solve(small), services));
    assertTrue(small.redeem(solve(small), services));
    assertFalse(small.redeem(solve(small), services));
    small.progress(queue, start.plusSeconds(1));
    assertTrue(small.redeem(solve(small), services));
  }

  @Test
  void progress_suggestedEffort_isPublishedWhenItChangedNotably() {
    queue.use(new PowDefence(100, 100), start);
    Introduction introduction = new Introductions().opened();
    for (int i = 0; i < 40; i++) {
      queue.add(introduction, 50, start);
    }
    queue.take(0, start);
    Instant later = start.plus(PuzzleDesk.UPDATE_PERIOD);
    desk.progress(queue, later);
    assertEquals(2000, desk.suggestedEffort());
    assertEquals(2000, desk.parameters().suggestedEffort());
  }
}
