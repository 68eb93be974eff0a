package org.tunic.index.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.digest.Sha;
import org.tunic.index.metainfo.Metainfo;
import org.tunic.index.metainfo.MetainfoException;
import org.tunic.index.metainfo.MetainfoParser;
import org.tunic.index.store.Change.AccountSet;
import org.tunic.index.store.Change.Added;
import org.tunic.index.store.Change.Logged;
import org.tunic.index.store.Change.Reported;
import org.tunic.tracker.swarm.InfoHash;

/**
 * Entries, accounts, reports and the log, on the disk.
 *
 * <p>In memory is what finds an entry, some 130 bytes each; the entry itself is read when it is
 * asked for. Each change is a frame of the journal, forced before the method returns; the bytes of
 * a torrent are forced before the frame that names them.
 *
 * <p>Bounds: {@link Limits}.
 *
 * <p>Threads: any; changes are guarded by this.
 */
public final class IndexStore implements AutoCloseable {
  /** Entries of one call of {@link #add}. */
  public static final int MAX_BATCH = 256;

  private static final String JOURNAL = "journal";

  /**
   * How much is kept.
   *
   * @param entries torrents
   * @param torrentBytes of all torrents together
   * @param accounts names that somebody has
   * @param reports that wait for a moderator
   * @param reportsOfTorrent of them about one torrent
   */
  public record Limits(
      int entries, long torrentBytes, int accounts, int reports, int reportsOfTorrent) {
    /** For one machine. */
    public static final Limits DEFAULT = new Limits(4_000_000, 128L << 30, 100_000, 1000, 5);
  }

  /** Where an entry is, and how it stands. */
  private static final class Slot {
    private final InfoHash id;
    private final int number;
    private final Category category;
    private final long position;
    private final int length;
    private volatile long changed;
    private volatile Standing standing = Standing.LISTED;
    private volatile @Nullable LinePlace lastLine;

    Slot(InfoHash id, int number, Category category, long position, int length, long changed) {
      this.id = id;
      this.number = number;
      this.category = category;
      this.position = position;
      this.length = length;
      this.changed = changed;
    }
  }

  /** Where a line of the log is. */
  private record LinePlace(long position, int length) {}

  private final Limits limits;
  private final TorrentFiles torrents;
  private final Journal journal;
  private final Map<InfoHash, Slot> slots = new ConcurrentHashMap<>();
  private volatile Slot[] numbered = new Slot[16];
  private volatile int count;
  private final Map<Category, Integer> listed = new ConcurrentHashMap<>();
  private final Map<String, Account> accounts = new ConcurrentHashMap<>();
  private final List<LinePlace> lines = new ArrayList<>(); // guarded by this
  private final Map<InfoHash, List<Report>> reports = new ConcurrentHashMap<>();
  private int openReports; // guarded by this
  private final Set<InfoHash> removed = ConcurrentHashMap.newKeySet();
  private TorrentPlace lastTorrent = TorrentPlace.NONE;

  private IndexStore(Path folder, Limits limits, int maxFileBytes) throws IOException {
    this.limits = limits;
    this.torrents = new TorrentFiles(folder, maxFileBytes);
    this.journal = Journal.open(folder.resolve(JOURNAL), this::replay);
    torrents.recover(lastTorrent);
  }

  /**
   * Opens or makes a store, and cuts off what was not acknowledged.
   *
   * @param folder made, mode 0700, if it is not there
   * @throws StoreException if the files are damaged, or in use
   */
  public static IndexStore open(Path folder, Limits limits) throws IOException {
    return open(folder, limits, TorrentFiles.MAX_FILE_BYTES);
  }

  static IndexStore open(Path folder, Limits limits, int maxFileBytes) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    return new IndexStore(folder, limits, maxFileBytes);
  }

  private synchronized void replay(long sequence, long position, byte[] payload)
      throws IOException {
    try {
      for (Change.Placed placed : Change.decodeAll(payload)) {
        apply(placed.change(), position + placed.offset(), placed.length(), sequence);
      }
    } catch (MalformedException e) {
      throw new StoreException(
          "frame " + sequence + " of the journal says what this version does not know");
    }
  }

  // ---- changes

  private void apply(Change change, long position, int length, long sequence) {
    switch (change) {
      case Added(var entry) -> {
        Slot slot = new Slot(entry.id(), count, entry.category(), position, length, sequence);
        Slot[] all = numbered;
        if (count == all.length) {
          all = Arrays.copyOf(all, count * 2);
        }
        all[count] = slot;
        numbered = all;
        count = slot.number + 1;
        slots.put(slot.id, slot);
        entry.otherId().ifPresent(other -> slots.put(other, slot));
        listed.merge(entry.category(), 1, Integer::sum);
        if (entry.torrent().isBehind(lastTorrent)) {
          lastTorrent = entry.torrent();
        }
      }
      case AccountSet(var account) -> accounts.put(account.name(), account);
      case Logged(var line) -> {
        LinePlace place = new LinePlace(position, length);
        lines.add(place);
        Slot slot = torrent(line.subject());
        if (slot != null) {
          judge(slot, line, place, sequence);
        }
      }
      case Reported(var report) -> {
        reports.merge(report.torrent(), List.of(report), IndexStore::joined);
        openReports++;
      }
    }
  }

  private static List<Report> joined(List<Report> some, List<Report> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  private @Nullable Slot torrent(String hex) {
    try {
      return hex.length() == 2 * InfoHash.LENGTH
          ? slots.get(InfoHash.at(Bytes.fromHex(hex).toArray(), 0))
          : null;
    } catch (MalformedException e) {
      return null;
    }
  }

  private void judge(Slot slot, LogLine line, LinePlace place, long sequence) {
    Standing standing =
        switch (line.action()) {
          case HIDE -> Standing.HIDDEN;
          case SHOW -> Standing.LISTED;
          case REMOVE -> Standing.REMOVED;
          case SETTLE, ROLE -> slot.standing;
        };
    switch (line.action()) {
      case HIDE, SHOW, REMOVE -> {
        slot.lastLine = place;
        stand(slot, standing, sequence);
      }
      case SETTLE -> settle(slot.id);
      case ROLE -> {
        // about an account
      }
    }
  }

  private void stand(Slot slot, Standing standing, long sequence) {
    if ((slot.standing == Standing.LISTED) != (standing == Standing.LISTED)) {
      listed.merge(slot.category, standing == Standing.LISTED ? 1 : -1, Integer::sum);
    }
    slot.standing = standing;
    slot.changed = sequence;
    if (standing == Standing.REMOVED) {
      removed.add(slot.id);
      settle(slot.id);
    } else {
      removed.remove(slot.id);
    }
  }

  private void settle(InfoHash id) {
    List<Report> settled = reports.remove(id);
    openReports -= settled == null ? 0 : settled.size();
  }

  private void write(List<? extends Change> changes) throws IOException {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    List<Integer> offsets = new ArrayList<>();
    for (Change change : changes) {
      offsets.add(payload.size() + Change.HEAD);
      payload.writeBytes(change.encode());
    }
    long position = journal.nextPosition();
    int length = payload.size();
    journal.append(payload.toByteArray());
    for (int i = 0; i < changes.size(); i++) {
      int end = i + 1 < offsets.size() ? offsets.get(i + 1) - Change.HEAD : length;
      apply(changes.get(i), position + offsets.get(i), end - offsets.get(i), journal.sequence());
    }
  }

  /**
   * Takes in torrents. When this returns they are on the disk.
   *
   * @param entries at most {@link #MAX_BATCH}
   * @return those that are new; the others are here already, or there is no room for them
   * @throws IOException if the disk cannot take them; none is in the index then
   */
  public synchronized List<Entry> add(Collection<NewEntry> entries) throws IOException {
    if (entries.size() > MAX_BATCH) {
      throw new IllegalArgumentException("more than a batch");
    }
    List<Added> added = new ArrayList<>();
    Set<InfoHash> batch = new HashSet<>();
    for (NewEntry entry : entries) {
      Metainfo torrent = entry.torrent();
      boolean known =
          slots.containsKey(torrent.id())
              || torrent.otherId().map(slots::containsKey).orElse(false)
              || !batch.add(torrent.id());
      if (known || isFull(added.size(), torrent)) {
        continue;
      }
      TorrentPlace place = torrents.append(torrent.info(), torrent.layers());
      added.add(new Added(entry.at(place)));
    }
    if (!added.isEmpty()) {
      torrents.force();
      write(added);
    }
    return added.stream().map(Added::entry).toList();
  }

  private boolean isFull(int added, Metainfo torrent) {
    return count + added >= limits.entries
        || torrents.used() + torrent.info().length() + torrent.layers().length()
            > limits.torrentBytes;
  }

  /** Writes down what a moderator did, and does it. When this returns it is on the disk. */
  public synchronized void log(LogLine line) throws IOException {
    write(List.of(new Logged(line)));
  }

  /** Gives an account another role and writes that down, both or neither. */
  public synchronized void logRole(LogLine line, Account account) throws IOException {
    write(List.of(new Logged(line), new AccountSet(account)));
  }

  /**
   * Keeps a report.
   *
   * @return whether there was room for it
   */
  public synchronized boolean report(Report report) throws IOException {
    Slot slot = slots.get(report.torrent());
    if (slot == null
        || slot.standing == Standing.REMOVED
        || openReports >= limits.reports
        || reports(slot.id).size() >= limits.reportsOfTorrent) {
      return false;
    }
    write(List.of(new Reported(new Report(slot.id, report.seconds(), report.reason()))));
    return true;
  }

  /**
   * Makes an account, unless somebody has the name. When this returns true it is on the disk.
   *
   * @return whether it is there now
   */
  public synchronized boolean make(Account account) throws IOException {
    if (accounts.containsKey(account.name()) || accounts.size() >= limits.accounts) {
      return false;
    }
    write(List.of(new AccountSet(account)));
    return true;
  }

  /** Changes an account, for another password. */
  public synchronized void change(Account account) throws IOException {
    write(List.of(new AccountSet(account)));
  }

  // ---- looking

  /** The entry of a torrent, whatever its standing. */
  public Optional<Entry> entry(InfoHash torrent) throws IOException {
    Slot slot = slots.get(torrent);
    return slot == null ? Optional.empty() : Optional.of(read(slot));
  }

  private Entry read(Slot slot) throws IOException {
    try {
      return Entry.decode(new ByteReader(journal.read(slot.position, slot.length)));
    } catch (MalformedException e) {
      throw new StoreException("entry " + slot.number + " of the journal is damaged");
    }
  }

  /** How a torrent stands; empty if it is not known. */
  public Optional<Standing> standing(InfoHash torrent) {
    Slot slot = slots.get(torrent);
    return slot == null ? Optional.empty() : Optional.of(slot.standing);
  }

  /**
   * The bytes of a torrent.
   *
   * @throws StoreException if they are not those that were taken
   */
  public Metainfo torrent(Entry entry) throws IOException {
    TorrentPlace place = entry.torrent();
    Bytes info = torrents.read(place, 0, place.infoBytes());
    boolean same =
        entry.v1().map(hash -> hash.equals(Bytes.copyOf(Sha.sha1(info.toArray())))).orElse(true)
            && entry
                .v2()
                .map(hash -> hash.equals(Bytes.copyOf(Sha.sha256(info.toArray()))))
                .orElse(true);
    if (!same) {
      throw new StoreException("the bytes of a torrent have changed on the disk");
    }
    try {
      return MetainfoParser.parse(
          info, torrents.read(place, place.infoBytes(), place.layerBytes()));
    } catch (MetainfoException e) {
      throw new StoreException("the bytes of a torrent have changed on the disk");
    }
  }

  /** Entries, whatever their standing. */
  public int size() {
    return count;
  }

  /** Listed entries of a category, those of its children not among them. */
  public int listed(Category category) {
    return listed.getOrDefault(category, 0);
  }

  /** Listed entries. */
  public int listed() {
    int sum = 0;
    for (Category category : Category.values()) {
      sum += listed(category);
    }
    return sum;
  }

  /** The number of an entry, counted from 0 in the order in which they came; -1 if not known. */
  public int number(InfoHash torrent) {
    Slot slot = slots.get(torrent);
    return slot == null ? -1 : slot.number;
  }

  /** The name of the entry with a number. */
  public InfoHash id(int number) {
    return numbered[number].id;
  }

  /** Changes so far; grows with each. */
  public synchronized long sequence() {
    return journal.sequence();
  }

  /** Bytes that were cut off when the store was opened: what nobody had been told is kept. */
  public long cut() {
    return journal.cut();
  }

  /** Is handed entries. */
  public interface Visitor {
    /** One of them. */
    void entry(Entry entry, Standing standing) throws IOException;
  }

  /** Hands over all entries that changed after a sequence, in the order of their numbers. */
  public void changedAfter(long sequence, Visitor visitor) throws IOException {
    int end = count;
    Slot[] all = numbered;
    for (int i = 0; i < end; i++) {
      if (all[i].changed > sequence) {
        visitor.entry(read(all[i]), all[i].standing);
      }
    }
  }

  /** Torrents that were removed, by all their names. */
  public Set<InfoHash> removed() throws IOException {
    Set<InfoHash> names = new HashSet<>();
    for (InfoHash id : removed) {
      names.add(id);
      entry(id).flatMap(Entry::otherId).ifPresent(names::add);
    }
    return names;
  }

  /** An account. */
  public Optional<Account> account(String name) {
    return Optional.ofNullable(accounts.get(name));
  }

  /** All accounts. */
  public Collection<Account> accounts() {
    return List.copyOf(accounts.values());
  }

  /** Reports of a torrent that wait. */
  public List<Report> reports(InfoHash torrent) {
    return reports.getOrDefault(torrent, List.of());
  }

  /** All reports that wait, the oldest first. */
  public List<Report> reports() {
    return reports.values().stream()
        .flatMap(List::stream)
        .sorted(Comparator.comparingLong(Report::seconds))
        .toList();
  }

  /** Lines of the log. */
  public synchronized int lines() {
    return lines.size();
  }

  /** Lines of the log, the newest first. */
  public List<LogLine> lines(int skip, int most) throws IOException {
    List<LinePlace> places;
    synchronized (this) {
      int end = Math.max(0, lines.size() - skip);
      places = new ArrayList<>(lines.subList(Math.max(0, end - most), end)).reversed();
    }
    List<LogLine> read = new ArrayList<>();
    for (LinePlace place : places) {
      read.add(line(place));
    }
    return read;
  }

  /** The last line that changed how a torrent stands; empty if moderators left it alone. */
  public Optional<LogLine> lastLine(InfoHash torrent) throws IOException {
    Slot slot = slots.get(torrent);
    LinePlace place = slot == null ? null : slot.lastLine;
    return place == null ? Optional.empty() : Optional.of(line(place));
  }

  private LogLine line(LinePlace place) throws IOException {
    try {
      return LogLine.decode(new ByteReader(journal.read(place.position, place.length)));
    } catch (MalformedException e) {
      throw new StoreException("a line of the log is damaged");
    }
  }

  @Override
  public synchronized void close() throws IOException {
    torrents.close();
    journal.close();
  }
}
