package org.tunic.bench.network;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.tunic.directory.SyntheticNetwork;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.router.path.ExitNeed;
import org.tunic.router.path.PathChoice;
import org.tunic.router.path.PathRules;
import org.tunic.router.path.PathSelector;
import org.tunic.testing.SeededRandom;

/**
 * One path choice, for a port that most exits let through and for one that few do. The time must
 * not grow with the number of relays.
 *
 * <p>Threads: one state per thread of JMH.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PathBench {
  private static final Instant VALID_AFTER = Instant.parse("2026-11-22T12:00:00Z");

  @Param({"2000", "8000", "32000"})
  public int relays = 2000;

  @Param({"443", "6667", "25"})
  public int port = 443;

  private final SeededRandom random = new SeededRandom(1);
  private @Nullable PathSelector selector;
  private @Nullable Relay guard;

  @Setup
  public void load() {
    SyntheticNetwork network = new SyntheticNetwork(relays, relays, VALID_AFTER);
    NetworkView view =
        NetworkView.of(
            network.verify(network.consensus(ConsensusFlavor.MICRODESC)),
            network.microdescriptors()::get,
            OptionalDouble.empty());
    PathSelector made = new PathSelector(view, new PathRules(true, null));
    selector = made;
    guard = made.chooseGuard(_ -> true, random).orElseThrow();
  }

  @Benchmark
  public PathChoice choose() {
    return Objects.requireNonNull(selector)
        .choose(
            new ExitNeed(port, false, false), _ -> true, _ -> Optional.ofNullable(guard), random);
  }
}
