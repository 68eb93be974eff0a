package org.tunic.daemon.wiring;

import java.nio.file.Path;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.keystore.KeystoreException;

/**
 * What runs in the process of a node beside its roles, such as a tracker.
 *
 * <p>Threads: main thread.
 */
interface NodeService {
  /** Nothing. */
  NodeService NONE =
      (_, _, _) ->
          new Running() {
            @Override
            public void reload() {}

            @Override
            public void close() {}
          };

  /**
   * Starts it.
   *
   * @param node as it has just been started
   * @param dataDirectory of the node
   * @throws ConfigException if what it was asked for cannot be had
   * @throws KeystoreException if its files cannot be used
   */
  Running start(LiveNode node, Engine engine, Path dataDirectory)
      throws ConfigException, KeystoreException;

  /** A service that runs. Threads: main thread. */
  interface Running extends AutoCloseable {
    /** Reads its files again, after the node has. */
    void reload();

    /** Ends it; the node still runs. */
    @Override
    void close();
  }
}
