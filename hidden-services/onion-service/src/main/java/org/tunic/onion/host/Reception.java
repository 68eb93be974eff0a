package org.tunic.onion.host;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.crypto.pow.PowSolution;
import org.tunic.onion.host.HsCounters.Refusal;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.Introduce2;
import org.tunic.router.circuit.CircuitFailedException;
import org.tunic.router.circuit.OriginCircuit;
import org.tunic.router.circuit.service.ServicePurpose;
import org.tunic.router.stream.StreamAcceptor;

/**
 * Answers the introductions of one service: opens them, judges their proof of work, lets them wait
 * their turn, meets their clients, and closes circuits of visitors that are idle too long, as C tor
 * does.
 *
 * <p>Bounds: the {@link Limits} for introductions being opened, of which more are dropped as if the
 * network had lost them, and for circuits of visitors and streams that wait for an answer; those of
 * {@link RendezvousQueue}.
 *
 * <p>Spec: rend-spec/introduction-protocol#INTRO2, hspow-spec/common-protocol. Threads: any; each
 * introduction is opened on a virtual thread, and answered on another one.
 */
final class Reception implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Reception.class);

  /**
   * What others can make a service keep.
   *
   * @param opening introductions being opened at once
   * @param meeting introductions being answered at once
   * @param visitors circuits of visitors; for one more the longest idle one is closed
   * @param unanswered streams that wait for the service's own servers: each costs a socket, and a
   *     server that hangs must not cost all of them
   * @param idle how long a visitor's circuit may be without streams: {@code MaxCircuitDirtiness}
   */
  record Limits(int opening, int meeting, int visitors, int unanswered, Duration idle) {
    static final Limits DEFAULT = withIdle(Duration.ofMinutes(10));

    static Limits withIdle(Duration idle) {
      return new Limits(64, RendezvousQueue.MAX_IN_PROGRESS, 4096, 1024, idle);
    }
  }

  private static final int TAG_LENGTH = 16;
  private static final Duration NOTHING_DUE = Duration.ofDays(1);

  /** How long the queue rests when nothing in it may be begun: as C tor. */
  private static final Duration QUEUE_REST = Duration.ofMillis(100);

  /** How often idle visitors are looked for: the service's thread wakes as often. */
  private static final Duration IDLE_CHECK = Duration.ofSeconds(30);

  /** Of the periods whose descriptors are up. */
  record Keys(List<Subcredential> subcredentials, List<HsBlindedId> blinded) {}

  /** What introductions are judged by. */
  private record Rules(Keys keys, @Nullable PuzzleDesk puzzles) {}

  private final ServiceWorld world;
  private final HsCounters counters;
  private final Supplier<ServiceSettings> settings;
  private final Runnable nudge;
  private final AtomicBoolean nudged = new AtomicBoolean();
  private final RendezvousQueue queue;
  private final Limits limits;
  private final Semaphore opening;

  /** Added to under {@link #admit}'s lock only, so that the bound holds. */
  private final Map<OriginCircuit, StreamGate> visitors = new ConcurrentHashMap<>();

  /** Streams of all visitors that their targets have not answered yet. */
  private final Semaphore unanswered;

  /** The service's thread's. */
  private Instant nextIdleCheck = Instant.MIN;

  private final ReplayCache.OfService cookies = new ReplayCache.OfService();
  private volatile Rules rules = new Rules(new Keys(List.of(), List.of()), null);
  private volatile boolean closed;

  /**
   * @param counters told what happens
   * @param nudge asks for {@link #progress}, because introductions wait
   */
  Reception(
      ServiceWorld world,
      HsCounters counters,
      Supplier<ServiceSettings> settings,
      Runnable nudge,
      Limits limits) {
    this.world = world;
    this.counters = counters;
    this.opening = new Semaphore(limits.opening());
    this.unanswered = new Semaphore(limits.unanswered());
    this.limits = limits;
    this.nudge = nudge;
    this.settings = settings;
    this.queue = new RendezvousQueue(limits.meeting(), counters);
  }

  RendezvousQueue queue() {
    return queue;
  }

  /** What holds from now on. Threads: the service's. */
  void use(Keys keys, @Nullable PuzzleDesk puzzles, @Nullable PowDefence defence, Instant now) {
    rules = new Rules(keys, puzzles);
    queue.use(defence, now);
  }

  /**
   * Begins what may be begun now.
   *
   * @return how long nothing else may
   */
  Duration progress(Instant now) {
    nudged.set(false);
    begin(now);
    if (!now.isBefore(nextIdleCheck)) {
      nextIdleCheck = now.plus(IDLE_CHECK);
      closeIdle(now);
    }
    return queue.isEmpty() ? NOTHING_DUE : QUEUE_REST;
  }

  /** An INTRODUCE2 came. Threads: event loop of the point's circuit. */
  void onIntroduction(IntroductionPoint point, Introduce2 introduction) {
    if (!opening.tryAcquire()) {
      counters.dropped(1);
      return;
    }
    Thread.ofVirtual()
        .name("introduction")
        .start(
            () -> {
              try {
                take(point, introduction);
              } finally {
                opening.release();
              }
            });
  }

  private void take(IntroductionPoint point, Introduce2 sealed) {
    Rules now = rules;
    Optional<Introduction> opened =
        closed
            ? Optional.empty()
            : point.open(sealed, now.keys().subcredentials(), world.allowPrivate());
    if (opened.isEmpty()) {
      log.debug("an introduction was refused");
      counters.refused(Refusal.INVALID_INTRODUCE2);
      return;
    }
    Introduction introduction = opened.get();
    Instant instant = world.clock().instant();
    OptionalLong effort = effort(introduction, now);
    if (effort.isEmpty() || !isFresh(introduction, instant)) {
      log.debug("an introduction was refused after it was opened");
      introduction.close();
      counters.refused(effort.isEmpty() ? Refusal.INVALID_INTRODUCE2 : Refusal.REPLAY);
      return;
    }
    log.debug("an introduction of effort {}", effort.getAsLong());
    queue.add(introduction, effort.getAsLong(), instant);
    counters.introduced();
    begin(instant);
    if (!queue.isEmpty() && nudged.compareAndSet(false, true)) {
      nudge.run();
    }
  }

  private boolean isFresh(Introduction introduction, Instant now) {
    synchronized (cookies) {
      return cookies.isFresh(introduction.message().cookie(), now);
    }
  }

  /** The effort that is proved; empty if a proof is there that is none. */
  private static OptionalLong effort(Introduction introduction, Rules now) {
    PuzzleDesk puzzles = now.puzzles();
    if (puzzles == null) {
      return OptionalLong.of(0);
    }
    try {
      Optional<PowSolution> solution = introduction.proofOfWork();
      return solution.isEmpty()
          ? OptionalLong.of(0)
          : puzzles.redeem(solution.get(), now.keys().blinded());
    } catch (MalformedException e) {
      return OptionalLong.empty();
    }
  }

  private void begin(Instant now) {
    PuzzleDesk puzzles = rules.puzzles();
    long suggested = puzzles == null ? 0 : puzzles.suggestedEffort();
    Optional<Introduction> next = queue.take(suggested, now);
    for (; next.isPresent(); next = queue.take(suggested, now)) {
      Introduction introduction = next.get();
      Thread.ofVirtual().name("meeting").start(() -> meet(introduction));
    }
  }

  private void meet(Introduction introduction) {
    try {
      if (closed || (visitors.size() >= limits.visitors() && longestIdle().isEmpty())) {
        introduction.close();
        counters.dropped(1);
        return;
      }
      counters.meetingBegun();
      OriginCircuit circuit =
          introduction.meet(
              world,
              counters,
              settings.get().singleHop()
                  ? ServicePurpose.DIRECT
                  : ServicePurpose.SERVICE_RENDEZVOUS,
              this::welcome);
      counters.met();
      circuit.closed().thenRun(counters::visitorLeft);
      log.debug("circ {} has met a visitor", circuit.id());
    } catch (CircuitFailedException e) {
      log.debug("a rendezvous came to nothing: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      queue.done();
      begin(world.clock().instant());
    }
  }

  private StreamAcceptor welcome(OriginCircuit circuit) {
    byte[] tag = new byte[TAG_LENGTH];
    world.random().nextBytes(tag);
    StreamGate gate =
        new StreamGate(
            settings,
            counters,
            new Visitor(Bytes.copyOf(tag), circuit),
            unanswered,
            world.clock(),
            world.random());
    if (!admit(circuit, gate)) {
      counters.dropped(1);
      circuit.close(DestroyReason.FINISHED);
    }
    circuit.closed().thenRun(() -> visitors.remove(circuit));
    if (closed) {
      circuit.close(DestroyReason.FINISHED);
    }
    return gate;
  }

  /** Makes room for one more if it must and can: idle visitors may come again. */
  private synchronized boolean admit(OriginCircuit circuit, StreamGate gate) {
    if (visitors.size() >= limits.visitors()) {
      Optional<OriginCircuit> idle = longestIdle();
      if (idle.isEmpty()) {
        return false;
      }
      visitors.remove(idle.get());
      idle.get().close(DestroyReason.FINISHED);
    }
    visitors.put(circuit, gate);
    return true;
  }

  private Optional<OriginCircuit> longestIdle() {
    OriginCircuit longest = null;
    Instant since = Instant.MAX;
    for (Map.Entry<OriginCircuit, StreamGate> visitor : visitors.entrySet()) {
      Instant idle = visitor.getValue().idleSince().orElse(Instant.MAX);
      if (idle.isBefore(since)) {
        longest = visitor.getKey();
        since = idle;
      }
    }
    return Optional.ofNullable(longest);
  }

  private void closeIdle(Instant now) {
    Instant latest = now.minus(limits.idle());
    visitors.forEach(
        (circuit, gate) -> {
          if (gate.idleSince().filter(since -> !since.isAfter(latest)).isPresent()) {
            circuit.close(DestroyReason.FINISHED);
          }
        });
  }

  /** Circuits of visitors now. */
  int visitors() {
    return visitors.size();
  }

  @Override
  public void close() {
    closed = true;
    queue.clear();
    visitors.keySet().forEach(circuit -> circuit.close(DestroyReason.FINISHED));
  }
}
