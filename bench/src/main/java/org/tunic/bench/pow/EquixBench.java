package org.tunic.bench.pow;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.pow.PowSeed;
import org.tunic.crypto.pow.PowSolution;
import org.tunic.crypto.pow.PowSolver;
import org.tunic.crypto.pow.PowV1;

/**
 * One challenge solved (a HashX program, 65536 hashes, the search for sums), and one solution
 * verified (a program and eight hashes). On a machine that others use, count CPU time, not these.
 *
 * <p>Threads: one state per thread of JMH.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class EquixBench {
  private final Random random = new Random(1);
  private final PowSolver solver = new PowSolver();
  private final HsBlindedId service = new HsBlindedId(Ed25519Identity.of(bytes(32)));
  private final PowSeed seed = new PowSeed(Bytes.copyOf(bytes(32)));
  private final SecureRandom nonces = new SecureRandom();
  private final PowSolution solution =
      solver.solve(service, seed, 1, nonces, () -> true).orElseThrow();

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @Benchmark
  public Optional<PowSolution> solve() {
    AtomicInteger challenges = new AtomicInteger(1);
    return solver.solve(
        service, seed, PowSolution.MAX_EFFORT, nonces, () -> challenges.getAndDecrement() > 0);
  }

  @Benchmark
  public boolean verify() {
    return PowV1.verify(solution, service, seed);
  }
}
