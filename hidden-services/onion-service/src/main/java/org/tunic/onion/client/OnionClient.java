package org.tunic.onion.client;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.hs.HsClientKeypair;
import org.tunic.crypto.hs.HsId;
import org.tunic.onion.OnionFailure;
import org.tunic.onion.OnionFailure.Reason;
import org.tunic.onion.descriptor.HsDirectories;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.circuit.CircuitFailedException;
import org.tunic.router.circuit.OriginCircuit;
import org.tunic.router.circuit.service.ServiceCircuits;
import org.tunic.router.congestion.FlowSettings;
import org.tunic.router.stream.DataStream;
import org.tunic.router.stream.StreamEndedException;
import org.tunic.router.stream.socks.IsolationKey;

/**
 * Opens streams to onion services.
 *
 * <p>Streams to one service with one isolation key share the circuit of one meeting, which is
 * closed some time after its last stream (MaxCircuitDirtiness). Bounds: {@link #MAX_VISITS}
 * meetings, open or under way, and {@link #MAX_VISITS_OF_ONE} of one isolation key, where the
 * longest idle one makes room; {@link #MAX_WAITING} streams that wait for one.
 *
 * <p>Threads: any; a meeting runs on a virtual thread of its own, the table is guarded by this.
 */
public final class OnionClient implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OnionClient.class);

  /** Services visited at once, counted once for each isolation key. */
  static final int MAX_VISITS = 256;

  /** Services visited at once with one isolation key, so that it cannot keep the others out. */
  static final int MAX_VISITS_OF_ONE = 128;

  /** Streams waiting for their service. */
  static final int MAX_WAITING = 1024;

  private static final Duration STREAM_TIMEOUT = Duration.ofMinutes(1);

  private record Key(HsId service, IsolationKey isolation) {}

  /** A meeting and the streams that use its circuit. */
  private static final class Visit {
    final CompletableFuture<OriginCircuit> circuit = new CompletableFuture<>();

    /** Guarded by the client, and so is the rest. */
    int streams;

    Instant lastUsed;
    boolean watched;

    Visit(Instant now) {
      this.lastUsed = now;
    }

    boolean isOver() {
      return circuit.isDone() && (circuit.isCompletedExceptionally() || !circuit.join().isOpen());
    }

    void close() {
      circuit.thenAccept(open -> open.close(DestroyReason.FINISHED));
    }
  }

  private final VisitWorld world;
  private final InstantSource clock;
  private final Map<Key, Visit> visits = new HashMap<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile CompletableFuture<Void> networkChange = new CompletableFuture<>();

  /**
   * @param keys our key for a service that authorises its clients; lent until it is asked again
   * @param testingNetwork whether periods are short
   * @param allowPrivate whether introduction points may have private addresses
   * @param dirtiness MaxCircuitDirtiness: how long a circuit without streams is kept
   * @param random must not be foreseeable
   */
  public OnionClient(
      ServiceCircuits circuits,
      HsDirectories directories,
      Function<HsId, Optional<HsClientKeypair>> keys,
      FlowSettings flow,
      boolean testingNetwork,
      boolean allowPrivate,
      Duration dirtiness,
      InstantSource clock,
      SecureRandom random) {
    this(
        circuits,
        directories,
        keys,
        flow,
        testingNetwork,
        allowPrivate,
        dirtiness,
        VisitWorld.Patience.DEFAULT,
        clock,
        random);
  }

  /** The same with a patience of its own. */
  OnionClient(
      ServiceCircuits circuits,
      HsDirectories directories,
      Function<HsId, Optional<HsClientKeypair>> keys,
      FlowSettings flow,
      boolean testingNetwork,
      boolean allowPrivate,
      Duration dirtiness,
      VisitWorld.Patience patience,
      InstantSource clock,
      SecureRandom random) {
    this.clock = clock;
    Descriptors descriptors =
        new Descriptors(
            directories,
            keys,
            () -> flow.parameters().get().incrementCells(),
            testingNetwork,
            clock,
            random);
    this.world =
        new VisitWorld(
            circuits,
            descriptors,
            new FailedIntroductions(clock),
            new PuzzleSolvers(random),
            flow,
            () -> networkChange,
            patience,
            dirtiness,
            allowPrivate,
            random);
  }

  /**
   * Opens a stream.
   *
   * @param port the service's virtual port, 1 to 65535
   * @param isolation streams of different keys never share a circuit
   * @return the stream once it is connected, reading off. Fails with {@link OnionFailure}, or with
   *     {@link StreamEndedException} if the service was reached and refused
   */
  public CompletableFuture<DataStream> dial(HsId service, int port, IsolationKey isolation) {
    if (waiting.incrementAndGet() > MAX_WAITING) {
      waiting.decrementAndGet();
      return CompletableFuture.failedFuture(new OnionFailure(Reason.TOO_MANY_VISITS));
    }
    Key key = new Key(service, isolation);
    CompletableFuture<DataStream> result =
        attempt(key, port)
            .exceptionallyCompose(
                failure ->
                    // The circuit ended before the stream began: it may have been an old one.
                    unwrap(failure) instanceof CircuitFailedException
                        ? attempt(key, port)
                        : CompletableFuture.failedFuture(failure))
            .exceptionallyCompose(failure -> CompletableFuture.failedFuture(known(failure)));
    result.whenComplete((_, _) -> waiting.decrementAndGet());
    return result;
  }

  private static Throwable known(Throwable failure) {
    Throwable cause = unwrap(failure);
    return cause instanceof OnionFailure || cause instanceof StreamEndedException
        ? cause
        : new OnionFailure(Reason.RENDEZVOUS_FAILED);
  }

  private static Throwable unwrap(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private CompletableFuture<DataStream> attempt(Key key, int port) {
    Visit visit;
    try {
      visit = join(key);
    } catch (OnionFailure e) {
      return CompletableFuture.failedFuture(e);
    }
    CompletableFuture<DataStream> result =
        visit
            .circuit
            .thenCompose(circuit -> circuit.begin(new Begin("", port, 0)))
            .thenCompose(this::connected);
    result.whenComplete(
        (stream, _) -> {
          if (stream == null) {
            leave(visit);
          } else {
            stream.closeFuture().addListener(_ -> leave(visit));
          }
        });
    return result;
  }

  private CompletionStage<DataStream> connected(DataStream stream) {
    CompletableFuture<DataStream> result = new CompletableFuture<>();
    stream
        .connected()
        .addListener(
            done -> {
              if (done.isSuccess()) {
                result.complete(stream);
              } else {
                result.completeExceptionally(done.cause());
              }
            });
    return result
        .orTimeout(STREAM_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete(
            (_, failure) -> {
              if (failure != null) {
                stream.close();
              }
            });
  }

  // ---- the table ----

  private synchronized Visit join(Key key) throws OnionFailure {
    visits.values().removeIf(Visit::isOver);
    @Nullable Visit visit = visits.get(key);
    if (visit == null) {
      makeRoom(key.isolation);
      Visit fresh = new Visit(clock.instant());
      visits.put(key, fresh);
      Thread.ofVirtual().name("onion visit").start(() -> meet(key.service, fresh));
      visit = fresh;
    }
    visit.streams++;
    return visit;
  }

  private void makeRoom(IsolationKey isolation) throws OnionFailure {
    Predicate<Key> same = key -> key.isolation.equals(isolation);
    if (visits.keySet().stream().filter(same).count() >= MAX_VISITS_OF_ONE) {
      closeLongestIdle(same);
    } else if (visits.size() >= MAX_VISITS) {
      closeLongestIdle(_ -> true);
    }
  }

  private void closeLongestIdle(Predicate<Key> among) throws OnionFailure {
    Key longest =
        visits.entrySet().stream()
            .filter(entry -> among.test(entry.getKey()) && entry.getValue().streams == 0)
            .min(Comparator.comparing(entry -> entry.getValue().lastUsed))
            .map(Map.Entry::getKey)
            .orElseThrow(() -> new OnionFailure(Reason.TOO_MANY_VISITS));
    Visit idle = visits.remove(longest);
    if (idle != null) {
      idle.close();
    }
  }

  private void meet(HsId service, Visit visit) {
    Thread ours = Thread.currentThread();
    CompletableFuture<Void> limit = new CompletableFuture<>();
    limit
        .orTimeout(world.patience().whole().toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete(
            (_, late) -> {
              if (late != null) {
                ours.interrupt();
              }
            });
    try {
      visit.circuit.complete(new Meeting(world, service).run());
    } catch (OnionFailure e) {
      log.debug("an onion service was not reached: {}", e.reason());
      visit.circuit.completeExceptionally(e);
    } catch (InterruptedException e) {
      visit.circuit.completeExceptionally(new OnionFailure(Reason.INTRODUCTION_TIMED_OUT));
    } catch (RuntimeException e) {
      visit.circuit.completeExceptionally(e);
    } finally {
      limit.complete(null);
    }
  }

  /** A stream is over: the circuit is closed unless another one comes in some time. */
  private synchronized void leave(Visit visit) {
    visit.streams--;
    visit.lastUsed = clock.instant();
    watch(visit, world.dirtiness());
  }

  private void watch(Visit visit, Duration wait) {
    if (!visit.watched && visit.streams == 0 && !visit.isOver()) {
      visit.watched = true;
      Executor later = CompletableFuture.delayedExecutor(wait.toMillis(), TimeUnit.MILLISECONDS);
      later.execute(() -> closeIfIdle(visit));
    }
  }

  private synchronized void closeIfIdle(Visit visit) {
    visit.watched = false;
    if (visit.streams > 0) {
      return;
    }
    Duration left = Duration.between(clock.instant(), visit.lastUsed.plus(world.dirtiness()));
    if (left.isPositive()) {
      watch(visit, left);
    } else {
      visits.values().remove(visit);
      visit.close();
    }
  }

  /**
   * The relays of our circuits may no longer be wanted: streams go on where they are, those to come
   * have circuits made for them.
   */
  public void abandonCircuits() {
    List<Visit> idle;
    synchronized (this) {
      idle = visits.values().stream().filter(visit -> visit.streams == 0).toList();
      visits.clear();
    }
    idle.forEach(Visit::close);
  }

  /** There is another view of the network. */
  public void networkChanged() {
    CompletableFuture<Void> past = networkChange;
    networkChange = new CompletableFuture<>();
    past.complete(null);
  }

  /** Our keys for services are others: what was read with the old ones is forgotten. */
  public void keysChanged() {
    world.descriptors().clear();
  }

  /** Closes all circuits. */
  @Override
  public void close() {
    List<Visit> all;
    synchronized (this) {
      all = List.copyOf(visits.values());
      visits.clear();
    }
    all.forEach(Visit::close);
    world.puzzles().close();
  }
}
