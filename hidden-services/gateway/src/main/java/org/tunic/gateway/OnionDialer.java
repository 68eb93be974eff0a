package org.tunic.gateway;

import io.netty.channel.Channel;
import java.util.concurrent.CompletableFuture;
import org.tunic.crypto.hs.HsId;
import org.tunic.router.stream.socks.IsolationKey;

/**
 * Opens streams to onion services.
 *
 * <p>Threads: any.
 */
@FunctionalInterface
public interface OnionDialer {
  /**
   * A stream.
   *
   * @param isolation streams with different ones share no circuit
   * @return the stream once it is connected, reading off
   */
  CompletableFuture<? extends Channel> dial(HsId service, int port, IsolationKey isolation);
}
