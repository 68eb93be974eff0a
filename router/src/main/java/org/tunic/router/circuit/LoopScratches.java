package org.tunic.router.circuit;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.IdentityHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.tunic.crypto.random.LoopRandom;

/**
 * The {@link LoopScratch} of each event loop of a group, made once.
 *
 * <p>Threads: immutable; each scratch belongs to its loop.
 */
public final class LoopScratches {
  private final IdentityHashMap<EventExecutor, LoopScratch> byLoop = new IdentityHashMap<>();

  /**
   * @param random makes one generator for each loop; cell padding is drawn from it
   * @param nanoClock monotonic nanoseconds
   */
  public LoopScratches(EventLoopGroup loops, Supplier<LoopRandom> random, LongSupplier nanoClock) {
    for (EventExecutor loop : loops) {
      byLoop.put(loop, new LoopScratch(random.get(), nanoClock));
    }
  }

  LoopScratch of(EventLoop loop) {
    LoopScratch scratch = byLoop.get(loop);
    if (scratch == null) {
      throw new IllegalArgumentException("a channel of another event loop group");
    }
    return scratch;
  }
}
