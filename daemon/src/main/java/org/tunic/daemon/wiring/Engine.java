package org.tunic.daemon.wiring;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.channel.EventLoopGroup;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.tunic.crypto.random.LoopRandom;
import org.tunic.router.channel.LoopContexts;
import org.tunic.router.circuit.LoopScratches;
import org.tunic.router.link.TlsContext;
import org.tunic.router.link.Transport;

/**
 * What all nodes of one process share: event loops, worker threads, clocks and randomness. A daemon
 * has one node; the demo may have twenty on the same loops.
 *
 * <p>Threads: immutable; {@link #close} once.
 *
 * @param cpus processors to use: NumCPUs, or those there are
 * @param workers a few threads of low priority for work that is heavy for an event loop:
 *     compressing documents, building consensuses
 */
public record Engine(
    int cpus,
    Transport transport,
    EventLoopGroup loops,
    LoopContexts contexts,
    LoopScratches scratches,
    ExecutorService workers,
    TlsContext.Engine tls,
    InstantSource clock,
    LongSupplier nanoClock,
    SecureRandom random)
    implements AutoCloseable {

  /** Tasks that may wait for a worker; beyond it the caller is told no. */
  private static final int MAX_QUEUED_WORK = 4096;

  private static final long STOP_SECONDS = 5;
  private static final long QUIET_MILLIS = 20;

  /**
   * @param cpus event loops; 0 for one on each processor
   */
  @SuppressWarnings(
      "ThreadPriorityCheck") // A wish: handshakes and votes must not starve the loops.
  public static Engine start(
      int cpus, InstantSource clock, LongSupplier nanoClock, SecureRandom random) {
    int threads = cpus > 0 ? cpus : Runtime.getRuntime().availableProcessors();
    Transport transport = Transport.best();
    EventLoopGroup loops =
        transport.newLoops(threads, Thread.ofPlatform().name("loop-", 0).daemon(true).factory());
    ThreadPoolExecutor workers =
        new ThreadPoolExecutor(
            threads,
            threads,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_QUEUED_WORK),
            Thread.ofPlatform()
                .name("worker-", 0)
                .daemon(true)
                .priority(Thread.MIN_PRIORITY)
                .factory());
    workers.allowCoreThreadTimeOut(true);
    LoopContexts contexts = new LoopContexts(random, nanoClock);
    contexts.memory().countBuffers(Engine::buffers);
    return new Engine(
        threads,
        transport,
        loops,
        contexts,
        new LoopScratches(loops, () -> new LoopRandom(random), nanoClock),
        workers,
        TlsContext.bestEngine(),
        clock,
        nanoClock,
        random);
  }

  /** What the buffers of all sockets hold, with what the allocator keeps for the next ones. */
  private static long buffers() {
    return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
        ? provider.metric().usedDirectMemory() + provider.metric().usedHeapMemory()
        : 0;
  }

  /**
   * Ends all threads; nodes are closed before. The loops go on until none has had a task for a
   * moment: what closed on one may have something to say to another.
   */
  @Override
  public void close() {
    workers.shutdownNow();
    loops
        .shutdownGracefully(QUIET_MILLIS, STOP_SECONDS * 1000, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
  }
}
