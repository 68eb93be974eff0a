package org.tunic.router.circuit.service;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.directory.view.Relay;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.circuit.CircuitFailedException;
import org.tunic.router.circuit.HopSpec;
import org.tunic.router.circuit.OriginCircuit;
import org.tunic.router.circuit.OriginCircuits;
import org.tunic.router.circuit.pool.GuardLender;
import org.tunic.router.circuit.pool.GuardLender.LentGuard;
import org.tunic.router.path.PathSelector;

/**
 * Builds the circuits of onion services and of their visitors:
 *
 * <pre>
 * to a directory, an introduction point, a rendezvous point of the visitor's   guard  L2  middle  target
 * to a rendezvous point of our own choice                                      guard  L2  target
 * </pre>
 *
 * <p>The target of a long one was chosen by others or by a hash that others foresee, so the middle
 * keeps it from learning the second layer. No two neighbours are the same relay, and second hop and
 * middle are none of the others; the guard may be the target, and families are not looked at, as in
 * C tor's circuits with vanguards: else who is in our layers could be told from whom we avoid.
 *
 * <p>Spec: vanguards-spec/vanguards-lite, path-spec/hidden-service-related-circuits. Threads: any;
 * blocks, for virtual threads.
 */
public final class ServiceCircuits {
  /** How far it is to the target. */
  public enum Length {
    /** The target is of our own choice. */
    SHORT,
    /** The target is of somebody else's choice. */
    LONG,
    /** Nothing is between: for services that give up their anonymity. */
    DIRECT
  }

  /** For reaching the first hop, and again for all handshakes. */
  private static final Duration BUILD_TIMEOUT = Duration.ofSeconds(20);

  private static final Duration LONGEST_BUILD = BUILD_TIMEOUT.multipliedBy(2);

  private final Supplier<Optional<PathSelector>> network;
  private final GuardLender guards;
  private final Layer2Guards layer2;
  private final OriginCircuits circuits;
  private final InstantSource clock;
  private final RandomGenerator random;

  /**
   * @param network the network that paths are chosen in
   * @param random must not be foreseeable: a {@code SecureRandom}
   */
  public ServiceCircuits(
      Supplier<Optional<PathSelector>> network,
      GuardLender guards,
      Layer2Guards layer2,
      OriginCircuits circuits,
      InstantSource clock,
      RandomGenerator random) {
    this.network = network;
    this.guards = guards;
    this.layer2 = layer2;
    this.circuits = circuits;
    this.clock = clock;
    this.random = random;
  }

  /** The network as circuits see it now; empty while too little is known of it. */
  public Optional<PathSelector> network() {
    return network.get().filter(selector -> selector.view().dirInfo().enough());
  }

  /**
   * Builds a circuit whose last hop is {@code target}, within 20 seconds from the connection on.
   *
   * @throws CircuitFailedException if there is no path, or it could not be built
   */
  public OriginCircuit build(HopSpec target, Length length)
      throws CircuitFailedException, InterruptedException {
    return build(target, length, LONGEST_BUILD);
  }

  /**
   * Builds a circuit whose last hop is {@code target}.
   *
   * @param patience how long building may take at most
   * @throws CircuitFailedException if there is no path, or it could not be built in time
   */
  public OriginCircuit build(HopSpec target, Length length, Duration patience)
      throws CircuitFailedException, InterruptedException {
    return length == Length.DIRECT
        ? open(List.of(target), patience)
        : buildGuarded(target, length == Length.LONG, patience);
  }

  private OriginCircuit buildGuarded(HopSpec target, boolean middle, Duration patience)
      throws CircuitFailedException, InterruptedException {
    PathSelector selector = network().orElseThrow(() -> noPath(1, "no network yet"));
    LentGuard guard = await(guards.lend(_ -> true), 1).orElseThrow(() -> noPath(1, "no guard"));
    OriginCircuit built;
    try {
      built = open(path(selector, guard.relay(), target, middle), patience);
    } catch (CircuitFailedException e) {
      guard.failed(e);
      throw e;
    } catch (InterruptedException e) {
      guard.closed();
      throw e;
    }
    built.closed().whenComplete((_, _) -> guard.closed());
    if (!await(guard.succeeded(), 1)) {
      built.close(DestroyReason.FINISHED);
      throw noPath(1, "a better guard comes first");
    }
    return built;
  }

  private OriginCircuit open(List<HopSpec> path, Duration patience)
      throws CircuitFailedException, InterruptedException {
    CompletableFuture<OriginCircuit> building =
        circuits.build(path, OriginCircuits.Use.ONION_SERVICE, BUILD_TIMEOUT);
    CompletableFuture<OriginCircuit> inTime =
        building.copy().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return await(inTime, path.size());
    } catch (InterruptedException | CircuitFailedException e) {
      building.thenAccept(late -> late.close(DestroyReason.FINISHED));
      throw e;
    }
  }

  private List<HopSpec> path(PathSelector selector, Relay guard, HopSpec target, boolean middle)
      throws CircuitFailedException {
    List<RelayIds> taken = new ArrayList<>(List.of(target.ids(), guard.ids()));
    List<HopSpec> path = new ArrayList<>(List.of(HopSpec.of(guard)));
    Relay second =
        layer2
            .pick(selector, apart(taken), clock.instant())
            .orElseThrow(() -> noPath(2, "no second hop"));
    taken.add(second.ids());
    path.add(HopSpec.of(second));
    if (middle) {
      path.add(
          HopSpec.of(
              selector
                  .chooseMiddle(apart(taken), random)
                  .orElseThrow(() -> noPath(3, "no third hop"))));
    }
    path.add(target);
    return path;
  }

  private static Predicate<Relay> apart(List<RelayIds> taken) {
    List<RelayIds> now = List.copyOf(taken);
    return relay -> now.stream().noneMatch(ids -> ids.rsa().equals(relay.ids().rsa()));
  }

  private static CircuitFailedException noPath(int hop, String why) {
    return new CircuitFailedException(hop, DestroyReason.NONE, why);
  }

  /**
   * @param hop blamed for a failure that names none
   */
  private static <T> T await(CompletableFuture<T> future, int hop)
      throws CircuitFailedException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CircuitFailedException failed) {
        throw failed;
      }
      if (e.getCause() instanceof TimeoutException) {
        // Our patience: no fault of the guard's, whose time to answer is not over.
        throw new CircuitFailedException(hop, DestroyReason.TIMEOUT, "no time left");
      }
      throw new CircuitFailedException(hop, DestroyReason.INTERNAL, String.valueOf(e.getCause()));
    }
  }
}
