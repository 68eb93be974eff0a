package org.tunic.router.circuit.pool;

import java.net.Inet6Address;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.directory.view.BandwidthWeights.Position;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.EndReason;
import org.tunic.router.circuit.CircuitFailedException;
import org.tunic.router.guard.GuardParameters;
import org.tunic.router.guard.GuardSet;
import org.tunic.router.guard.GuardUse;
import org.tunic.router.guard.SampledGuard;
import org.tunic.router.path.ExitNeed;
import org.tunic.router.path.Path;
import org.tunic.router.path.PathChoice;
import org.tunic.router.path.PathChoice.Chosen;
import org.tunic.router.path.PathChoice.Impossible;
import org.tunic.router.path.PathSelector;
import org.tunic.router.stream.StreamEndedException;
import org.tunic.router.stream.socks.IsolationKey;
import org.tunic.router.stream.socks.StreamRequest;
import org.tunic.router.stream.socks.TargetHost;

/**
 * The client's circuits and the streams that wait for one.
 *
 * <p>A few circuits of three hops are kept ready for the ports in use ({@link PredictedPorts}). A
 * stream goes on the circuit used last among those whose exit lets it through and whose streams
 * have its isolation key, else on an unused one, else on one being built, else one is launched for
 * it. A circuit takes streams for ten minutes from its first one and is closed with its last.
 *
 * <p>A stream that fails before CONNECTED is tried elsewhere as C tor does: when its circuit dies,
 * when no answer comes in 10 or 15 seconds, and when END says something that another exit may see
 * differently ({@link #onEnd}); three refusals, ten tries or {@code SocksTimeout} end it. Circuits
 * that fail to build are replaced at once at first, then ever more slowly ({@link LaunchBackoff});
 * a failure to reach the first hop is told to the guards.
 *
 * <p>The pool is an actor. {@link #run} takes tasks from the mailbox and after each batch calls
 * {@link #progress}, which looks at everything there is, does what is due, and says when it next
 * has to. Nothing is remembered about what ought to happen later; which stream counts on which
 * circuit being built, for one, is worked out anew each time. That costs a look at every stream and
 * circuit in a batch, thousands at most, and leaves no order of events in which something is
 * forgotten.
 *
 * <p>Bounds: {@value #MAX_WAITING} streams waiting, {@value #MAX_CIRCUITS} circuits, and for each
 * stream and circuit what their classes say. The mailbox needs none of its own: it holds at most an
 * entry for each waiting stream and a few for each circuit and each stream on one.
 *
 * <p>Spec: path-spec/when-we-build, path-spec/attaching-streams-to-circuits,
 * path-spec/handling-failure. Threads: one virtual thread (the pool's) runs {@link #run} and owns
 * all state and the guard set; {@link #open}, {@link #useView} and {@link #close} may be called by
 * any.
 *
 * @param <S> the kind of stream; {@code DataStream} outside of tests
 */
public final class CircuitPool<S> implements Runnable, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CircuitPool.class);

  /** Streams waiting to be connected, in all. */
  static final int MAX_WAITING = 1024;

  /** Circuits open or being built. */
  static final int MAX_CIRCUITS = 512;

  /** Circuits kept ready for one port. */
  static final int READY_PER_PORT = 2;

  /** Circuits kept ready in all. */
  static final int MAX_READY = 14;

  /** Exits that may refuse a stream before it is given up. */
  static final int MAX_REFUSALS = 3;

  /** BEGIN messages for one stream. */
  static final int MAX_SENT = 10;

  /** Circuits launched for one stream. */
  static final int MAX_LAUNCHES = 10;

  /** Exits remembered as not taking streams. */
  static final int MAX_REFUSING_EXITS = 256;

  /** How long a BEGIN may stay unanswered: the first two, and the further ones of a stream. */
  private static final Duration FIRST_ANSWERS = Duration.ofSeconds(10);

  private static final Duration LATER_ANSWERS = Duration.ofSeconds(15);
  private static final int FIRST_SENT = 2;

  /** Tasks between two looks at what is due. */
  private static final int MAX_BATCH = 256;

  private static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);

  /** Names that C tor keeps for itself; asking an exit for one would only give it away. */
  private static final List<String> RESERVED_SUFFIXES = List.of(".onion", ".exit", ".noconnect");

  /**
   * The world around a pool.
   *
   * @param nanoTime monotonic time
   * @param clock wall time, for guards
   * @param random for choices
   * @param saveGuards takes the guard sample when it changed; must not block
   * @param events told what happens; called by the pool's thread, must not block
   */
  public record Environment(
      LongSupplier nanoTime,
      InstantSource clock,
      RandomGenerator random,
      Consumer<List<SampledGuard>> saveGuards,
      Consumer<PoolEvent> events) {}

  /** A circuit being built. Compared by identity: two may have one path. */
  private static final class Build {
    final Path path;
    final boolean stable;

    /** To be told how the first hop went. */
    final GuardUse guard;

    Build(Path path, boolean stable, GuardUse guard) {
      this.path = path;
      this.stable = stable;
      this.guard = guard;
    }

    boolean serves(ExitNeed need) {
      return (stable || !need.stable()) && PathSelector.allows(path.exit(), need);
    }
  }

  private final CircuitBuilder<S> builder;
  private final GuardSet guards;
  private final PoolSettings settings;
  private final Environment environment;

  private final LinkedBlockingQueue<Runnable> mailbox = new LinkedBlockingQueue<>();
  private final AtomicInteger admitted = new AtomicInteger();
  private volatile boolean closing;

  /** Set when {@link #run} has ended and nobody else empties the mailbox. */
  private volatile boolean finished;

  private final PredictedPorts predicted;
  private final LaunchBackoff backoff;
  private final Map<Long, WaitingStream<S>> streams = new LinkedHashMap<>();
  private final List<PooledCircuit<S>> circuits = new ArrayList<>();
  private final List<Build> builds = new ArrayList<>();

  /** Exits that said they take no streams, until the next view. */
  private final Set<RsaIdentity> refusingExits = new HashSet<>();

  /** Predicted ports that no exit of this view lets through. */
  private final Set<Integer> hopelessPorts = new HashSet<>();

  private @Nullable PathSelector network;
  private long lastStreamId;
  private long savedGuardChanges;

  /**
   * @param guards given over to the pool
   */
  public CircuitPool(
      CircuitBuilder<S> builder, GuardSet guards, PoolSettings settings, Environment environment) {
    this.builder = builder;
    this.guards = guards;
    this.settings = settings;
    this.environment = environment;
    this.predicted = new PredictedPorts(environment.random(), environment.nanoTime().getAsLong());
    this.backoff = new LaunchBackoff(environment.random());
  }

  // ---- from any thread ----

  /**
   * Connects a stream.
   *
   * @return the stream once it is connected, on a thread of the pool's: hand over and return. Fails
   *     with {@link StreamEndedException}, whose reason is the last exit's or tells why no exit was
   *     asked: EXITPOLICY if none lets the port through or the address is private, TORPROTOCOL for
   *     names that never leave Tor, RESOURCELIMIT if too many streams wait, TIMEOUT. Cancelling it
   *     gives the stream up.
   */
  public CompletableFuture<S> open(StreamRequest request) {
    if (closing) {
      return CompletableFuture.failedFuture(new StreamEndedException(EndReason.DESTROY));
    }
    if (admitted.incrementAndGet() > MAX_WAITING) {
      admitted.decrementAndGet();
      return CompletableFuture.failedFuture(new StreamEndedException(EndReason.RESOURCELIMIT));
    }
    CompletableFuture<S> result = new CompletableFuture<>();
    result.whenComplete((_, _) -> admitted.decrementAndGet());
    post(() -> onRequest(request, result));
    return result;
  }

  /** Takes a new view of the network. Circuits over relays no longer listed stay. */
  public void useView(NetworkView view) {
    post(() -> onView(view));
  }

  /** Gives up all streams and closes all circuits; {@link #run} then returns. */
  @Override
  public void close() {
    closing = true;
    post(() -> {});
  }

  /**
   * Leaves a task for the pool's thread. Once that has ended the task is run at once, so that a
   * circuit that opens late is closed and a request that comes late is refused.
   */
  private void post(Runnable task) {
    mailbox.add(task);
    if (finished) {
      finish();
    }
  }

  // ---- the actor ----

  /** Works until {@link #close}; blocks between events. */
  @Override
  public void run() {
    try {
      while (!closing) {
        long waitNanos = turn();
        Runnable task = mailbox.poll(waitNanos, TimeUnit.NANOSECONDS);
        if (task != null) {
          perform(task);
        }
      }
    } catch (InterruptedException _) {
      closing = true;
    }
    for (WaitingStream<S> stream : List.copyOf(streams.values())) {
      fail(stream, EndReason.DESTROY);
    }
    finished = true;
    finish();
  }

  private synchronized void finish() {
    for (Runnable task; (task = mailbox.poll()) != null; ) {
      perform(task);
    }
    List.copyOf(circuits).forEach(this::discard);
  }

  /**
   * Takes a batch of tasks from the mailbox and does what is due.
   *
   * @return nanoseconds until something else is due
   */
  long turn() {
    int budget = MAX_BATCH;
    for (Runnable task; budget-- > 0 && (task = mailbox.poll()) != null; ) {
      perform(task);
    }
    try {
      return progress(environment.nanoTime().getAsLong());
    } catch (RuntimeException e) {
      log.error("The circuit pool stumbled over itself", e);
      return LONGEST_SLEEP.toNanos();
    }
  }

  private static void perform(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("The circuit pool stumbled over itself", e);
    }
  }

  private long progress(long now) {
    NextWake next = new NextWake(now);
    expireStreams(now, next);
    closeIdleCircuits(now, next);
    Map<Build, IsolationKey> claims = attachStreams(now, next);
    launchPredicted(claims.keySet(), now, next);
    Instant wallNow = environment.clock().instant();
    guards
        .progress(wallNow)
        .ifPresent(due -> next.within(Duration.between(wallNow, due).toNanos()));
    if (guards.changes() != savedGuardChanges) {
      savedGuardChanges = guards.changes();
      environment.saveGuards().accept(guards.sample());
    }
    return next.waitNanos;
  }

  /** The least of several delays. */
  private static final class NextWake {
    private final long now;
    private long waitNanos = LONGEST_SLEEP.toNanos();

    NextWake(long now) {
      this.now = now;
    }

    void at(long nanos) {
      within(nanos - now);
    }

    void within(long nanos) {
      waitNanos = Math.clamp(nanos, 0, waitNanos);
    }
  }

  // ---- views and circuits ----

  private void onView(NetworkView view) {
    PathSelector selector = new PathSelector(view, settings.pathRules());
    network = selector;
    refusingExits.clear();
    hopelessPorts.clear();
    guards.update(selector, GuardParameters.of(view.params()), environment.clock().instant());
  }

  /** Why no circuit was launched. */
  private enum Launch {
    LAUNCHED,
    /** Not now; later may be different. */
    LATER,
    /** No relay lets the need through. */
    NO_EXIT
  }

  private Launch launch(ExitNeed need, Predicate<Relay> exitAllowed, long now) {
    PathSelector selector = network;
    if (selector == null
        || !selector.view().dirInfo().enough()
        || backoff.waitNanos(now) > 0
        || builds.size() >= settings.maxPendingBuilds()
        || !makeRoom()) {
      return Launch.LATER;
    }
    Predicate<Relay> willing = exit -> !refusingExits.contains(exit.ids().rsa());
    Launch launch = launch(selector, need, exitAllowed.and(willing), now);
    return launch == Launch.NO_EXIT && !refusingExits.isEmpty()
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
        start(new Build(path, need.stable(), Objects.requireNonNull(picked.get())));
        yield Launch.LAUNCHED;
      }
      case Impossible(Position position) when position == Position.EXIT -> Launch.NO_EXIT;
      case Impossible(Position position) -> {
        log.debug("no path: nobody for position {}", position);
        backoff.failed(now);
        yield Launch.LATER;
      }
    };
  }

  private void start(Build build) {
    builds.add(build);
    builder
        .build(build.path, settings.buildTimeout())
        .whenComplete(
            (circuit, failure) ->
                post(
                    () -> {
                      if (circuit != null) {
                        onBuilt(build, circuit);
                      } else {
                        onNotBuilt(build, failure);
                      }
                    }));
  }

  private void onBuilt(Build build, BuiltCircuit<S> circuit) {
    builds.remove(build);
    guards.succeeded(build.guard, environment.clock().instant());
    backoff.succeeded();
    if (closing) {
      circuit.close();
      return;
    }
    long now = environment.nanoTime().getAsLong();
    PooledCircuit<S> pooled =
        new PooledCircuit<>(circuit, build.path, build.stable, now + predicted.lifetimeNanos());
    circuits.add(pooled);
    environment.events().accept(new PoolEvent.CircuitReady(circuit.id(), build.path));
    circuit
        .closed()
        .whenComplete(
            (reason, _) ->
                post(() -> onCircuitGone(pooled, reason == null ? DestroyReason.NONE : reason)));
  }

  private void onNotBuilt(Build build, @Nullable Throwable failure) {
    builds.remove(build);
    backoff.failed(environment.nanoTime().getAsLong());
    int hop = 0;
    DestroyReason reason = DestroyReason.INTERNAL;
    if (unwrap(failure) instanceof CircuitFailedException failed) {
      hop = failed.hop();
      reason = failed.reason();
    } else {
      log.error("Building a circuit failed in an unforeseen way", failure);
    }
    log.debug("circuit not built: hop {} {}", hop, reason);
    if (hop == 1 && isGuardsFault(reason)) {
      guards.failed(build.guard, environment.clock().instant());
    }
    environment.events().accept(new PoolEvent.CircuitNotBuilt(build.path, hop, reason));
  }

  /** A DESTROY is an answer: a guard that is there and busy keeps its place, as in C tor. */
  private static boolean isGuardsFault(DestroyReason reason) {
    return reason.equals(DestroyReason.CONNECTFAILED)
        || reason.equals(DestroyReason.OR_IDENTITY)
        || reason.equals(DestroyReason.CHANNEL_CLOSED)
        || reason.equals(DestroyReason.TIMEOUT);
  }

  private void onCircuitGone(PooledCircuit<S> circuit, DestroyReason reason) {
    circuit.use = new PooledCircuit.Use.Retired();
    circuits.remove(circuit);
    environment.events().accept(new PoolEvent.CircuitGone(circuit.circuit.id(), reason));
  }

  private void closeIdleCircuits(long now, NextWake next) {
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

  /** Ensures that one more circuit is within the bound. */
  private boolean makeRoom() {
    if (circuits.size() + builds.size() < MAX_CIRCUITS) {
      return true;
    }
    Optional<PooledCircuit<S>> idle =
        circuits.stream().filter(circuit -> circuit.streams == 0).findFirst();
    idle.ifPresent(this::discard);
    return idle.isPresent();
  }

  /** Closes; {@link #onCircuitGone} follows. */
  private void discard(PooledCircuit<S> circuit) {
    circuit.use = new PooledCircuit.Use.Retired();
    circuits.remove(circuit);
    circuit.circuit.close();
  }

  private void launchPredicted(Set<Build> claimed, long now, NextWake next) {
    for (int port : predicted.ports(now)) {
      ExitNeed need = new ExitNeed(port, false, settings.longLivedPorts().contains(port));
      while (!hopelessPorts.contains(port)
          && ready(claimed, _ -> true, _ -> true) < MAX_READY
          && ready(claimed, build -> build.serves(need), circuit -> circuit.serves(need))
              < READY_PER_PORT) {
        Launch launch = launch(need, _ -> true, now);
        if (launch == Launch.NO_EXIT) {
          hopelessPorts.add(port);
        } else if (launch == Launch.LATER) {
          noteBackoff(now, next);
          return;
        }
      }
    }
  }

  /** Unused circuits, open or being built, that nobody waits for. */
  private long ready(
      Set<Build> claimed, Predicate<Build> ifBuilding, Predicate<PooledCircuit<S>> ifOpen) {
    return builds.stream().filter(build -> !claimed.contains(build)).filter(ifBuilding).count()
        + circuits.stream().filter(PooledCircuit::isClean).filter(ifOpen).count();
  }

  private void noteBackoff(long now, NextWake next) {
    long wait = backoff.waitNanos(now);
    if (wait > 0) {
      next.within(wait);
    }
  }

  // ---- streams ----

  private void onRequest(StreamRequest request, CompletableFuture<S> result) {
    long now = environment.nanoTime().getAsLong();
    boolean ipv6 =
        request.target() instanceof TargetHost.Literal literal
            && literal.address() instanceof Inet6Address;
    ExitNeed need =
        new ExitNeed(request.port(), ipv6, settings.longLivedPorts().contains(request.port()));
    WaitingStream<S> stream =
        new WaitingStream<>(
            ++lastStreamId, request, need, result, now + settings.socksTimeout().toNanos());
    streams.put(stream.id, stream);
    environment.events().accept(new PoolEvent.StreamNew(stream.id, request));
    if (closing) {
      fail(stream, EndReason.DESTROY);
      return;
    }
    Optional<EndReason> refusal = refusal(request.target());
    if (refusal.isPresent()) {
      fail(stream, refusal.get());
      return;
    }
    predicted.note(request.port(), now);
  }

  private Optional<EndReason> refusal(TargetHost target) {
    return switch (target) {
      case TargetHost.Name name -> {
        String host = name.unredacted().toLowerCase(Locale.ROOT);
        String bare = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        yield RESERVED_SUFFIXES.stream().anyMatch(bare::endsWith)
            ? Optional.of(EndReason.TORPROTOCOL)
            : Optional.empty();
      }
      case TargetHost.Literal literal ->
          settings.rejectInternalAddresses() && IpLiteral.isInternal(literal.address())
              ? Optional.of(EndReason.EXITPOLICY)
              : Optional.empty();
    };
  }

  private void expireStreams(long now, NextWake next) {
    for (WaitingStream<S> stream : List.copyOf(streams.values())) {
      if (stream.result.isDone()) {
        drop(stream);
      } else if (stream.untilNanos - now <= 0) {
        fail(stream, stream.lastReason);
      } else {
        next.at(stream.untilNanos);
        if (stream.state instanceof WaitingStream.State.Sent<S> sent) {
          if (sent.untilNanos() - now <= 0) {
            onUnanswered(stream, sent);
          } else {
            next.at(sent.untilNanos());
          }
        }
      }
    }
  }

  /**
   * Finds a circuit for each stream that waits, or sees to it that there will be one.
   *
   * @return which circuits being built are counted on, and by which key
   */
  private Map<Build, IsolationKey> attachStreams(long now, NextWake next) {
    Map<Build, IsolationKey> claims = new HashMap<>();
    for (WaitingStream<S> stream : List.copyOf(streams.values())) {
      if (!(stream.state instanceof WaitingStream.State.Waiting<S>)) {
        continue;
      }
      Optional<PooledCircuit<S>> circuit = best(stream, now);
      if (circuit.isPresent()) {
        send(stream, circuit.get(), now);
        next.within(0);
      } else if (!claim(stream, claims)) {
        launchFor(stream, claims, now);
        noteBackoff(now, next);
      }
    }
    return claims;
  }

  private Optional<PooledCircuit<S>> best(WaitingStream<S> stream, long now) {
    Optional<PooledCircuit<S>> best = Optional.empty();
    for (PooledCircuit<S> circuit : circuits) {
      if (circuit.serves(stream.need)
          && stream.mayUse(circuit.exit())
          && !stream.wasTriedAt(circuit.exit())
          && circuit.admits(stream.request.isolation(), now)
          && circuit.isBetterThan(best)) {
        best = Optional.of(circuit);
      }
    }
    return best;
  }

  private boolean claim(WaitingStream<S> stream, Map<Build, IsolationKey> claims) {
    IsolationKey key = stream.request.isolation();
    for (Build build : builds) {
      if (build.serves(stream.need)
          && stream.mayUse(build.path.exit())
          && !stream.wasTriedAt(build.path.exit())
          && key.equals(claims.getOrDefault(build, key))) {
        claims.put(build, key);
        return true;
      }
    }
    return false;
  }

  private void launchFor(WaitingStream<S> stream, Map<Build, IsolationKey> claims, long now) {
    if (stream.launches >= MAX_LAUNCHES) {
      fail(stream, stream.lastReason);
      return;
    }
    Launch launch =
        launch(stream.need, exit -> stream.mayUse(exit) && !stream.wasTriedAt(exit), now);
    if (launch == Launch.NO_EXIT && !stream.triedAt.isEmpty()) {
      // Every exit was tried once: the first ones may do better now.
      stream.triedAt.clear();
      launch = launch(stream.need, stream::mayUse, now);
    }
    switch (launch) {
      case LAUNCHED -> {
        stream.launches++;
        claims.put(builds.getLast(), stream.request.isolation());
      }
      case NO_EXIT -> fail(stream, EndReason.EXITPOLICY);
      case LATER -> {}
    }
  }

  private void send(WaitingStream<S> stream, PooledCircuit<S> circuit, long now) {
    circuit.mark(stream.request.isolation(), now, settings.maxCircuitDirtiness().toNanos());
    circuit.streams++;
    Duration patience = stream.sent < FIRST_SENT ? FIRST_ANSWERS : LATER_ANSWERS;
    stream.sent++;
    StreamAttempt<S> attempt = circuit.circuit.begin(begin(stream, circuit.exit()));
    stream.state = new WaitingStream.State.Sent<>(circuit, attempt, now + patience.toNanos());
    environment.events().accept(new PoolEvent.StreamSent(stream.id, circuit.circuit.id()));
    attempt
        .connected()
        .whenComplete(
            (connected, failure) -> post(() -> onAnswer(stream, attempt, connected, failure)));
    attempt.closed().whenComplete((_, _) -> post(() -> onOver(stream, circuit, attempt)));
  }

  /** Like C tor, says that IPv6 is welcome only to an exit that has it. */
  private static <S> Begin begin(WaitingStream<S> stream, Relay exit) {
    StreamRequest request = stream.request;
    boolean exitHasIpv6 = exit.policy6().allows(request.port());
    int flags =
        switch (request.target()) {
          case TargetHost.Name _ -> exitHasIpv6 ? Begin.IPV6_OK : 0;
          case TargetHost.Literal _ -> stream.need.ipv6() ? Begin.IPV6_OK | Begin.IPV4_NOT_OK : 0;
        };
    return new Begin(request.target().unredacted(), request.port(), flags);
  }

  private void onAnswer(
      WaitingStream<S> stream,
      StreamAttempt<S> attempt,
      @Nullable S connected,
      @Nullable Throwable failure) {
    if (!(stream.state instanceof WaitingStream.State.Sent<S> sent)
        || sent.attempt() != attempt
        || !streams.containsKey(stream.id)) {
      return; // given up already, and ended then
    }
    if (connected == null) {
      EndReason reason =
          unwrap(failure) instanceof StreamEndedException ended
              ? ended.reason()
              : EndReason.DESTROY;
      onEnd(stream, sent.circuit(), reason);
    } else if (stream.result.complete(connected)) {
      streams.remove(stream.id);
      environment
          .events()
          .accept(new PoolEvent.StreamSucceeded(stream.id, sent.circuit().circuit.id()));
    } else {
      drop(stream);
    }
  }

  /**
   * An END, or the end of the circuit, instead of CONNECTED. What another exit would answer
   * likewise is final; what it may answer differently leads there. An exit that could not resolve
   * or reach the target taints its circuit, because it may be the exit that is at fault.
   */
  private void onEnd(WaitingStream<S> stream, PooledCircuit<S> circuit, EndReason reason) {
    RsaIdentity exit = circuit.exit().ids().rsa();
    if (reason.equals(EndReason.DESTROY)) {
      retire(circuit);
    } else if (reason.equals(EndReason.EXITPOLICY)) {
      stream.refusals++;
      stream.refusedBy.add(exit);
    } else if (reason.equals(EndReason.HIBERNATING) || reason.equals(EndReason.RESOURCELIMIT)) {
      stream.refusals++;
      stream.refusedBy.add(exit);
      if (refusingExits.size() < MAX_REFUSING_EXITS) {
        refusingExits.add(exit);
      }
      retire(circuit);
    } else if (reason.equals(EndReason.RESOLVEFAILED)
        || reason.equals(EndReason.MISC)
        || reason.equals(EndReason.NOROUTE)) {
      stream.refusals++;
      stream.triedAt.add(exit);
      retire(circuit);
    } else {
      fail(stream, reason);
      return;
    }
    tryElsewhere(stream, circuit, reason);
  }

  private void onUnanswered(WaitingStream<S> stream, WaitingStream.State.Sent<S> sent) {
    sent.attempt().abandon(EndReason.TIMEOUT);
    retire(sent.circuit());
    tryElsewhere(stream, sent.circuit(), EndReason.TIMEOUT);
  }

  private void tryElsewhere(WaitingStream<S> stream, PooledCircuit<S> circuit, EndReason reason) {
    stream.lastReason = reason;
    if (stream.refusals >= MAX_REFUSALS || stream.sent >= MAX_SENT) {
      fail(stream, reason);
      return;
    }
    stream.state = new WaitingStream.State.Waiting<>();
    environment
        .events()
        .accept(new PoolEvent.StreamDetached(stream.id, circuit.circuit.id(), reason));
  }

  private static <S> void retire(PooledCircuit<S> circuit) {
    circuit.use = new PooledCircuit.Use.Retired();
  }

  /** The attempt on that circuit is over, whatever became of it. */
  private void onOver(WaitingStream<S> stream, PooledCircuit<S> circuit, StreamAttempt<S> attempt) {
    circuit.streams--;
    boolean wasConnected =
        stream.state instanceof WaitingStream.State.Sent<S> sent
            && sent.attempt() == attempt
            && stream.result.isDone()
            && !stream.result.isCompletedExceptionally();
    if (wasConnected) {
      environment.events().accept(new PoolEvent.StreamClosed(stream.id, circuit.circuit.id()));
    }
  }

  private void fail(WaitingStream<S> stream, EndReason reason) {
    drop(stream);
    environment.events().accept(new PoolEvent.StreamFailed(stream.id, reason));
    stream.result.completeExceptionally(new StreamEndedException(reason));
  }

  /** Forgets a stream, ending what it has under way. */
  private void drop(WaitingStream<S> stream) {
    streams.remove(stream.id);
    if (stream.state instanceof WaitingStream.State.Sent<S> sent) {
      sent.attempt().abandon(EndReason.DONE);
    }
  }

  private static @Nullable Throwable unwrap(@Nullable Throwable failure) {
    return failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
  }
}
