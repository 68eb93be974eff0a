package org.tunic.router.channel;

import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.tunic.crypto.random.LoopRandom;

/**
 * The {@link LoopContext} of each event loop of a node.
 *
 * <p>Threads: any, because the map is concurrent; looked up once a channel or circuit, never per
 * cell.
 */
public final class LoopContexts {
  private final ConcurrentHashMap<EventLoop, LoopContext> contexts = new ConcurrentHashMap<>();
  private final SecureRandom random;

  /** No contexts yet; {@code random} seeds a generator for each loop. */
  public LoopContexts(SecureRandom random) {
    this.random = random;
  }

  /** The context of {@code loop}, always the same one. */
  public LoopContext of(EventLoop loop) {
    return contexts.computeIfAbsent(loop, l -> new LoopContext(l, new LoopRandom(random)));
  }
}
