package org.tunic.onion.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
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
    return solve(desk, 2);
  }

  private PowSolution solve(PuzzleDesk desk, long effort) {
    return new PowSolver()
        .solve(service, desk.parameters().seed(), effort, random, () -> true)
        .orElseThrow();
  }

  @Test
  void redeem_goodSolution_once() {
    PowSolution solution = solve();
    assertTrue(desk.redeem(solution, services).isPresent());
    assertFalse(desk.redeem(solution, services).isPresent());
  }

  @Test
  void redeem_ofAnotherService_orMoreEffortThanProved_isRefused() {
    PowSolution solution = solve();
    assertFalse(desk.redeem(solution, List.of(id())).isPresent());
    PowSolution boast =
        new PowSolution(
            solution.nonce(), PowSolution.MAX_EFFORT, solution.seedHead(), solution.equix());
    assertFalse(desk.redeem(boast, services).isPresent());
    assertTrue(desk.redeem(solution, services).isPresent(), "what was refused is not used up");
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
    assertTrue(desk.redeem(solution, services).isPresent());
    desk.progress(queue, second.expires());
    assertFalse(desk.redeem(solve2(first), services).isPresent());
  }

  private PowSolution solve2(PowParameters old) {
    return new PowSolver().solve(service, old.seed(), 1, random, () -> true).orElseThrow();
  }

  /** C tor changes seeds with time only; whoever could force it would spoil others' solutions. */
  @Test
  void redeem_moreThanAreRemembered_leavesTheSeedAlone_andForgetsTheCheap() {
    PuzzleDesk small = new PuzzleDesk(random, start, 4);
    PowParameters before = small.parameters();
    PowSolution honest = solve(small, 9);
    List<PowSolution> cheap = Stream.generate(() -> solve(small, 1)).limit(20).toList();
    for (PowSolution solution : cheap) {
      assertTrue(small.redeem(solution, services).isPresent());
      assertTrue(small.remembered() <= 4);
    }
    small.progress(queue, start.plusSeconds(1));
    assertEquals(before, small.parameters());
    assertEquals(OptionalLong.of(9), small.redeem(honest, services));
    assertEquals(OptionalLong.empty(), small.redeem(honest, services), "it is remembered");
    assertEquals(OptionalLong.of(0), small.redeem(cheap.getFirst(), services), "worth nothing");
    assertEquals(OptionalLong.of(0), small.redeem(solve(small, 1), services), "as are its like");
  }

  @Test
  void redeem_dearOnesCrowdOutCheapOnes_notTheOtherWayRound() {
    PuzzleDesk small = new PuzzleDesk(random, start, 4);
    PowSolution dear = solve(small, 9);
    assertEquals(OptionalLong.of(9), small.redeem(dear, services));
    for (int i = 0; i < 20; i++) {
      small.redeem(solve(small, 2), services);
    }
    assertEquals(OptionalLong.empty(), small.redeem(dear, services));
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
