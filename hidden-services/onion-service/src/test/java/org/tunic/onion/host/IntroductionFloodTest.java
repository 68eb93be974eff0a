package org.tunic.onion.host;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.onion.OnionNetwork;
import org.tunic.onion.client.Flooder;
import org.tunic.router.stream.socks.IsolationKey;

/**
 * Honest visits while somebody floods the service with ten times the introductions that it can
 * serve, each to a rendezvous point that keeps it waiting for as long as it waits for any. With
 * proof of work the honest get through; without, in the same flood, they do not.
 *
 * <p>The service can serve {@link #CAPACITY} of those a second either way: without proof of work
 * because so many are answered at once, each for 30 seconds; with it because its queue has that
 * rate. The flood comes over circuits and introduction points, as visits do. The clock goes on with
 * the machine's but for one leap before the flood, so that the service looks at its queue a short
 * time into it. {@code ./verify --soak onionflood} has 50 visits of 60 seconds.
 */
@Tag("long")
final class IntroductionFloodTest {
  private static final int CAPACITY = 4;
  private static final int FLOOD = 10 * CAPACITY;
  private static final int VISITS = setting("FLOOD_VISITS", 20);

  /** How long a visit may take. */
  private static final Duration IN_TIME = Duration.ofSeconds(setting("FLOOD_SECONDS", 30));

  private static final Duration PAUSE = Duration.ofMillis(750);
  private static final int VISITORS = 5;

  /** From the beginning of the flood until the service looks what effort to suggest. */
  private static final Duration AHEAD = Duration.ofSeconds(10);

  /**
   * How a run went.
   *
   * @param succeeded visits that got a stream in time
   * @param mostWaiting introductions that the service kept waiting, the most that was seen
   * @param bound what they may come to
   */
  private record Outcome(int succeeded, long slowestMillis, int mostWaiting, int bound) {}

  private static int setting(String name, int otherwise) {
    return Integer.parseInt(System.getenv().getOrDefault(name, Integer.toString(otherwise)));
  }

  @Test
  @Timeout(300)
  void honestVisits_inAFlood_getThroughWithProofOfWorkAlone() throws Exception {
    Outcome with = run(Optional.of(new PowDefence(CAPACITY, 2 * CAPACITY)));
    Outcome without = run(Optional.empty());
    System.out.printf("in a flood: with proof of work %s, without %s%n", with, without);
    assertTrue(with.succeeded >= VISITS * 9 / 10, with::toString);
    assertTrue(without.succeeded <= VISITS * 6 / 10, without::toString);
    for (Outcome outcome : List.of(with, without)) {
      assertTrue(outcome.mostWaiting <= outcome.bound, outcome::toString);
    }
    assertTrue(with.mostWaiting > with.bound / 3, "the queue was under pressure");
  }

  private static Outcome run(Optional<PowDefence> pow) throws Exception {
    AtomicInteger mostWaiting = new AtomicInteger();
    try (OnionNetwork network = new OnionNetwork();
        Ticker ticker = new Ticker(network)) {
      network.network.strangersAreSilent = true;
      HostedService service = start(network, pow);
      ticker.watch(() -> mostWaiting.accumulateAndGet(service.queue().size(), Math::max));
      network.clock.advance(PuzzleDesk.UPDATE_PERIOD.minus(AHEAD));
      Introductions make = new Introductions();
      try (Flooder flood =
          new Flooder(
              network, network.node(2), service.id(), make.relay("203.0.113.77"), 0, FLOOD)) {
        await(() -> flood.delivered() > (int) AHEAD.plusSeconds(4).toSeconds() * FLOOD);
        if (pow.isPresent()) {
          OnionNetwork.Node asker = network.node(3);
          await(() -> suggestsEffort(network, asker, service));
        }
        Outcome outcome = visit(network, service, mostWaiting);
        service.close();
        network.network.hangUpAll();
        return outcome;
      }
    }
  }

  private static boolean suggestsEffort(
      OnionNetwork network, OnionNetwork.Node asker, HostedService service) {
    try {
      return Flooder.puzzle(network, asker, service.id())
          .filter(puzzle -> puzzle.suggestedEffort() > 0)
          .isPresent();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static HostedService start(OnionNetwork network, Optional<PowDefence> pow)
      throws Exception {
    OnionNetwork.Node host = network.node(1);
    HostedService service =
        new HostedService(
            HsIdKeypair.generate(host.random),
            new ServiceSettings(
                Map.of(80, List.of(VisitorStream::accept)),
                StreamRules.DEFAULT,
                3,
                List.of(),
                Optional.empty(),
                pow,
                false),
            new ServiceWorld(
                host.circuits,
                network.directories(),
                network.network.flow,
                false,
                true,
                network.clock,
                host.random),
            new Reception.Limits(
                64,
                CAPACITY * (int) Introduction.MAX_TIME.toSeconds(),
                4096,
                1024,
                Duration.ofMinutes(10)));
    Thread.ofVirtual().start(service);
    await(service.published()::isDone);
    return service;
  }

  private static Outcome visit(
      OnionNetwork network, HostedService service, AtomicInteger mostWaiting) {
    List<OnionNetwork.Node> visitors = new ArrayList<>();
    for (int i = 0; i < VISITORS; i++) {
      visitors.add(network.node(10 + i));
    }
    ConcurrentLinkedQueue<Long> successes = new ConcurrentLinkedQueue<>();
    AtomicInteger ended = new AtomicInteger();
    long deadline = 0;
    for (int i = 0; i < VISITS; i++) {
      long begun = System.nanoTime();
      deadline = begun + IN_TIME.toNanos();
      CompletableFuture<? extends Channel> stream =
          visitors.get(i % VISITORS).client.dial(service.id(), 80, IsolationKey.ofGroup(i + 1));
      stream.whenComplete(
          (_, failure) -> {
            long took = System.nanoTime() - begun;
            if (failure == null && took <= IN_TIME.toNanos()) {
              successes.add(took / 1_000_000);
            }
            ended.incrementAndGet();
          });
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    while (ended.get() < VISITS && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(100_000_000);
    }
    return new Outcome(
        successes.size(),
        successes.stream().mapToLong(Long::longValue).max().orElse(0),
        mostWaiting.get(),
        service.queue().highLevel());
  }

  private static void await(BooleanSupplier condition) {
    for (int i = 0; i < 6000 && !condition.getAsBoolean(); i++) {
      LockSupport.parkNanos(10_000_000);
    }
    assertTrue(condition.getAsBoolean());
  }

  /** Moves the network's clock on as time passes, and looks at something every time. */
  private static final class Ticker implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(50);

    private final Thread thread;
    private volatile boolean closed;
    private volatile Runnable look = () -> {};

    Ticker(OnionNetwork network) {
      thread =
          Thread.ofVirtual()
              .start(
                  () -> {
                    long last = System.nanoTime();
                    while (!closed) {
                      LockSupport.parkNanos(TICK.toNanos());
                      long now = System.nanoTime();
                      network.clock.advance(Duration.ofNanos(now - last));
                      last = now;
                      look.run();
                    }
                  });
    }

    void watch(Runnable newLook) {
      look = newLook;
    }

    @Override
    public void close() {
      closed = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
