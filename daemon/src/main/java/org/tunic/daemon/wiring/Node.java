package org.tunic.daemon.wiring;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.Config.Relay;
import org.tunic.daemon.keystore.AuthorityKeys;
import org.tunic.daemon.keystore.DataDirectory;
import org.tunic.daemon.keystore.KeystoreException;
import org.tunic.daemon.keystore.RelayKeystore;
import org.tunic.daemon.log.LogSetup;

/**
 * One node from start to stop: keys, then the roles its configuration asks for, until a signal ends
 * it.
 *
 * <p>Threads: main thread; signals arrive on another.
 */
final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private Node() {}

  /**
   * Runs a node until SIGINT or SIGTERM.
   *
   * @param data the DataDirectory, locked; stays the caller's
   * @return the exit status
   */
  static int run(Config config, DataDirectory data, InstantSource clock, SecureRandom random)
      throws KeystoreException {
    Optional<RelayKeystore> relayKeys = Optional.empty();
    if (config.relay().isPresent()) {
      Relay relay = config.relay().get();
      RelayKeystore keystore =
          RelayKeystore.open(data.keyDirectory(LOG::warn), relay.keys(), clock, random, LOG::info);
      RelayIds ids = keystore.keys().ids();
      data.writeFingerprints(relay.nickname(), ids.rsa(), ids.ed().orElseThrow());
      relayKeys = Optional.of(keystore);
    }
    Optional<AuthorityKeys> authorityKeys = Optional.empty();
    if (config.authority().isPresent()) {
      authorityKeys = Optional.of(AuthorityKeys.load(config.directories().keys(), clock.instant()));
    }
    LOG.info(
        "Starting as {}{}client",
        authorityKeys.isPresent() ? "authority, " : "",
        relayKeys.isPresent() ? "relay, " : "");
    CountDownLatch stopped = new CountDownLatch(1);
    Signals.on("HUP", LogSetup::reopen);
    Signals.on("INT", stopped::countDown);
    Signals.on("TERM", stopped::countDown);
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    LOG.info("Stopping");
    return 0;
  }
}
