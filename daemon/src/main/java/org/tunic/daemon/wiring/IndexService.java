package org.tunic.daemon.wiring;

import io.netty.util.concurrent.ScheduledFuture;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.ConfigLine;
import org.tunic.daemon.config.Origin;
import org.tunic.daemon.index.IndexOptions;
import org.tunic.daemon.keystore.KeystoreException;
import org.tunic.daemon.keystore.OnionKeyDirectory;
import org.tunic.daemon.metrics.ServiceMetric;
import org.tunic.daemon.tracker.TrackerListener;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.directory.store.AtomicFiles;
import org.tunic.index.FirstOperator;
import org.tunic.index.IndexSettings;
import org.tunic.index.Swarms;
import org.tunic.index.TorrentIndex;
import org.tunic.index.http.IndexServer;
import org.tunic.index.store.IndexStore;
import org.tunic.index.web.Site;
import org.tunic.onion.host.OnionService;
import org.tunic.onion.host.ServiceSettings;
import org.tunic.router.link.ListeningPort;
import org.tunic.tracker.Tracker;
import org.tunic.tracker.swarm.Counts;
import org.tunic.tracker.swarm.InfoHash;

/**
 * An index of torrents in the process of a client: behind an onion address whose key it makes or
 * loads, on a TCP port if it was asked for, and beside a tracker if that was.
 *
 * <p>The onion address goes to a terminal only; it stands in the file {@code hostname}.
 *
 * <p>Threads: main thread; requests and upkeep on the workers.
 */
final class IndexService implements NodeService {
  private static final Logger LOG = LoggerFactory.getLogger(IndexService.class);

  private static final int VIRTUAL_PORT = 80;
  private static final long MINUTE_SECONDS = 60;
  private static final String REMOVED = "removed-torrents";

  private final IndexOptions options;
  private final PrintStream out;

  /**
   * @param out standard output, for the address if it is a terminal
   */
  IndexService(IndexOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  @Override
  public Running start(LiveNode node, Engine engine, Path dataDirectory)
      throws ConfigException, KeystoreException {
    Optional<TrackerService.RunningTracker> tracker = Optional.empty();
    if (options.tracker().isPresent()) {
      tracker =
          Optional.of(
              new TrackerService(options.tracker().get(), out).start(node, engine, dataDirectory));
    }
    try {
      return start(node, engine, dataDirectory, tracker);
    } catch (ConfigException | KeystoreException | RuntimeException e) {
      tracker.ifPresent(Running::close);
      throw e;
    }
  }

  private Running start(
      LiveNode node,
      Engine engine,
      Path dataDirectory,
      Optional<TrackerService.RunningTracker> tracker)
      throws ConfigException, KeystoreException {
    Path keys = options.keyDirectory().orElse(dataDirectory.resolve("index"));
    Path data = options.data().orElse(dataDirectory.resolve("index-data"));
    HsIdKeypair key = new OnionKeyDirectory(keys, false).open(engine.random(), LOG::warn);
    HsId name = key.id();
    TorrentIndex index;
    try {
      index = open(engine, data, tracker);
    } catch (ConfigException e) {
      key.close();
      throw e;
    }
    IndexServer server =
        new IndexServer(
            new Site(index, engine.clock(), engine.random()), engine.workers(), engine.nanoClock());
    Optional<ListeningPort> listener;
    try {
      listener = listen(engine, server);
    } catch (ConfigException e) {
      key.close();
      close(index);
      throw e;
    }
    OnionService service =
        node.onionServices()
            .add(
                key,
                ServiceSettings.of(Map.of(VIRTUAL_PORT, List.of(server.onionTarget())))
                    .with(IndexServer.streamRules()));
    say(name, keys);
    node.show(metrics(index, server));
    service
        .published()
        .thenRun(() -> LOG.info("The index can be reached: its descriptors are published."));
    return new RunningIndex(index, service, listener, upkeep(engine, index), tracker);
  }

  private TorrentIndex open(
      Engine engine, Path data, Optional<TrackerService.RunningTracker> tracker)
      throws ConfigException {
    List<String> trackers = new ArrayList<>();
    tracker.ifPresent(t -> trackers.add("http://" + t.name().unredactedHost() + "/announce"));
    trackers.addAll(options.announce());
    IndexSettings plain = IndexSettings.of(options.title(), trackers);
    IndexSettings settings =
        new IndexSettings(
            plain.title(),
            trackers,
            options.about(),
            options.operator(),
            !options.accountsOnly(),
            plain.anonymousPerHour(),
            plain.uploadsPerHour());
    try {
      TorrentIndex index =
          TorrentIndex.open(
              data,
              settings,
              IndexStore.Limits.DEFAULT,
              new SwarmsHere(data.resolve(REMOVED), tracker),
              engine.clock());
      Path password = data.resolve(FirstOperator.FILE);
      try {
        if (FirstOperator.make(index.store(), password, engine.clock(), engine.random())) {
          LOG.info(
              "Index: made the account {}, whose password stands in {}",
              FirstOperator.NAME,
              password);
        }
      } catch (IOException e) {
        close(index);
        throw e;
      }
      if (index.store().cut() > 0) {
        LOG.warn("Index: {} bytes at the end of the journal were not whole.", index.store().cut());
      }
      return index;
    } catch (IOException e) {
      throw new ConfigException("the index cannot be opened: " + e.getMessage());
    }
  }

  /**
   * The tracker of this process, if there is one, and the list for one elsewhere.
   *
   * <p>Threads: any.
   */
  private record SwarmsHere(Path removed, Optional<TrackerService.RunningTracker> running)
      implements Swarms {
    @Override
    public Optional<Counts> counts(InfoHash torrent) {
      return running.map(TrackerService.RunningTracker::tracker).map(t -> t.counts(torrent));
    }

    @Override
    public Map<String, Long> totals() {
      return running
          .map(TrackerService.RunningTracker::tracker)
          .map(Tracker::totals)
          .map(t -> Map.of("Peers", (long) t.peers(), "Seeders", (long) t.seeds()))
          .orElse(Map.of());
    }

    @Override
    public void refuse(Set<InfoHash> torrents) {
      StringBuilder lines = new StringBuilder("# removed from the index; for --block-list\n");
      torrents.stream()
          .sorted()
          .forEach(id -> lines.append(Bytes.copyOf(id.toArray()).hex()).append('\n'));
      try {
        AtomicFiles.write(removed, lines.toString().getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        LOG.warn("The list of removed torrents cannot be written: {}", e.getMessage());
      }
      running.ifPresent(tracker -> tracker.refuse(torrents));
    }
  }

  /** The JDK's default console is null when output goes elsewhere. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean onTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private void say(HsId name, Path keys) {
    if (onTerminal()) {
      out.println("http://" + name.unredactedHost() + "/");
    } else {
      LOG.info("Index: http://NAME/, where NAME stands in {}", keys.resolve("hostname"));
    }
  }

  private Optional<ListeningPort> listen(Engine engine, IndexServer server) throws ConfigException {
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
    LOG.info("Opened Index listener on {}", ClientRole.text(listener.address()));
    return Optional.of(listener);
  }

  private static List<ServiceMetric> metrics(TorrentIndex index, IndexServer server) {
    return List.of(
        new ServiceMetric(
            "tunic_index_torrents", "Torrents listed", index.store()::listed, List.of()),
        new ServiceMetric(
            "tunic_index_reports",
            "Reports that wait for a moderator",
            () -> index.store().reports().size(),
            List.of()),
        new ServiceMetric(
            "tunic_index_channels", "Connections and streams open", server::channels, List.of()));
  }

  private static ScheduledFuture<?> upkeep(Engine engine, TorrentIndex index) {
    return engine
        .loops()
        .next()
        .scheduleWithFixedDelay(
            () -> {
              try {
                engine.workers().execute(() -> refresh(index));
              } catch (RejectedExecutionException e) {
                LOG.debug("no room for the upkeep of the index, which comes again in a minute");
              }
            },
            MINUTE_SECONDS,
            MINUTE_SECONDS,
            TimeUnit.SECONDS);
  }

  private static void refresh(TorrentIndex index) {
    try {
      index.refresh();
    } catch (IOException | RuntimeException e) {
      LOG.warn("The search index cannot be written: {}", e.getMessage());
    }
  }

  private static void close(TorrentIndex index) {
    try {
      index.close();
    } catch (IOException e) {
      LOG.warn("The index did not close as it should: {}", e.getMessage());
    }
  }

  /** An index that runs. Threads: main thread. */
  private record RunningIndex(
      TorrentIndex index,
      OnionService service,
      Optional<ListeningPort> listener,
      ScheduledFuture<?> upkeep,
      Optional<TrackerService.RunningTracker> tracker)
      implements Running {
    @Override
    public void reload() {
      tracker.ifPresent(Running::reload);
    }

    @Override
    public void close() {
      upkeep.cancel(false);
      listener.ifPresent(ListeningPort::close);
      service.close();
      IndexService.close(index);
      tracker.ifPresent(Running::close);
    }
  }
}
