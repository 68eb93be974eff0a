package org.tunic.index;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.tunic.index.catalogue.Catalogue;
import org.tunic.index.metainfo.Metainfo;
import org.tunic.index.metainfo.MetainfoException;
import org.tunic.index.metainfo.MetainfoParser;
import org.tunic.index.search.SearchIndex;
import org.tunic.index.store.Category;
import org.tunic.index.store.Entry;
import org.tunic.index.store.IndexStore;
import org.tunic.index.store.LogLine;
import org.tunic.index.store.NewEntry;
import org.tunic.index.store.Standing;
import org.tunic.tracker.swarm.Counts;
import org.tunic.tracker.swarm.InfoHash;

/**
 * The index: what comes in goes to the disk first, then where it is found.
 *
 * <p>Threads: any; changes one after the other.
 */
public final class TorrentIndex implements AutoCloseable {
  /** Listed entries above which the catalogue is made anew once in ten minutes at most. */
  private static final int LARGE = 20_000;

  private static final long LARGE_SECONDS = 600;

  private final IndexSettings settings;
  private final IndexStore store;
  private final SearchIndex search;
  private final Swarms swarms;
  private final InstantSource clock;
  private final ReentrantLock making = new ReentrantLock();
  private volatile @Nullable Made made;

  /** Peers as searches know them, by number of the entry. Guarded by this. */
  private final Map<Integer, Counts> known = new HashMap<>();

  private record Made(Catalogue catalogue, long seconds) {}

  private TorrentIndex(
      IndexSettings settings,
      IndexStore store,
      SearchIndex search,
      Swarms swarms,
      InstantSource clock) {
    this.settings = settings;
    this.store = store;
    this.search = search;
    this.swarms = swarms;
    this.clock = clock;
  }

  /**
   * Opens or makes an index.
   *
   * @param folder of its own; made, mode 0700, if it is not there
   * @throws IOException if it cannot be read or is damaged, with a message for the operator
   */
  public static TorrentIndex open(
      Path folder,
      IndexSettings settings,
      IndexStore.Limits limits,
      Swarms swarms,
      InstantSource clock)
      throws IOException {
    IndexStore store = IndexStore.open(folder, limits);
    try {
      SearchIndex search = SearchIndex.open(folder.resolve("search"), store);
      swarms.refuse(store.removed());
      return new TorrentIndex(settings, store, search, swarms, clock);
    } catch (IOException | RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /** What it is like. */
  public IndexSettings settings() {
    return settings;
  }

  /** What it keeps. */
  public IndexStore store() {
    return store;
  }

  /** What it finds by. */
  public SearchIndex search() {
    return search;
  }

  /** Seconds since 1970. */
  public long now() {
    return clock.instant().getEpochSecond();
  }

  // ---- torrents

  /**
   * What an uploader says of a torrent.
   *
   * @param category what it is
   * @param tags as typed
   * @param description as typed
   * @param makePrivate whether to make it private, which makes it another torrent
   * @param uploader account; empty for nobody
   */
  public record Description(
      Category category, String tags, String description, boolean makePrivate, String uploader) {}

  /** Takes in a torrent. When this says that it is added, it is on the disk. */
  public Uploaded upload(byte[] file, Description said) throws IOException {
    Metainfo torrent;
    try {
      torrent = MetainfoParser.parse(file);
      if (said.makePrivate() && !torrent.isPrivate()) {
        torrent = PrivateTorrent.of(torrent);
      }
    } catch (MetainfoException e) {
      return new Uploaded.Refused(e.reason());
    }
    String text = said.description().strip();
    NewEntry entry =
        new NewEntry(
            torrent,
            said.category(),
            tags(said.tags()),
            text.substring(0, Math.min(text.length(), NewEntry.MAX_DESCRIPTION)),
            said.uploader(),
            now());
    if (store.standing(torrent.id()).isPresent()) {
      return new Uploaded.Known(torrent.id());
    }
    List<Entry> added = add(List.of(entry));
    if (!added.isEmpty()) {
      return new Uploaded.Added(added.getFirst());
    }
    return store.standing(torrent.id()).isPresent()
        ? new Uploaded.Known(torrent.id())
        : new Uploaded.Refused("there is no room for more torrents");
  }

  /** Takes in many at once, at most {@link IndexStore#MAX_BATCH}; returns those that are new. */
  public synchronized List<Entry> add(List<NewEntry> entries) throws IOException {
    Map<InfoHash, Metainfo> torrents = new HashMap<>();
    entries.forEach(entry -> torrents.put(entry.torrent().id(), entry.torrent()));
    List<Entry> added = store.add(entries);
    for (Entry entry : added) {
      Metainfo torrent = torrents.get(entry.id());
      if (torrent != null) {
        search.update(entry, Standing.LISTED, torrent);
      }
    }
    search.refresh();
    return added;
  }

  private static List<String> tags(String typed) {
    List<String> tags = new ArrayList<>();
    for (String word : typed.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1)) {
      if (!word.isEmpty()
          && word.length() <= NewEntry.MAX_TAG
          && tags.size() < NewEntry.MAX_TAGS
          && !tags.contains(word)) {
        tags.add(word);
      }
    }
    return tags;
  }

  /** Does what a moderator decided, and writes it down first. */
  public synchronized void moderate(LogLine line, InfoHash torrent) throws IOException {
    Optional<Entry> entry = store.entry(torrent);
    if (entry.isEmpty()) {
      return;
    }
    Optional<Standing> before = store.standing(torrent);
    store.log(line);
    Optional<Standing> after = store.standing(torrent);
    if (before.equals(after)) {
      return;
    }
    search.update(entry.get(), after.orElseThrow(), store.torrent(entry.get()));
    search.refresh();
    swarms.refuse(store.removed());
  }

  // ---- peers

  /** How large the swarm of a torrent is now; of one of both versions the larger of its two. */
  public Optional<Counts> counts(Entry entry) {
    Optional<Counts> first = swarms.counts(entry.id());
    Optional<Counts> second = entry.otherId().flatMap(swarms::counts);
    return second.isPresent() && second.get().complete() > first.orElse(Counts.NONE).complete()
        ? second
        : first;
  }

  /** Numbers about all swarms, by name. */
  public Map<String, Long> swarmTotals() {
    return swarms.totals();
  }

  /**
   * Tells the search index how large swarms are, and writes it to the disk if something changed. To
   * be called once a minute or so.
   */
  public synchronized void refresh() throws IOException {
    Map<InfoHash, Counts> changed = new HashMap<>();
    int size = store.size();
    for (int number = 0; number < size; number++) {
      Optional<Counts> now = swarms.counts(store.id(number));
      if (now.isPresent() && !now.get().equals(known.getOrDefault(number, Counts.NONE))) {
        known.put(number, now.get());
        changed.put(store.id(number), now.get());
      }
    }
    search.update(changed);
    if (search.isChanged()) {
      search.refresh();
      search.commit(store.sequence());
    }
  }

  // ---- the catalogue

  /** The catalogue; of a large index as it was up to ten minutes ago. */
  public Catalogue catalogue() throws IOException {
    Made last = made;
    if (last != null && isFresh(last)) {
      return last.catalogue();
    }
    making.lock();
    try {
      last = made;
      if (last != null && isFresh(last)) {
        return last.catalogue();
      }
      Catalogue fresh = Catalogue.of(store, settings.operator());
      made = new Made(fresh, now());
      return fresh;
    } finally {
      making.unlock();
    }
  }

  private boolean isFresh(Made last) {
    return last.catalogue().sequence() == store.sequence()
        || (last.catalogue().leaves() > LARGE && now() - last.seconds() < LARGE_SECONDS);
  }

  @Override
  public synchronized void close() throws IOException {
    search.commit(store.sequence());
    search.close();
    store.close();
  }
}
