package org.tunic.daemon.demo;

import org.tunic.daemon.keystore.DataDirectory;
import org.tunic.daemon.wiring.LiveNode;
import org.tunic.directory.fetch.BootstrapProgress;

/**
 * A node in this process.
 *
 * <p>Threads: any.
 */
final class LocalNode implements RunningNode {
  private final LiveNode node;
  private final DataDirectory data;

  /**
   * @param data locked for the node; released with it
   */
  LocalNode(LiveNode node, DataDirectory data) {
    this.node = node;
    this.data = data;
  }

  @Override
  public Progress progress() {
    BootstrapProgress.Event event = node.progress();
    return new Progress(event.percent(), event.phase().summary());
  }

  @Override
  public long relayCells() {
    return node.relayCells();
  }

  @Override
  public boolean isRunning() {
    return true;
  }

  @Override
  public void stop() {
    node.close();
    data.close();
  }

  @Override
  public void awaitStopped() {}
}
