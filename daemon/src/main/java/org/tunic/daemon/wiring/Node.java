package org.tunic.daemon.wiring;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.daemon.config.CommandLine.Quiet;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.Config.Relay;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.keystore.AuthorityKeys;
import org.tunic.daemon.keystore.DataDirectory;
import org.tunic.daemon.keystore.KeystoreException;
import org.tunic.daemon.keystore.RelayKeystore;
import org.tunic.daemon.log.LogSetup;
import org.tunic.daemon.wiring.Lifecycle.Signal;
import org.tunic.directory.fetch.BootstrapProgress;

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
   * @param source reads the configuration again
   * @param quiet what goes to the console for want of Log lines
   * @param data the DataDirectory, locked; stays the caller's
   * @param service what runs beside it
   * @return the exit status
   */
  static int run(
      Config config,
      Reload.Source source,
      Quiet quiet,
      DataDirectory data,
      NodeService service,
      InstantSource clock,
      SecureRandom random)
      throws ConfigException, KeystoreException {
    BlockingQueue<Signal> signals = Lifecycle.inbox();
    for (Signal signal : Signal.values()) {
      Signals.on(signal.name(), () -> signals.offer(signal));
    }
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
    try (Engine engine = Engine.start(config.process().cpus(), clock, System::nanoTime, random);
        LiveNode node =
            LiveNode.start(
                config, new LiveNode.Keys(relayKeys, authorityKeys), engine, Node::report);
        NodeService.Running beside = service.start(node, engine, config.directories().data())) {
      Reload reload = new Reload(config, source, quiet, node);
      NodeReport report = new NodeReport(node, System::nanoTime);
      Lifecycle lifecycle =
          new Lifecycle(
              signals,
              new Lifecycle.Actions(
                  () -> {
                    reload.run();
                    beside.reload();
                  },
                  report::statistics,
                  LogSetup::toDebug,
                  report::heartbeat,
                  node::stopAccepting),
              () -> times(reload.current()),
              System::nanoTime);
      lifecycle.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }

  private static Lifecycle.Times times(Config config) {
    return new Lifecycle.Times(
        config.relay().isPresent()
            ? Optional.of(config.process().shutdownWait())
            : Optional.empty(),
        config.process().heartbeatPeriod());
  }

  /** In C tor's words, which scripts wait for. */
  private static void report(BootstrapProgress.Event event) {
    LOG.info(
        "Bootstrapped {}% ({}): {}", event.percent(), event.phase().tag(), event.phase().summary());
  }
}
