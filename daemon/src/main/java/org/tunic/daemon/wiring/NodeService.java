package org.tunic.daemon.wiring;

import java.nio.file.Path;
import org.tunic.daemon.config.Config;
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

  /**
   * A node with a service does not relay: who relays is known to everybody, and when the service
   * and the relay go down together, both are found; and what a relay's circuits suffer tells when
   * its own service is busy.
   *
   * @param command that runs the service
   * @throws ConfigException if the node would relay
   */
  static void neverRelays(String command, Config config) throws ConfigException {
    if (config.relay().isPresent() || config.authority().isPresent()) {
      throw new ConfigException(
          "tunic "
              + command
              + " never relays; remove ORPort and AuthoritativeDirectory from the torrc, or name"
              + " another one");
    }
  }

  /** A service that runs. Threads: main thread. */
  interface Running extends AutoCloseable {
    /** Reads its files again, after the node has. */
    void reload();

    /** Ends it; the node still runs. */
    @Override
    void close();
  }
}
