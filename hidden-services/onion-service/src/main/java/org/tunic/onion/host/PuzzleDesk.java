package org.tunic.onion.host;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.crypto.pow.PowSeed;
import org.tunic.crypto.pow.PowSolution;
import org.tunic.crypto.pow.PowV1;
import org.tunic.directory.doc.hsdescriptor.PowParameters;

/**
 * The puzzles of a service: their seeds, the effort that is suggested, and which solutions were
 * used.
 *
 * <p>A seed lasts about two hours, and solutions for the one before are good too. It is changed
 * early when {@link #MAX_USED} solutions were used, so that these are the most to be remembered for
 * a seed. The suggested effort follows the queue every five minutes; descriptors are told when it
 * has changed by 15 percent.
 *
 * <p>Spec: hspow-spec/common-protocol, hspow-spec/v1-equix. Threads: guarded by this.
 */
final class PuzzleDesk {
  /** Solutions remembered for each of two seeds. */
  static final int MAX_USED = 1 << 16;

  /** C tor's HS_UPDATE_PERIOD. */
  static final Duration UPDATE_PERIOD = Duration.ofMinutes(5);

  private static final int LEAST_SEED_SECONDS = 7200 - 900;
  private static final int MOST_SEED_SECONDS = 7200;
  private static final double NOTABLE_DROP = 0.85;
  private static final double NOTABLE_RISE = 1.15;

  /** A seed and the nonces that were used with it. */
  private record Puzzle(PowSeed seed, Set<Bytes> used) {
    Puzzle(PowSeed seed) {
      this(seed, new HashSet<>());
    }
  }

  private final SecureRandom random;
  private final int maxUsed;
  private Puzzle current;
  private Puzzle previous;
  private Instant expires;
  private Instant nextUpdate;
  private long suggested;
  private long published;

  PuzzleDesk(SecureRandom random, Instant now) {
    this(random, now, MAX_USED);
  }

  PuzzleDesk(SecureRandom random, Instant now, int maxUsed) {
    this.random = random;
    this.maxUsed = maxUsed;
    // Not to be foreseen either, though nobody was told of it.
    this.previous = new Puzzle(PowSeed.generate(random));
    this.current = next(previous);
    this.expires = expiry(now);
    this.nextUpdate = now.plus(UPDATE_PERIOD);
  }

  /** A seed that solutions cannot take for the one before. */
  private Puzzle next(Puzzle before) {
    PowSeed seed;
    do {
      seed = PowSeed.generate(random);
    } while (seed.head().equals(before.seed().head()));
    return new Puzzle(seed);
  }

  private Instant expiry(Instant now) {
    return now.plusSeconds(random.nextInt(LEAST_SEED_SECONDS, MOST_SEED_SECONDS))
        .truncatedTo(ChronoUnit.SECONDS);
  }

  /**
   * Changes the seed and the effort if that is due.
   *
   * @return when it is due next
   */
  synchronized Instant progress(RendezvousQueue queue, Instant now) {
    if (!now.isBefore(expires) || current.used().size() >= maxUsed) {
      previous = current;
      current = next(previous);
      expires = expiry(now);
      published = suggested;
    }
    if (!now.isBefore(nextUpdate)) {
      suggested = queue.nextEffort(suggested);
      nextUpdate = now.plus(UPDATE_PERIOD);
      if (suggested < published * NOTABLE_DROP || suggested > published * NOTABLE_RISE) {
        published = suggested;
      }
    }
    return expires.isBefore(nextUpdate) ? expires : nextUpdate;
  }

  /** What the descriptor says. */
  synchronized PowParameters parameters() {
    return new PowParameters(current.seed(), published, expires);
  }

  /** What an introduction must have cost to be worth an answer under load. */
  synchronized long suggestedEffort() {
    return suggested;
  }

  /**
   * Whether a solution is good and used for the first time; then it is used.
   *
   * @param services the blinded keys of the descriptors that are up
   */
  boolean redeem(PowSolution solution, List<HsBlindedId> services) {
    Puzzle puzzle = puzzle(solution);
    if (puzzle == null || !mayUse(puzzle, solution, false)) {
      return false;
    }
    return services.stream().anyMatch(id -> PowV1.verify(solution, id, puzzle.seed()))
        && mayUse(puzzle, solution, true);
  }

  private synchronized @Nullable Puzzle puzzle(PowSolution solution) {
    if (solution.seedHead().equals(current.seed().head())) {
      return current;
    }
    return solution.seedHead().equals(previous.seed().head()) ? previous : null;
  }

  private synchronized boolean mayUse(Puzzle puzzle, PowSolution solution, boolean now) {
    return puzzle.used().size() < maxUsed
        && (now ? puzzle.used().add(solution.nonce()) : !puzzle.used().contains(solution.nonce()));
  }
}
