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
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
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
import org.tunic.tracker.account.AccountList;
import org.tunic.tracker.account.Accounts;
import org.tunic.tracker.http.TrackerServer;
import org.tunic.tracker.redis.RedisStore;
import org.tunic.tracker.request.AddressRules;
import org.tunic.tracker.swarm.InfoHash;
import org.tunic.tracker.swarm.PeerStore;

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
  private static final String TOTALS = "tracker-totals";

  private final TrackerOptions options;
  private final PrintStream out;

  /**
   * @param out standard output, for the address if it is a terminal
   */
  TrackerService(TrackerOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  @Override
  public RunningTracker start(LiveNode node, Engine engine, Path dataDirectory)
      throws ConfigException, KeystoreException {
    Path keys = options.keyDirectory().orElse(dataDirectory.resolve("tracker"));
    HsIdKeypair key = new OnionKeyDirectory(keys, false).open(engine.random(), LOG::warn);
    Parts parts;
    try {
      parts = Parts.make(options, key.id(), engine, dataDirectory);
      parts.serve(options, Set.of());
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
    return new RunningTracker(
        options, parts, name, service, listener, Upkeep.start(engine, parts), new Refused());
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
                engine.loops(), engine.transport().serverSocketType(), address, server::serve),
            line);
    LOG.info("Opened Tracker listener on {}", ClientRole.text(listener.address()));
    return Optional.of(listener);
  }

  /** The parts of a tracker. Threads: immutable. */
  record Parts(
      Stores stores,
      Tracker tracker,
      Visitors visitors,
      TrackerServer server,
      Optional<Path> totals) {
    static Parts make(TrackerOptions options, HsId self, Engine engine, Path dataDirectory)
        throws ConfigException {
      TrackerSettings settings =
          TrackerSettings.DEFAULT
              .with(options.policy(), options.unsigned())
              .withInterval(options.interval());
      Accounts accounts = new Accounts(engine.clock());
      Optional<Path> totals = options.accounts().map(_ -> dataDirectory.resolve(TOTALS));
      restore(accounts, totals);
      TrackerCounters counters = new TrackerCounters();
      Stores stores = Stores.open(options, settings, engine, dataDirectory.resolve(SNAPSHOT));
      Tracker tracker =
          new Tracker(
              settings,
              stores.used(),
              new AddressRules(
                  settings.policy(), settings.unsigned(), Optional.of(self), engine.clock()),
              accounts,
              counters,
              engine.nanoClock());
      Visitors visitors = new Visitors(settings, engine.nanoClock(), counters);
      return new Parts(
          stores,
          tracker,
          visitors,
          new TrackerServer(tracker, visitors, engine.workers(), engine.nanoClock()),
          totals);
    }

    private static void restore(Accounts accounts, Optional<Path> totals) throws ConfigException {
      try {
        if (totals.isPresent()) {
          accounts.restore(totals.get());
        }
      } catch (IOException e) {
        throw new ConfigException("the totals of the accounts cannot be used: " + e.getMessage());
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
      PeerStore store = stores.used();
      metrics.add(new ServiceMetric("tunic_tracker_peers", "Peers known", store::peers, List.of()));
      metrics.add(
          new ServiceMetric("tunic_tracker_torrents", "Torrents known", store::swarms, List.of()));
      stores.shared().ifPresent(shared -> metrics.addAll(metrics(shared)));
      metrics.add(
          new ServiceMetric(
              "tunic_tracker_accounts",
              "Accounts that are served; 0 if everybody is",
              tracker.accounts()::size,
              List.of()));
      metrics.add(
          new ServiceMetric(
              "tunic_tracker_channels",
              "Connections and streams open",
              server::channels,
              List.of()));
      return metrics;
    }

    private static List<ServiceMetric> metrics(RedisStore shared) {
      return List.of(
          new ServiceMetric(
              "tunic_tracker_store_up",
              "Whether the shared store can be reached",
              () -> shared.isUp() ? 1 : 0,
              List.of()),
          new ServiceMetric(
              "tunic_tracker_store_pending",
              "Peers to be written to the shared store, and commands it has not answered",
              shared::pending,
              List.of()));
    }

    void serve(TrackerOptions options, Set<InfoHash> refused) throws ConfigException {
      try {
        if (options.accounts().isPresent()) {
          tracker.accounts().serve(AccountList.load(options.accounts().get()));
        }
      } catch (IOException e) {
        throw new ConfigException("the list of accounts cannot be used: " + e.getMessage());
      }
      try {
        tracker.serve(
            ServedTorrents.load(options.allowList(), options.blockList()).without(refused));
      } catch (IOException e) {
        throw new ConfigException("a list of torrents cannot be used: " + e.getMessage());
      }
    }

    /** Never two at a time. */
    synchronized void save() {
      stores.save();
      try {
        if (totals.isPresent()) {
          tracker.accounts().save(totals.get());
        }
      } catch (IOException e) {
        LOG.warn("The totals of the accounts cannot be written: {}", e.getMessage());
      }
    }
  }

  /**
   * What is done every minute: peers that are gone are forgotten, and the swarms written.
   *
   * <p>Threads: the timer on an event loop, the work on the workers.
   */
  record Upkeep(ScheduledFuture<?> timer, Optional<ScheduledFuture<?>> flushing) {
    static Upkeep start(Engine engine, Parts parts) {
      long flushMillis = RedisStore.FLUSH_INTERVAL.toMillis();
      return new Upkeep(
          engine
              .loops()
              .next()
              .scheduleWithFixedDelay(
                  () -> tick(engine, parts), MINUTE_SECONDS, MINUTE_SECONDS, TimeUnit.SECONDS),
          parts
              .stores
              .shared()
              .map(
                  shared ->
                      engine
                          .loops()
                          .next()
                          .scheduleWithFixedDelay(
                              () -> flush(engine, shared),
                              flushMillis,
                              flushMillis,
                              TimeUnit.MILLISECONDS)));
    }

    private static void flush(Engine engine, RedisStore shared) {
      try {
        engine.workers().execute(shared::flush);
      } catch (RejectedExecutionException e) {
        LOG.debug("no room to write swarms behind, which comes again in a moment");
      }
    }

    void stop() {
      timer.cancel(false);
      flushing.ifPresent(timer -> timer.cancel(false));
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

  /** What an index in this process removed. Threads: any. */
  private static final class Refused {
    private volatile Set<InfoHash> torrents = Set.of();
  }

  /**
   * A tracker that runs.
   *
   * <p>Threads: main thread.
   *
   * @param refused torrents that are not served, whatever the lists say
   */
  record RunningTracker(
      TrackerOptions options,
      Parts parts,
      HsId name,
      OnionService service,
      Optional<ListeningPort> listener,
      Upkeep upkeep,
      Refused refused)
      implements Running {
    /** What answers. */
    Tracker tracker() {
      return parts.tracker;
    }

    /** Serves none of these from now on, besides those of the list. Threads: any. */
    void refuse(Set<InfoHash> torrents) {
      refused.torrents = torrents;
      reload();
    }

    @Override
    public void reload() {
      try {
        parts.serve(options, refused.torrents);
      } catch (ConfigException e) {
        LOG.warn("{}; going on with the lists of before", e.getMessage());
      }
    }

    @Override
    public void close() {
      upkeep.stop();
      listener.ifPresent(ListeningPort::close);
      service.close();
      parts.save();
      parts.stores.close();
    }
  }
}
