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
 * Builds the circuits of onion services and of their visitors. {@link ServicePurpose} says how long
 * they are, {@link Vanguards} who follows the guard.
 *
 * <p>No two neighbours are the same relay, nor two relays with one between them. The guard may be
 * the target, or the one before it where that is the fourth hop; and families are not looked at, as
 * in C tor's circuits with vanguards: else who is in our layers could be told from whom we avoid.
 *
 * <p>Spec: vanguards-spec/path-construction, path-spec/hidden-service-related-circuits. Threads:
 * any; blocks, for virtual threads.
 */
public final class ServiceCircuits {
  /** A circuit whose last hop was chosen for it. */
  public record Reached(Relay target, OriginCircuit circuit) {}

  /** For reaching the first hop, and again for all handshakes. */
  private static final Duration BUILD_TIMEOUT = Duration.ofSeconds(20);

  private static final Duration LONGEST_BUILD = BUILD_TIMEOUT.multipliedBy(2);

  private final Supplier<Optional<PathSelector>> network;
  private final GuardLender guards;
  private final Vanguards vanguards;
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
      Vanguards vanguards,
      OriginCircuits circuits,
      InstantSource clock,
      RandomGenerator random) {
    this.network = network;
    this.guards = guards;
    this.vanguards = vanguards;
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
  public OriginCircuit build(HopSpec target, ServicePurpose purpose)
      throws CircuitFailedException, InterruptedException {
    return build(target, purpose, LONGEST_BUILD);
  }

  /**
   * Builds a circuit whose last hop is {@code target}.
   *
   * @param patience how long building may take at most
   * @throws CircuitFailedException if there is no path, or it could not be built in time
   */
  public OriginCircuit build(HopSpec target, ServicePurpose purpose, Duration patience)
      throws CircuitFailedException, InterruptedException {
    if (purpose == ServicePurpose.DIRECT) {
      return open(List.of(target), patience);
    }
    PathSelector selector = ready();
    LentGuard guard = borrow();
    List<HopSpec> path;
    try {
      path = path(selector, guard.relay(), target, purpose);
    } catch (CircuitFailedException e) {
      guard.closed();
      throw e;
    }
    return open(guard, path, patience);
  }

  /**
   * Builds a circuit to a rendezvous point of our own choice, within 20 seconds from the connection
   * on. Where only one relay is between it and the guard it is another one, because nobody extends
   * a circuit back to where it comes from; C tor draws anew when that has failed.
   *
   * @param wanted which relays will do
   * @throws CircuitFailedException if there is no path, or it could not be built
   */
  public Reached buildToAny(Predicate<Relay> wanted)
      throws CircuitFailedException, InterruptedException {
    PathSelector selector = ready();
    LentGuard guard = borrow();
    Relay target;
    List<HopSpec> path;
    try {
      boolean mayBeGuard = vanguards.hasThird();
      target =
          selector
              .chooseMiddle(
                  mayBeGuard ? wanted : wanted.and(apart(List.of(guard.relay().ids()))), random)
              .orElseThrow(() -> noPath(2, "no rendezvous point"));
      path = path(selector, guard.relay(), HopSpec.of(target), ServicePurpose.VISITOR_RENDEZVOUS);
    } catch (CircuitFailedException e) {
      guard.closed();
      throw e;
    }
    return new Reached(target, open(guard, path, LONGEST_BUILD));
  }

  private PathSelector ready() throws CircuitFailedException {
    return network().orElseThrow(() -> noPath(1, "no network yet"));
  }

  private LentGuard borrow() throws CircuitFailedException, InterruptedException {
    return await(guards.lend(_ -> true), 1).orElseThrow(() -> noPath(1, "no guard"));
  }

  private OriginCircuit open(LentGuard guard, List<HopSpec> path, Duration patience)
      throws CircuitFailedException, InterruptedException {
    OriginCircuit built;
    try {
      built = open(path, patience);
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

  private List<HopSpec> path(
      PathSelector selector, Relay guard, HopSpec target, ServicePurpose purpose)
      throws CircuitFailedException {
    List<Relay> layers =
        vanguards.choose(selector, List.of(target.ids(), guard.ids()), clock.instant());
    List<HopSpec> path = new ArrayList<>(List.of(HopSpec.of(guard)));
    layers.forEach(relay -> path.add(HopSpec.of(relay)));
    boolean threeLayers = layers.size() > 1;
    if (purpose.hasMiddle(threeLayers)) {
      List<RelayIds> taken = new ArrayList<>(List.of(target.ids()));
      layers.forEach(relay -> taken.add(relay.ids()));
      if (!threeLayers) {
        taken.add(guard.ids());
      }
      path.add(
          HopSpec.of(
              selector
                  .chooseMiddle(apart(taken), random)
                  .orElseThrow(() -> noPath(path.size() + 1, "no hop before the target"))));
    }
    path.add(target);
    return path;
  }

  static Predicate<Relay> apart(List<RelayIds> taken) {
    List<RelayIds> now = List.copyOf(taken);
    return relay -> now.stream().noneMatch(ids -> ids.rsa().equals(relay.ids().rsa()));
  }

  static CircuitFailedException noPath(int hop, String why) {
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
