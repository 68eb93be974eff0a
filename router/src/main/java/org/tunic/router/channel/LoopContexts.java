package org.tunic.router.channel;

import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.tunic.crypto.random.LoopRandom;
import org.tunic.router.limits.MemoryAccount;

/**
 * The {@link LoopContext} of each event loop of a node.
 *
 * <p>Threads: any, because the map is concurrent; looked up once a channel or circuit, never per
 * cell.
 */
public final class LoopContexts {
  private final ConcurrentHashMap<EventLoop, LoopContext> contexts = new ConcurrentHashMap<>();
  private final SecureRandom random;
  private final LongSupplier nanoClock;
  private final MemoryAccount account = new MemoryAccount();

  /**
   * No contexts yet.
   *
   * @param random seeds a generator for each loop
   * @param nanoClock monotonic nanoseconds; must not block
   */
  public LoopContexts(SecureRandom random, LongSupplier nanoClock) {
    this.random = random;
    this.nanoClock = nanoClock;
  }

  /** The context of {@code loop}, always the same one. */
  public LoopContext of(EventLoop loop) {
    return contexts.computeIfAbsent(
        loop, l -> new LoopContext(l, new LoopRandom(random), account, nanoClock));
  }

  /** What the queues on these loops hold, and whatever else is counted with them. */
  public MemoryAccount memory() {
    return account;
  }

  /**
   * Brings the account up to date. Threads: any.
   *
   * @param then called afterwards, on one of the loops or by the caller; not if a loop has stopped
   */
  void settle(Runnable then) {
    List<LoopContext> all = List.copyOf(contexts.values());
    AtomicInteger missing = new AtomicInteger(all.size());
    if (all.isEmpty()) {
      then.run();
    }
    for (LoopContext context : all) {
      if (!context.loop().isShuttingDown()) {
        context
            .loop()
            .execute(
                () -> {
                  context.settle();
                  if (missing.decrementAndGet() == 0) {
                    then.run();
                  }
                });
      }
    }
  }
}
