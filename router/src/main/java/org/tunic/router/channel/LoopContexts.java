package org.tunic.router.channel;

import io.netty.channel.EventLoop;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The {@link LoopContext} of each event loop of a node.
 *
 * <p>Threads: any, because the map is concurrent; looked up once a channel or circuit, never per
 * cell.
 */
public final class LoopContexts {
  private final ConcurrentHashMap<EventLoop, LoopContext> contexts = new ConcurrentHashMap<>();

  /** The context of {@code loop}, always the same one. */
  public LoopContext of(EventLoop loop) {
    return contexts.computeIfAbsent(loop, LoopContext::new);
  }
}
