package org.tunic.crypto.pow;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsBlindedId;

/**
 * A client's search for a solution; owns some 4 MB of memory and keeps a core busy.
 *
 * <p>On average an effort of n takes n / 2 challenges: each has about two Equi-X solutions, and a
 * solution is worth n with a chance of 1 in n. There is no bound but the caller's patience.
 *
 * <p>Spec: hspow-spec/v1-equix
 *
 * <p>Threads: one; several solvers may search for the same solution from nonces of their own.
 */
public final class PowSolver {
  private final EquiXSolver solver = new EquiXSolver();

  /**
   * Searches until a solution is found.
   *
   * @param effort 0 to 2^32 - 1
   * @param goOn asked before every challenge
   * @return empty once {@code goOn} says no
   */
  public Optional<PowSolution> solve(
      HsBlindedId service, PowSeed seed, long effort, SecureRandom random, BooleanSupplier goOn) {
    byte[] nonce = new byte[PowSolution.NONCE_LENGTH];
    random.nextBytes(nonce);
    return solve(service, seed, effort, nonce, goOn);
  }

  /** From a given nonce, which is counted up as a little-endian number; for vectors. */
  Optional<PowSolution> solve(
      HsBlindedId service, PowSeed seed, long effort, byte[] nonce, BooleanSupplier goOn) {
    while (goOn.getAsBoolean()) {
      Bytes current = Bytes.copyOf(nonce);
      byte[] challenge = PowV1.challenge(service, seed, current, effort);
      for (Bytes equix : solver.solve(challenge)) {
        if (PowV1.isWorth(challenge, equix, effort)) {
          return Optional.of(new PowSolution(current, effort, seed.head(), equix));
        }
      }
      increment(nonce);
    }
    return Optional.empty();
  }

  private static void increment(byte[] nonce) {
    for (int i = 0; i < nonce.length; i++) {
      nonce[i]++;
      if (nonce[i] != 0) {
        return;
      }
    }
  }
}
