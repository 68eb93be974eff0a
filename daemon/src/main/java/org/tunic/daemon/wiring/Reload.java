package org.tunic.daemon.wiring;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.daemon.config.CommandLine.Quiet;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.ConfigLoader.Loaded;
import org.tunic.daemon.config.Transition;
import org.tunic.daemon.log.LogSetup;

/**
 * SIGHUP: reads the configuration again, checks it as a whole, opens what it newly needs, and only
 * then changes anything. With one that cannot be used the daemon goes on as before and says so; C
 * tor would exit (docs/decisions/0007).
 *
 * <p>Threads: main thread; {@link #current} any.
 */
final class Reload implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

  /** Reads the files again. */
  @FunctionalInterface
  interface Source {
    /**
     * The configuration as the files now say.
     *
     * @throws ConfigException if it cannot be used
     */
    Loaded load() throws ConfigException;
  }

  private final Source source;
  private final Quiet quiet;
  private final LiveNode node;
  private volatile Config current;

  Reload(Config config, Source source, Quiet quiet, LiveNode node) {
    this.current = config;
    this.source = source;
    this.quiet = quiet;
    this.node = node;
  }

  /** The configuration in force. */
  Config current() {
    return current;
  }

  @Override
  public void run() {
    LOG.info("Received reload signal (hup). Reloading config and resetting internal state.");
    if (!current.values().flag("__ReloadTorrcOnSIGHUP")) {
      LOG.info("Not reloading config file: the controller told us not to.");
      LogSetup.reopen();
      return;
    }
    try {
      Loaded loaded = source.load();
      Config next = loaded.config();
      Transition.check(current, next);
      LiveNode.Prepared change = node.prepare(next);
      try {
        LogSetup.apply(next.logs(), quiet);
      } catch (ConfigException e) {
        change.rollback();
        throw e;
      }
      loaded.notices().forEach(LOG::info);
      loaded.warnings().forEach(LOG::warn);
      current = next;
      change.commit();
    } catch (ConfigException e) {
      // The log may have been rotated away all the same.
      LogSetup.reopen();
      LOG.warn("{}", e.getMessage());
      LOG.error("Reading config failed--see warnings above. Going on with the one of before.");
    }
  }
}
