package org.tunic.daemon.wiring;

import io.netty.util.concurrent.ScheduledFuture;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.crypto.random.LoopRandom;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.ConfigLine;
import org.tunic.daemon.config.Origin;
import org.tunic.daemon.keystore.KeystoreException;
import org.tunic.daemon.keystore.OnionKeyDirectory;
import org.tunic.daemon.metrics.ServiceMetric;
import org.tunic.daemon.tracker.TrackerListener;
import org.tunic.daemon.tracker.TrackerOptions;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.onion.host.OnionService;
import org.tunic.onion.host.ServiceSettings;
import org.tunic.router.link.ListeningPort;
import org.tunic.tracker.ServedTorrents;
import org.tunic.tracker.Tracker;
import org.tunic.tracker.TrackerCounters;
import org.tunic.tracker.TrackerSettings;
import org.tunic.tracker.Visitors;
import org.tunic.tracker.http.TrackerServer;
import org.tunic.tracker.request.AddressRules;
import org.tunic.tracker.swarm.SnapshotException;
import org.tunic.tracker.swarm.SnapshotFile;
import org.tunic.tracker.swarm.SwarmStore;

/**
 * A tracker in the process of a client: behind an onion address whose key it makes or loads, and on
 * a TCP port if it was asked for.
 *
 * <p>The onion address goes to a terminal only; it stands in the file {@code hostname}.
 *
 * <p>Threads: main thread; snapshots on the workers.
 */
final class TrackerService implements NodeService {
  private static final Logger LOG = LoggerFactory.getLogger(TrackerService.class);

  private static final int VIRTUAL_PORT = 80;
  private static final long MINUTE_SECONDS = 60;
  private static final String SNAPSHOT = "tracker-swarms";

  private final TrackerOptions options;
  private final PrintStream out;

  /**
   * @param out standard output, for the address if it is a terminal
   */
  TrackerService(TrackerOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /**
   * A tracker does not relay: who does is known to everybody, and when its onion service and the
   * relay go down together, both are found.
   *
   * @throws ConfigException if the node would
   */
  static void check(Config config) throws ConfigException {
    if (config.relay().isPresent() || config.authority().isPresent()) {
      throw new ConfigException(
          "tunic tracker never relays; remove ORPort and AuthoritativeDirectory from the torrc, or"
              + " name another one");
    }
  }

  @Override
  public Running start(LiveNode node, Engine engine, Path dataDirectory)
      throws ConfigException, KeystoreException {
    Path keys = options.keyDirectory().orElse(dataDirectory.resolve("tracker"));
    HsIdKeypair key = new OnionKeyDirectory(keys, false).open(engine.random(), LOG::warn);
    Parts parts;
    try {
      parts = Parts.make(options, key.id(), engine, dataDirectory.resolve(SNAPSHOT));
      parts.serve(options);
    } catch (ConfigException e) {
      key.close();
      throw e;
    }
    Optional<ListeningPort> listener;
    try {
      listener = listen(engine, parts.server);
    } catch (ConfigException e) {
      key.close();
      throw e;
    }
    HsId name = key.id();
    OnionService service =
        node.onionServices()
            .add(
                key,
                ServiceSettings.of(Map.of(VIRTUAL_PORT, List.of(parts.server.onionTarget())))
                    .with(TrackerServer.streamRules()));
    say(name, keys);
    node.show(parts.metrics());
    service
        .published()
        .thenRun(() -> LOG.info("The tracker can be reached: its descriptors are published."));
    return new RunningTracker(options, parts, service, listener, Upkeep.start(engine, parts));
  }

  /** The JDK's default console is null when output goes elsewhere. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean onTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private void say(HsId name, Path keys) {
    if (onTerminal()) {
      out.println("http://" + name.unredactedHost() + "/announce");
    } else {
      LOG.info("Tracker: http://NAME/announce, where NAME stands in {}", keys.resolve("hostname"));
    }
  }

  private Optional<ListeningPort> listen(Engine engine, TrackerServer server)
      throws ConfigException {
    if (options.clearnetListen().isEmpty()) {
      return Optional.empty();
    }
    InetSocketAddress address = options.clearnetListen().get();
    ConfigLine line =
        new ConfigLine(
            Origin.COMMAND_LINE,
            ConfigLine.Command.SET,
            "--clearnet-listen",
            IpLiteral.formatBracketed(address.getAddress()) + ":" + address.getPort());
    ListeningPort listener =
        ListenerSet.await(
            TrackerListener.open(
                engine.loops(), engine.transport().serverSocketType(), address, server),
            line);
    LOG.info("Opened Tracker listener on {}", ClientRole.text(listener.address()));
    return Optional.of(listener);
  }

  /** The parts of a tracker. Threads: immutable. */
  private record Parts(
      SwarmStore store,
      Tracker tracker,
      Visitors visitors,
      TrackerServer server,
      SnapshotFile file) {
    static Parts make(TrackerOptions options, HsId self, Engine engine, Path snapshot)
        throws ConfigException {
      TrackerSettings settings =
          TrackerSettings.DEFAULT
              .with(options.policy(), options.unsigned())
              .withInterval(options.interval());
      SwarmStore store =
          new SwarmStore(
              SwarmStore.Limits.DEFAULT,
              engine.clock(),
              engine.random(),
              () -> new LoopRandom(engine.random()));
      SnapshotFile file = new SnapshotFile(snapshot);
      load(store, file);
      Tracker tracker =
          new Tracker(
              settings,
              store,
              new AddressRules(
                  settings.policy(), settings.unsigned(), Optional.of(self), engine.clock()),
              new TrackerCounters());
      Visitors visitors = new Visitors(settings, engine.nanoClock());
      return new Parts(
          store,
          tracker,
          visitors,
          new TrackerServer(tracker, visitors, engine.workers(), engine.nanoClock()),
          file);
    }

    private static void load(SwarmStore store, SnapshotFile file) throws ConfigException {
      try {
        if (file.read(store)) {
          LOG.info("Tracker: read the swarms of before.");
        }
      } catch (SnapshotException e) {
        if (!e.isDamaged()) {
          throw new ConfigException(e.getMessage() + "; use that program, or move the file away");
        }
        try {
          LOG.warn("{}; it is now {} and swarms begin empty", e.getMessage(), file.setAside());
        } catch (IOException again) {
          throw new ConfigException(e.getMessage() + ", and it cannot be moved away");
        }
      } catch (IOException e) {
        throw new ConfigException("the snapshot of the swarms cannot be read: " + e.getMessage());
      }
    }

    List<ServiceMetric> metrics() {
      List<ServiceMetric> metrics = new ArrayList<>();
      for (TrackerCounters.Kind kind : TrackerCounters.Kind.values()) {
        metrics.add(
            new ServiceMetric(
                "tunic_tracker_events_total",
                "What the tracker did",
                () -> tracker.counters().of(kind),
                List.of("kind", kind.name().toLowerCase(Locale.ROOT))));
      }
      metrics.add(new ServiceMetric("tunic_tracker_peers", "Peers known", store::peers, List.of()));
      metrics.add(
          new ServiceMetric("tunic_tracker_torrents", "Torrents known", store::swarms, List.of()));
      metrics.add(
          new ServiceMetric(
              "tunic_tracker_channels",
              "Connections and streams open",
              server::channels,
              List.of()));
      return metrics;
    }

    void serve(TrackerOptions options) throws ConfigException {
      try {
        tracker.serve(ServedTorrents.load(options.allowList(), options.blockList()));
      } catch (IOException e) {
        throw new ConfigException("a list of torrents cannot be used: " + e.getMessage());
      }
    }

    /** Never two at a time. */
    synchronized void save() {
      try {
        file.write(store);
      } catch (IOException e) {
        LOG.warn("The swarms cannot be written: {}", e.getMessage());
      }
    }
  }

  /**
   * What is done every minute: peers that are gone are forgotten, and the swarms written.
   *
   * <p>Threads: the timer on an event loop, the work on the workers.
   */
  private record Upkeep(ScheduledFuture<?> timer) {
    static Upkeep start(Engine engine, Parts parts) {
      return new Upkeep(
          engine
              .loops()
              .next()
              .scheduleWithFixedDelay(
                  () -> tick(engine, parts), MINUTE_SECONDS, MINUTE_SECONDS, TimeUnit.SECONDS));
    }

    private static void tick(Engine engine, Parts parts) {
      try {
        engine
            .workers()
            .execute(
                () -> {
                  parts.tracker.expire();
                  parts.visitors.forgetIdle();
                  parts.save();
                });
      } catch (RejectedExecutionException e) {
        LOG.debug("no room for the upkeep of the tracker, which comes again in a minute");
      }
    }
  }

  /** A tracker that runs. Threads: main thread. */
  private record RunningTracker(
      TrackerOptions options,
      Parts parts,
      OnionService service,
      Optional<ListeningPort> listener,
      Upkeep upkeep)
      implements Running {
    @Override
    public void reload() {
      try {
        parts.serve(options);
      } catch (ConfigException e) {
        LOG.warn("{}; going on with the lists of before", e.getMessage());
      }
    }

    @Override
    public void close() {
      upkeep.timer.cancel(false);
      listener.ifPresent(ListeningPort::close);
      service.close();
      parts.save();
    }
  }
}
