package org.tunic.router.circuit.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.fetch.CacheChooser;
import org.tunic.directory.view.BandwidthWeights.Position;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.circuit.CircuitFailedException;
import org.tunic.router.circuit.timeout.BuildTimeouts;
import org.tunic.router.circuit.timeout.TimeoutParameters;
import org.tunic.router.guard.GuardSet;
import org.tunic.router.guard.GuardUse;
import org.tunic.router.path.ExitNeed;
import org.tunic.router.path.Path;
import org.tunic.router.path.PathChoice;
import org.tunic.router.path.PathChoice.Chosen;
import org.tunic.router.path.PathChoice.Impossible;
import org.tunic.router.path.PathSelector;

/**
 * The circuits a pool has, builds, keeps ready and closes; and the guards they go through.
 *
 * <p>Threads: one at a time, the pool's.
 */
final class CircuitStock<S> {
  private static final Logger log = LoggerFactory.getLogger(CircuitStock.class);

  /** Circuits open or being built. */
  static final int MAX_CIRCUITS = 512;

  /** Circuits kept ready for one port. */
  static final int READY_PER_PORT = 2;

  /** Circuits kept ready in all. */
  static final int MAX_READY = 14;

  /** Exits remembered as not taking streams. */
  static final int MAX_REFUSING_EXITS = 256;

  /** Bounds of {@code nf_conntimeout_clients}, seconds. */
  private static final int DEFAULT_AVAILABLE = 30 * 60;

  private static final int MIN_AVAILABLE = 60;
  private static final int MAX_AVAILABLE = 24 * 60 * 60;

  /** What circuits for learning could be used for when no port is predicted. */
  private static final int LEARNING_PORT = 443;

  /** A circuit being built. Compared by identity: two may have one path. */
  static final class Build {
    final Path path;
    final boolean stable;

    /** To be told how the first hop went. */
    private final GuardUse guard;

    /** Its guard is of a selection that no longer applies: it is closed when it is built. */
    private boolean retired;

    /** It was told to be ready, and will be told to be gone. */
    private boolean ready;

    private final BuildClock clock;

    private Build(Path path, boolean stable, GuardUse guard, BuildClock clock) {
      this.clock = clock;
      this.path = path;
      this.stable = stable;
      this.guard = guard;
    }

    /** Whether what is needed may leave at its exit. */
    boolean serves(ExitNeed need) {
      return !retired && (stable || !need.stable()) && PathSelector.allows(path.exit(), need);
    }
  }

  /** What came of the wish for a circuit. */
  sealed interface Launch {
    /** It is being built. */
    record Launched(Build build) implements Launch {}

    /** Not now; later may be different. */
    record Later() implements Launch {}

    /** No exit fits. */
    record NoExit() implements Launch {}
  }

  private static final Launch LATER = new Launch.Later();
  private static final Launch NO_EXIT = new Launch.NoExit();

  private final CircuitBuilder<S> builder;
  private final GuardSet guards;
  private PoolSettings settings;
  private final CircuitPool.Environment environment;
  private final Mailbox mailbox;

  private final PredictedPorts predicted;
  private final LaunchBackoff backoff;
  private final List<PooledCircuit<S>> circuits = new ArrayList<>();
  private final List<Build> builds = new ArrayList<>();
  private final BuildWatch watch;

  /** Circuits that timed out and are still being built for the sake of their time. */
  private final Set<Build> measured = new HashSet<>();

  private long lastLaunchNanos;

  /** Those of {@link #builds} that are built and wait whether a better guard works. */
  private final Map<Build, BuiltCircuit<S>> waiting = new LinkedHashMap<>();

  /** Guards being asked for directory documents: at most as many as are sampled. */
  private final Map<RsaIdentity, GuardUse> asked = new HashMap<>();

  /** Exits that said they take no streams, until the next view. */
  private final Set<RsaIdentity> refusingExits = new HashSet<>();

  /** Predicted ports that no exit of this view lets through: at most as many as are predicted. */
  private final Set<Integer> hopelessPorts = new HashSet<>();

  /** Written by the pool's thread, read by any. */
  private volatile @Nullable PathSelector network;

  private final GuardLender lender;
  private long savedGuardChanges;
  private long savedTimeChanges;
  private boolean closed;

  CircuitStock(
      CircuitBuilder<S> builder,
      GuardSet guards,
      PoolSettings settings,
      CircuitPool.Environment environment,
      Mailbox mailbox,
      BuildTimeouts timeouts) {
    this.builder = builder;
    this.guards = guards;
    this.settings = settings;
    this.environment = environment;
    this.mailbox = mailbox;
    this.lender = new GuardLender(guards, mailbox, environment.clock());
    this.watch = new BuildWatch(timeouts, builder::heard);
    this.lastLaunchNanos = environment.nanoTime().getAsLong();
    this.predicted =
        new PredictedPorts(
            available(ConsensusParameters.DEFAULTS), environment.random(), lastLaunchNanos);
    this.backoff = new LaunchBackoff(settings.newCircuitPeriod(), environment.random());
  }

  /** The open circuits. */
  List<PooledCircuit<S>> circuits() {
    return circuits;
  }

  /** The network that paths are chosen in; empty before the first view. Threads: any. */
  Optional<PathSelector> network() {
    return Optional.ofNullable(network);
  }

  /** Threads: any. */
  GuardLender lender() {
    return lender;
  }

  /** The circuits being built, or waiting for their guard. */
  List<Build> builds() {
    return builds;
  }

  /** How long a port is remembered at least. */
  private Duration available(ConsensusParameters params) {
    return settings.available().isZero()
        ? Duration.ofSeconds(
            params.get("nf_conntimeout_clients", DEFAULT_AVAILABLE, MIN_AVAILABLE, MAX_AVAILABLE))
        : settings.available();
  }

  /**
   * Other settings from now on.
   *
   * @param abandon whether they want other relays: circuits there are take no further streams
   */
  void useSettings(PoolSettings newSettings, boolean abandon) {
    settings = newSettings;
    backoff.use(newSettings.newCircuitPeriod());
    if (abandon) {
      abandonAll();
    }
    PathSelector selector = network;
    if (selector == null) {
      predicted.setShortest(available(ConsensusParameters.DEFAULTS));
    } else {
      useView(selector.view());
    }
  }

  private void abandonAll() {
    circuits.forEach(this::retire);
    builds.forEach(build -> build.retired = true);
    List.copyOf(waiting.keySet()).forEach(this::giveUp);
  }

  /** New circuits go over this view; circuits over relays no longer listed stay. */
  void useView(NetworkView view) {
    watch.use(
        TimeoutParameters.of(view.params(), settings.learnTimeout(), settings.buildTimeout()));
    predicted.setShortest(available(view.params()));
    PathSelector selector = new PathSelector(view, settings.pathRules());
    network = selector;
    refusingExits.clear();
    hopelessPorts.clear();
    backoff.succeeded(); // what failed may have been for want of it
    if (guards.update(selector, environment.clock().instant())) {
      abandonAll();
    }
  }

  // ---- directory guards ----

  /** A guard to ask for directory documents, as this other view has it. */
  Optional<Relay> directoryGuard(NetworkView view, CacheChooser.Wish wish) {
    Optional<GuardUse> use =
        guards.pickDirectory(
            relay -> wish.avoid().contains(relay.ids().rsa()),
            relay -> wish.outdated().contains(relay.ids().rsa()),
            environment.clock().instant());
    Optional<Relay> relay = use.flatMap(picked -> view.byRsa(picked.relay().ids().rsa()));
    use.ifPresent(
        picked -> {
          if (relay.isPresent()) {
            asked.put(picked.relay().ids().rsa(), picked);
          } else {
            guards.closed(picked);
          }
        });
    return relay;
  }

  /** That guard answered a directory request. */
  void directoryAnswered(RsaIdentity guard) {
    GuardUse use = asked.remove(guard);
    if (use != null) {
      var _ = guards.succeeded(use, environment.clock().instant());
    }
  }

  /** That guard did not answer, or could not be reached. */
  void directoryFailed(RsaIdentity guard) {
    GuardUse use = asked.remove(guard);
    if (use != null) {
      guards.failed(use, environment.clock().instant());
    }
  }

  /** That guard was not asked after all. */
  void directoryNotAsked(RsaIdentity guard) {
    GuardUse use = asked.remove(guard);
    if (use != null) {
      guards.closed(use);
    }
  }

  /** An answer came over a circuit. */
  void noteOnline() {
    guards.online(environment.clock().instant());
  }

  /**
   * The relay of the view with this name.
   *
   * @param name fingerprint with or without {@code $} and a {@code =} or {@code ~} nickname, or a
   *     nickname
   */
  Optional<RsaIdentity> relayNamed(String name) {
    PathSelector selector = network;
    if (selector == null) {
      return Optional.empty();
    }
    String bare = name.startsWith("$") ? name.substring(1) : name;
    String[] parts = bare.split("[=~]", 2);
    if (parts[0].length() == 2 * RsaIdentity.LENGTH) {
      try {
        return Optional.of(RsaIdentity.fromHex(parts[0])).filter(selector.view()::lists);
      } catch (MalformedException _) {
        return Optional.empty();
      }
    }
    return selector.view().relays().stream()
        .filter(relay -> relay.nickname().equalsIgnoreCase(bare))
        .map(relay -> relay.ids().rsa())
        .findFirst();
  }

  /** A stream to this port was asked for. */
  void predict(int port, long now) {
    predicted.note(port, now);
  }

  /** This exit takes no streams for now; others are preferred. */
  void avoid(RsaIdentity exit) {
    if (refusingExits.size() < MAX_REFUSING_EXITS) {
      refusingExits.add(exit);
    }
  }

  // ---- launching ----

  /**
   * Starts a circuit.
   *
   * @param exitAllowed further says which exits will do
   */
  Launch launch(ExitNeed need, Predicate<Relay> exitAllowed, long now) {
    PathSelector selector = network;
    if (closed
        || selector == null
        || !selector.view().dirInfo().enough()
        || backoff.waitNanos(now) > 0
        || builds.size() >= settings.maxPendingBuilds()
        || !makeRoom()) {
      return LATER;
    }
    Predicate<Relay> willing = exit -> !refusingExits.contains(exit.ids().rsa());
    Launch launch = launch(selector, need, exitAllowed.and(willing), now);
    return launch.equals(NO_EXIT) && !refusingExits.isEmpty()
        ? launch(selector, need, exitAllowed, now)
        : launch;
  }

  private Launch launch(
      PathSelector selector, ExitNeed need, Predicate<Relay> exitAllowed, long now) {
    Instant wallNow = environment.clock().instant();
    AtomicReference<@Nullable GuardUse> picked = new AtomicReference<>();
    PathChoice choice =
        selector.choose(
            need,
            exitAllowed,
            allowed -> {
              Optional<GuardUse> guard = guards.pick(allowed, wallNow);
              guard.ifPresent(picked::set);
              return guard.map(GuardUse::relay);
            },
            environment.random());
    return switch (choice) {
      case Chosen(Path path) -> {
        Build build =
            new Build(path, need.stable(), Objects.requireNonNull(picked.get()), watch.launched());
        lastLaunchNanos = now;
        start(build);
        yield new Launch.Launched(build);
      }
      case Impossible(Position position) when position == Position.EXIT -> NO_EXIT;
      case Impossible(Position position) -> {
        GuardUse unused = picked.get();
        if (unused != null) {
          guards.closed(unused);
        }
        log.debug("no path: nobody for position {}", position);
        backoff.failed(now);
        yield LATER;
      }
    };
  }

  /** Ensures that one more circuit is within the bound. */
  private boolean makeRoom() {
    if (circuits.size() + builds.size() + measured.size() < MAX_CIRCUITS) {
      return true;
    }
    Optional<PooledCircuit<S>> idle =
        circuits.stream().filter(circuit -> circuit.streams == 0).findFirst();
    idle.ifPresent(this::discard);
    return idle.isPresent();
  }

  private void start(Build build) {
    builds.add(build);
    builder
        .build(
            build.path,
            BuildWatch.limit(build.clock),
            hops -> mailbox.post(() -> watch.progress(build.clock, hops, now())))
        .whenComplete(
            (circuit, failure) ->
                mailbox.post(
                    () -> {
                      if (circuit != null) {
                        onBuilt(build, circuit);
                      } else {
                        builds.remove(build);
                        onNotBuilt(build, failure);
                      }
                    }));
  }

  private long now() {
    return environment.nanoTime().getAsLong();
  }

  private void onBuilt(Build build, BuiltCircuit<S> circuit) {
    boolean inTime = watch.built(build.clock, !circuits.isEmpty(), now());
    measured.remove(build);
    GuardUse.Usable usable = guards.succeeded(build.guard, environment.clock().instant());
    backoff.succeeded();
    circuit
        .closed()
        .whenComplete(
            (reason, _) ->
                mailbox.post(
                    () ->
                        onGone(build, circuit.id(), reason == null ? DestroyReason.NONE : reason)));
    if (closed || build.retired || !inTime || usable == GuardUse.Usable.NEVER) {
      builds.remove(build);
      circuit.close();
    } else if (usable == GuardUse.Usable.LATER) {
      waiting.put(build, circuit);
    } else {
      becomeReady(build, circuit);
    }
  }

  private void becomeReady(Build build, BuiltCircuit<S> circuit) {
    builds.remove(build);
    build.ready = true;
    long now = environment.nanoTime().getAsLong();
    long idle =
        watch.timeouts().needsCircuits()
            ? watch.timeouts().parameters().learnIdle().toNanos()
            : predicted.lifetimeNanos();
    circuits.add(new PooledCircuit<>(circuit, build.path, build.stable, now + idle));
    tell(new PoolEvent.CircuitReady(circuit.id(), build.path));
  }

  private void onNotBuilt(Build build, @Nullable Throwable failure) {
    int hop = 0;
    DestroyReason reason = DestroyReason.INTERNAL;
    if (unwrap(failure) instanceof CircuitFailedException failed) {
      hop = failed.hop();
      reason = failed.reason();
    } else {
      log.error("Building a circuit failed in a way it should not; this is a bug", failure);
    }
    watch.failed(build.clock, reason, now());
    if (measured.remove(build)) {
      guards.closed(build.guard);
      return; // was told of when it timed out
    }
    backoff.failed(now());
    log.debug("circuit not built: hop {} {}", hop, reason);
    if (hop == 1 && GuardLender.isGuardsFault(reason)) {
      guards.failed(build.guard, environment.clock().instant());
    } else {
      guards.closed(build.guard);
    }
    tell(new PoolEvent.CircuitNotBuilt(build.path, hop, reason));
  }

  private static @Nullable Throwable unwrap(@Nullable Throwable failure) {
    return failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
  }

  // ---- ending ----

  private void onGone(Build build, long id, DestroyReason reason) {
    guards.closed(build.guard);
    builds.remove(build); // where it is if it waited for its guard
    waiting.remove(build);
    for (PooledCircuit<S> circuit : List.copyOf(circuits)) {
      if (circuit.circuit.id() == id) {
        retire(circuit);
        circuits.remove(circuit);
      }
    }
    if (build.ready) {
      tell(new PoolEvent.CircuitGone(id, reason));
    }
  }

  /** Closes a circuit that waits for its guard. */
  private void giveUp(Build build) {
    builds.remove(build);
    BuiltCircuit<S> circuit = waiting.remove(build);
    if (circuit != null) {
      circuit.close();
    }
  }

  /** The circuit takes no further streams and is closed with its last one. */
  void retire(PooledCircuit<S> circuit) {
    circuit.use = new PooledCircuit.Use.Retired();
  }

  /** Closes; {@link #onGone} follows. */
  private void discard(PooledCircuit<S> circuit) {
    retire(circuit);
    circuits.remove(circuit);
    circuit.circuit.close();
  }

  /** Closes all circuits, and those being built when they open. */
  void close() {
    closed = true;
    lender.close();
    List.copyOf(waiting.keySet()).forEach(this::giveUp);
    List.copyOf(circuits).forEach(this::discard);
  }

  // ---- what is due ----

  /** Closes the circuits whose time is over. */
  void closeIdle(long now, NextWake next) {
    for (PooledCircuit<S> circuit : List.copyOf(circuits)) {
      if (circuit.streams > 0) {
        continue;
      }
      long closesAt = circuit.closesAtNanos().orElse(now);
      if (closesAt - now <= 0) {
        discard(circuit);
      } else {
        next.at(closesAt);
      }
    }
  }

  /** Gives up waiting for circuits that take too long; they go on for the sake of their time. */
  void timeBuilds(long now, NextWake next) {
    watch.listen();
    for (Build build : List.copyOf(builds)) {
      if (!waiting.containsKey(build)
          && watch.timesOut(build.clock, !circuits.isEmpty(), now, next)) {
        builds.remove(build);
        measured.add(build);
        tell(
            new PoolEvent.CircuitNotBuilt(build.path, build.clock.hops + 1, DestroyReason.TIMEOUT));
        next.within(0);
      }
    }
    if (watch.timeouts().changes() != savedTimeChanges) {
      savedTimeChanges = watch.timeouts().changes();
      environment.saveTimes().accept(watch.timeouts().save());
    }
  }

  /** Launches a circuit now and then as long as the build timeout is not learned. */
  void launchForLearning(Set<Build> claimed, long now, NextWake next) {
    TimeoutParameters parameters = watch.timeouts().parameters();
    if (!watch.timeouts().needsCircuits()
        || network == null
        || ready(claimed, _ -> true, _ -> true) >= parameters.maxOpen()) {
      return;
    }
    long due = lastLaunchNanos + parameters.testFrequency().toNanos();
    if (due - now > 0) {
      next.at(due);
      return;
    }
    lastLaunchNanos = now; // one try each time, whatever comes of it
    next.within(parameters.testFrequency().toNanos());
    int port = predicted.ports(now).stream().findFirst().orElse(LEARNING_PORT);
    var _ = launch(new ExitNeed(port, false, false), _ -> true, now);
  }

  /**
   * Launches what is missing to be ready for the predicted ports.
   *
   * @param claimed circuits being built that streams wait for
   */
  void launchPredicted(Set<Build> claimed, long now, NextWake next) {
    for (int port : predicted.ports(now)) {
      ExitNeed need = new ExitNeed(port, false, settings.longLivedPorts().contains(port));
      while (!hopelessPorts.contains(port)
          && ready(claimed, _ -> true, _ -> true) < MAX_READY
          && ready(
                  claimed,
                  build -> build.serves(need) && mayBeReadySoon(build),
                  circuit -> circuit.serves(need))
              < READY_PER_PORT) {
        switch (launch(need, _ -> true, now)) {
          case Launch.Launched _ -> {}
          case Launch.NoExit _ -> hopelessPorts.add(port);
          case Launch.Later _ -> {
            noteBackoff(now, next);
            return;
          }
        }
      }
    }
  }

  /**
   * Whether the circuit becomes ready without further ones. One that waits for its guard does not
   * as long as a primary guard may work: somebody has to try that.
   */
  private boolean mayBeReadySoon(Build build) {
    return !waiting.containsKey(build) || !guards.primaryMayWork(environment.clock().instant());
  }

  /** Unused circuits, open or being built, that nobody waits for. */
  private long ready(
      Set<Build> claimed, Predicate<Build> ifBuilding, Predicate<PooledCircuit<S>> ifOpen) {
    return builds.stream().filter(build -> !claimed.contains(build)).filter(ifBuilding).count()
        + circuits.stream().filter(PooledCircuit::isClean).filter(ifOpen).count();
  }

  /** Wakes the pool when circuits may be launched again. */
  void noteBackoff(long now, NextWake next) {
    long wait = backoff.waitNanos(now);
    if (wait > 0) {
      next.within(wait);
    }
  }

  /**
   * Lets circuits be used that need not wait for better guards any longer, closes those that waited
   * too long, lets guards be tried again whose time has come, and has the sample saved if it
   * changed.
   */
  void tendGuards(NextWake next) {
    Instant wallNow = environment.clock().instant();
    List<GuardUse> upgraded = guards.upgrade(wallNow);
    List<GuardUse> expired = guards.expire(wallNow);
    lender.settle(upgraded, expired);
    for (Build build : List.copyOf(waiting.keySet())) {
      if (upgraded.contains(build.guard)) {
        becomeReady(build, Objects.requireNonNull(waiting.remove(build)));
        next.within(0);
      } else if (expired.contains(build.guard)) {
        giveUp(build);
        next.within(0);
      }
    }
    guards
        .progress(wallNow)
        .ifPresent(due -> next.within(Duration.between(wallNow, due).toNanos()));
    if (guards.changes() != savedGuardChanges) {
      savedGuardChanges = guards.changes();
      environment.saveGuards().accept(guards.sample());
    }
  }

  private void tell(PoolEvent event) {
    environment.events().accept(event);
  }
}
