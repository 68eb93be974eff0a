package org.tunic.index.web;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.index.TorrentIndex;
import org.tunic.index.account.FormTokens;
import org.tunic.index.metainfo.Magnet;
import org.tunic.index.metainfo.Metainfo;
import org.tunic.index.metainfo.SafeText;
import org.tunic.index.metainfo.TorrentFile;
import org.tunic.index.search.Found;
import org.tunic.index.search.Search;
import org.tunic.index.search.Search.Order;
import org.tunic.index.store.Category;
import org.tunic.index.store.Entry;
import org.tunic.index.store.LogLine;
import org.tunic.index.store.NewEntry;
import org.tunic.index.store.Report;
import org.tunic.index.store.Role;
import org.tunic.index.store.Standing;
import org.tunic.tracker.swarm.Counts;
import org.tunic.tracker.swarm.InfoHash;

/**
 * Looking at torrents: lists, a torrent's page, its file.
 *
 * <p>Threads: any.
 */
final class Browsing {
  /** Characters of a name in a list. */
  static final int MAX_NAME = 160;

  /** Characters of a name in a magnet link. */
  static final int MAX_MAGNET_NAME = 120;

  private static final int HOME_ROWS = 20;
  private static final int MAX_REASON = 200;

  private final TorrentIndex index;
  private final Pages pages;
  private final FormTokens tokens;

  Browsing(TorrentIndex index, Pages pages, FormTokens tokens) {
    this.index = index;
    this.pages = pages;
    this.tokens = tokens;
  }

  static String hex(InfoHash id) {
    return Bytes.copyOf(id.toArray()).hex();
  }

  /** Link to a torrent's page. */
  static String link(InfoHash id) {
    return "/t/" + hex(id);
  }

  /** The magnet link of an entry. */
  static String magnet(Entry entry, List<String> trackers) {
    return Magnet.of(
        entry.v1(),
        entry.v2(),
        SafeText.line(entry.name(), MAX_MAGNET_NAME),
        entry.length(),
        trackers);
  }

  // ---- lists

  WebResponse home(Visit visit) throws IOException {
    Found newest = index.search().search(new Search("", Set.of(), Order.DATE, false, 0, HOME_ROWS));
    return pages.home(
        visit, facets(new SearchQuery("", Set.of(), Order.DATE, false, 0)), rows(newest));
  }

  WebResponse search(Visit visit) throws IOException {
    SearchQuery query = SearchQuery.of(visit.request().query());
    Found found = index.search().search(query.search(SearchQuery.PAGE_ROWS));
    int last =
        Math.min(SearchQuery.MAX_PAGE, Math.max(0, found.total() - 1) / SearchQuery.PAGE_ROWS);
    List<Facet> sorts = new ArrayList<>();
    for (Order order : Order.values()) {
      sorts.add(
          new Facet(
              SearchQuery.name(order),
              "",
              query.sorted(order).link("/search"),
              query.sort() == order));
    }
    String title =
        query.words().isEmpty() ? "All torrents" : SafeText.line(query.words(), MAX_NAME);
    return pages.results(
        visit,
        title,
        query.words(),
        new ResultPage(
            found.total(),
            rows(found),
            facets(query),
            sorts,
            query.page() > 0 ? query.page(query.page() - 1).link("/search") : "",
            query.page() < last ? query.page(query.page() + 1).link("/search") : "",
            query.page(0).link("/rss")));
  }

  /** How much of what matches is in each category, those above their children included. */
  private List<Facet> facets(SearchQuery query) throws IOException {
    Map<Category, Integer> counts = new EnumMap<>(Category.class);
    if (query.words().isEmpty()) {
      for (Category category : Category.values()) {
        counts.put(category, index.store().listed(category));
      }
    } else {
      counts.putAll(index.search().byCategory(query.search(1)));
    }
    List<Facet> facets = new ArrayList<>();
    for (Category category : Category.values()) {
      int count = counts.getOrDefault(category, 0);
      if (category.isParent()) {
        count += category.children().stream().mapToInt(c -> counts.getOrDefault(c, 0)).sum();
      }
      boolean chosen = query.categories().contains(category);
      boolean near =
          category.isParent()
              || query.categories().stream().anyMatch(c -> c.parent() == category.parent());
      if (chosen || (count > 0 && near)) {
        facets.add(
            new Facet(
                category.label(),
                Integer.toString(count),
                query.toggled(category).link("/search"),
                chosen));
      }
    }
    return facets;
  }

  private List<Row> rows(Found found) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (InfoHash id : found.torrents()) {
      Optional<Entry> entry = index.store().entry(id);
      if (entry.isPresent()) {
        rows.add(row(entry.get()));
      }
    }
    return rows;
  }

  private Row row(Entry entry) {
    Optional<Counts> counts = index.counts(entry);
    return new Row(
        link(entry.id()),
        SafeText.line(entry.name(), MAX_NAME),
        entry.category().label(),
        "/search?cat=" + entry.category().number(),
        Texts.size(entry.length()),
        Texts.date(entry.addedSeconds()),
        counts.map(c -> Integer.toString(c.complete())).orElse("?"),
        counts.map(c -> Integer.toString(c.incomplete())).orElse("?"));
  }

  WebResponse rss(Visit visit) throws IOException {
    SearchQuery query = SearchQuery.of(visit.request().query());
    List<Entry> entries = new ArrayList<>();
    for (InfoHash id : index.search().search(query.search(SearchQuery.PAGE_ROWS)).torrents()) {
      index.store().entry(id).ifPresent(entries::add);
    }
    return Feed.rss(index, visit.request().host(), query, entries);
  }

  // ---- one torrent

  WebResponse details(Visit visit, InfoHash id) throws IOException {
    Optional<Entry> known = index.store().entry(id);
    if (known.isEmpty()) {
      return pages.notFound(visit);
    }
    Entry entry = known.get();
    if (!entry.id().equals(id)) {
      return WebResponse.goTo(link(entry.id()));
    }
    Standing standing = index.store().standing(id).orElse(Standing.LISTED);
    boolean moderator = visit.may(Role.MODERATOR);
    String notice = standing == Standing.LISTED ? "" : notice(id, standing);
    if (standing == Standing.REMOVED && !moderator) {
      return pages.message(visit, 410, "Removed", notice, "/log", "Moderation log");
    }
    return pages.details(visit, details(visit, entry, notice, moderator));
  }

  private String notice(InfoHash id, Standing standing) throws IOException {
    String reason = index.store().lastLine(id).map(LogLine::reason).orElse("");
    return (standing == Standing.HIDDEN
            ? "Moderators hid this torrent"
            : "Moderators removed this torrent")
        + (reason.isBlank() ? "." : ": " + SafeText.line(reason, MAX_REASON));
  }

  private Details details(Visit visit, Entry entry, String notice, boolean moderator)
      throws IOException {
    Metainfo torrent = index.store().torrent(entry);
    FileTree.Shown files = FileTree.of(torrent.files());
    List<String> trackers = index.settings().trackers();
    return new Details(
        hex(entry.id()),
        SafeText.line(entry.name(), MAX_NAME),
        notice,
        link(entry.id()) + ".torrent",
        magnet(entry, trackers),
        entry.category().label(),
        "/search?cat=" + entry.category().number(),
        Texts.size(entry.length()),
        entry.files(),
        Texts.size(entry.pieceLength()),
        Texts.date(entry.addedSeconds()),
        entry.uploader(),
        peers(index.counts(entry)),
        entry.v1().map(Bytes::hex).orElse(""),
        entry.v2().map(Bytes::hex).orElse(""),
        entry.isPrivate(),
        entry.tags(),
        trackers,
        SafeText.lines(entry.description(), NewEntry.MAX_DESCRIPTION),
        files.nodes(),
        files.unseen(),
        "/report/" + hex(entry.id()),
        moderator
            ? index.store().reports(entry.id()).stream()
                .map(Report::reason)
                .map(reason -> SafeText.line(reason, MAX_REASON))
                .toList()
            : List.of(),
        moderator ? tokens.of(visit.cookie(), "moderate") : "");
  }

  private static String peers(Optional<Counts> counts) {
    return counts
        .map(
            c ->
                c.complete()
                    + " seeders, "
                    + c.incomplete()
                    + " leechers, downloaded "
                    + c.downloaded()
                    + " times; as of now")
        .orElse("not known: the tracker is elsewhere");
  }

  WebResponse torrent(Visit visit, InfoHash id) throws IOException {
    Optional<Entry> entry = index.store().entry(id);
    if (entry.isEmpty()) {
      return pages.notFound(visit);
    }
    if (index.store().standing(id).orElse(Standing.REMOVED) == Standing.REMOVED) {
      return pages.message(
          visit, 410, "Removed", notice(id, Standing.REMOVED), "/log", "Moderation log");
    }
    Metainfo torrent = index.store().torrent(entry.get());
    byte[] file = TorrentFile.of(index.settings().trackers(), torrent.info(), torrent.layers());
    return WebResponse.of(200, "application/x-bittorrent", file)
        .named(hex(entry.get().id()) + ".torrent");
  }

  WebResponse statistics(Visit visit) {
    List<Facet> numbers = new ArrayList<>();
    numbers.add(number("Torrents", index.store().listed()));
    index.swarmTotals().forEach((name, value) -> numbers.add(number(name, value)));
    Arrays.stream(Category.values())
        .filter(Category::isParent)
        .forEach(
            category ->
                numbers.add(
                    number(
                        category.label(),
                        index.store().listed(category)
                            + category.children().stream().mapToInt(index.store()::listed).sum())));
    return pages.statistics(visit, numbers);
  }

  private static Facet number(String label, long value) {
    return new Facet(label, Texts.rounded(value), "", false);
  }
}
