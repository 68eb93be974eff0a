package org.tunic.onion.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.pow.PowSeed;
import org.tunic.crypto.pow.PowSolution;
import org.tunic.crypto.pow.PowV1;
import org.tunic.testing.SeededRandom;

/** Puzzles of services: how much effort is made, and how many wait. */
@Timeout(60)
final class PuzzleSolversTest {
  private final SeededRandom random = new SeededRandom(4);
  private final HsBlindedId service = service();
  private final PowSeed seed = PowSeed.generate(random);

  private HsBlindedId service() {
    return new HsBlindedId(new Ed25519Identity(Bytes.copyOf(random.bytes(32))));
  }

  /** C tor: CLIENT_MAX_POW_EFFORT, CLIENT_MIN_RETRY_POW_EFFORT, doubled up to 1000, then 1.5. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "0, 1, 8",
    "0, 2, 16",
    "100, 0, 100",
    "100, 1, 200",
    "1000, 1, 1500",
    "9000, 1, 10000",
    "4294967295, 0, 10000"
  })
  void effort_isCTors(long suggested, int failed, long effort) {
    assertEquals(effort, PuzzleSolvers.effort(suggested, failed));
  }

  @Test
  void solve_findsASolution() throws Exception {
    try (PuzzleSolvers solvers = new PuzzleSolvers(random)) {
      PowSolution solution = solvers.solve(service, seed, 3).get(50, TimeUnit.SECONDS);
      assertTrue(PowV1.verify(solution, service, seed));
    }
  }

  @Test
  void solve_tooManyOfOneService_fails_othersAreSolved() throws Exception {
    try (PuzzleSolvers solvers = new PuzzleSolvers(random)) {
      List<CompletableFuture<PowSolution>> hard = new ArrayList<>();
      for (int i = 0; i < PuzzleSolvers.MAX_PER_SERVICE; i++) {
        hard.add(solvers.solve(service, seed, PowSolution.MAX_EFFORT));
      }
      assertThrows(ExecutionException.class, () -> solvers.solve(service, seed, 1).get());
      CompletableFuture<PowSolution> other = solvers.solve(service(), seed, 1);
      assertFalse(other.isCompletedExceptionally());
      hard.forEach(puzzle -> puzzle.cancel(false));
      other.get(50, TimeUnit.SECONDS);
      solvers.solve(service, seed, 1).get(50, TimeUnit.SECONDS);
    }
  }

  @Test
  void solve_tooManyWait_fails_andCancelledOnesMakeRoom() throws Exception {
    try (PuzzleSolvers solvers = new PuzzleSolvers(random)) {
      List<CompletableFuture<PowSolution>> hard = new ArrayList<>();
      for (int i = 0; i < PuzzleSolvers.THREADS + PuzzleSolvers.MAX_WAITING; i++) {
        hard.add(solvers.solve(service(), seed, PowSolution.MAX_EFFORT));
      }
      ExecutionException refused =
          assertThrows(ExecutionException.class, () -> solvers.solve(service, seed, 1).get());
      assertTrue(refused.getCause() instanceof java.util.concurrent.RejectedExecutionException);
      hard.forEach(puzzle -> puzzle.cancel(false));
      while (true) {
        try {
          solvers.solve(service, seed, 1).get(50, TimeUnit.SECONDS);
          return;
        } catch (ExecutionException e) {
          Thread.onSpinWait(); // the cancelled ones are still being thrown out
        }
      }
    }
  }
}
