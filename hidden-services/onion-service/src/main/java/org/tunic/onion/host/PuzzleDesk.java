package org.tunic.onion.host;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
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
 * <p>A seed lasts about two hours, and solutions for the one before are good too. As in C tor
 * nothing but time changes it: whoever could force that would make the solutions of all others
 * worthless. C tor remembers every nonce that was used; here {@link #MAX_USED} are remembered for a
 * seed. When there is one more, the cheaper half is forgotten, and from then on no effort that was
 * forgotten counts for this seed: such an introduction waits behind all that proved more, with
 * those that proved nothing, so that repeating a forgotten solution gains nothing either. To make
 * the suggested effort worthless so, somebody has to prove as much {@link #MAX_USED} times within
 * the two hours, each with an introduction of its own.
 *
 * <p>The suggested effort follows the queue every five minutes; descriptors are told when it has
 * changed by 15 percent.
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

  /** A seed, and the nonces that were used with it. */
  private static final class Puzzle {
    private final PowSeed seed;

    /** Nonce to effort. */
    private final Map<Bytes, Long> used = new HashMap<>();

    /** The most effort among those that were forgotten; -1 if none was. */
    private long forgotten = -1;

    Puzzle(PowSeed seed) {
      this.seed = seed;
    }

    /** Costs one sort for at least every half of what is remembered. */
    void forgetTheCheaperHalf() {
      long[] efforts = used.values().stream().mapToLong(Long::longValue).sorted().toArray();
      forgotten = efforts[(efforts.length - 1) / 2];
      used.values().removeIf(effort -> effort <= forgotten);
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
    } while (seed.head().equals(before.seed.head()));
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
    if (!now.isBefore(expires)) {
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
    return new PowParameters(current.seed, published, expires);
  }

  /** What an introduction must have cost to be worth an answer under load. */
  synchronized long suggestedEffort() {
    return suggested;
  }

  /**
   * Uses a solution, if it is good and was not used before.
   *
   * @param services the blinded keys of the descriptors that are up
   * @return the effort that counts: 0 for one that was forgotten; empty if the solution is bad
   */
  OptionalLong redeem(PowSolution solution, List<HsBlindedId> services) {
    Puzzle puzzle = puzzle(solution);
    if (puzzle == null) {
      return OptionalLong.empty();
    }
    return switch (look(puzzle, solution)) {
      case WORTHLESS -> OptionalLong.of(0);
      case USED -> OptionalLong.empty();
      case NEW ->
          services.stream().anyMatch(id -> PowV1.verify(solution, id, puzzle.seed))
                  && use(puzzle, solution)
              ? OptionalLong.of(solution.effort())
              : OptionalLong.empty();
    };
  }

  private enum Look {
    NEW,
    USED,
    WORTHLESS
  }

  private synchronized @Nullable Puzzle puzzle(PowSolution solution) {
    if (solution.seedHead().equals(current.seed.head())) {
      return current;
    }
    return solution.seedHead().equals(previous.seed.head()) ? previous : null;
  }

  private synchronized Look look(Puzzle puzzle, PowSolution solution) {
    if (solution.effort() <= puzzle.forgotten) {
      return Look.WORTHLESS;
    }
    return puzzle.used.containsKey(solution.nonce()) ? Look.USED : Look.NEW;
  }

  /** False if it was used, or its like forgotten, since {@link #look}. */
  private synchronized boolean use(Puzzle puzzle, PowSolution solution) {
    if (solution.effort() <= puzzle.forgotten
        || puzzle.used.putIfAbsent(solution.nonce(), solution.effort()) != null) {
      return false;
    }
    if (puzzle.used.size() > maxUsed) {
      puzzle.forgetTheCheaperHalf();
    }
    return true;
  }

  /** Solutions that are remembered, of both seeds. */
  synchronized int remembered() {
    return current.used.size() + previous.used.size();
  }
}
