package org.tunic.index.torznab;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.tunic.index.TorrentIndex;
import org.tunic.index.search.Found;
import org.tunic.index.search.Search;
import org.tunic.index.search.Search.Order;
import org.tunic.index.store.Category;
import org.tunic.index.store.Entry;
import org.tunic.index.web.Feed;
import org.tunic.index.web.Query;
import org.tunic.index.web.WebRequest;
import org.tunic.index.web.WebResponse;
import org.tunic.index.web.Xml;
import org.tunic.tracker.swarm.InfoHash;

/**
 * Torznab: what is supported ({@code t=caps}), and searches, answered with RSS. No key is asked
 * for; one that is sent is not looked at. Seasons and episodes become words as names have them,
 * years too; what is searched by a number of some other database alone finds nothing, since names
 * do not say it.
 *
 * <p>Errors are XML with status 200, as programs expect.
 *
 * <p>Spec: Torznab. Threads: any.
 */
public final class Torznab {
  /** Results of an answer, if the program does not say. */
  public static final int DEFAULT_LIMIT = 50;

  /** Results of an answer. */
  public static final int MAX_LIMIT = 100;

  private static final String XML = "application/xml; charset=utf-8";
  private static final int BAD_PARAMETER = 201;
  private static final int MISSING_PARAMETER = 200;
  private static final int NO_SUCH_FUNCTION = 202;
  private static final int MAX_CATEGORIES = 64;

  private final TorrentIndex index;

  /** Of an index. */
  public Torznab(TorrentIndex index) {
    this.index = index;
  }

  /** Answers a request. */
  public WebResponse answer(WebRequest request) throws IOException {
    Query query = request.query();
    return switch (query.get("t")) {
      case "caps" -> caps();
      case "search" -> search(request, words(query));
      case "tvsearch", "tv-search" -> search(request, tvWords(query));
      case "movie", "moviesearch", "movie-search" -> search(request, words(query, "year", "genre"));
      case "music", "audio" -> search(request, words(query, "artist", "album", "label", "year"));
      case "book" -> search(request, words(query, "author", "title", "year"));
      case "" -> error(MISSING_PARAMETER, "Missing parameter (t)");
      default -> error(NO_SUCH_FUNCTION, "No such function");
    };
  }

  private static WebResponse error(int code, String description) {
    return WebResponse.text(
        200,
        XML,
        new Xml()
            .empty("error", "code", Integer.toString(code), "description", description)
            .toString());
  }

  // ---- words

  private static String words(Query query, String... more) {
    StringBuilder words = new StringBuilder(query.get("q"));
    for (String name : more) {
      String value = query.get(name);
      if (!value.isBlank() && !value.equals("0")) {
        words.append(' ').append(value);
      }
    }
    return words.toString();
  }

  /** Season and episode as names have them: S01E02, S01, or the day of a daily programme. */
  private static String tvWords(Query query) {
    String season = digits(query.get("season"), "S", "s");
    String episode = digits(query.get("ep"), "E", "e");
    String words = words(query);
    if (season.length() == 4 && query.get("ep").indexOf('/') > 0) {
      return words + " " + season + " " + query.get("ep").replace('/', ' ');
    }
    if (season.length() == 4) {
      return words + " " + season;
    }
    if (season.isEmpty()) {
      return words;
    }
    String number = "s" + (season.length() < 2 ? "0" + season : season);
    if (episode.isEmpty()) {
      // A whole season, or any episode of it.
      return words + " " + number + "*";
    }
    return words + " " + number + "e" + (episode.length() < 2 ? "0" + episode : episode);
  }

  private static String digits(String value, String... prefixes) {
    String rest = value.strip();
    for (String prefix : prefixes) {
      rest = rest.startsWith(prefix) ? rest.substring(1) : rest;
    }
    return !rest.isEmpty() && rest.length() <= 4 && rest.chars().allMatch(Character::isDigit)
        ? rest
        : "";
  }

  /** Whether it is by the number of another database alone. */
  private static boolean isByNumberAlone(Query query, String words) {
    return words.isBlank()
        && List.of("imdbid", "tvdbid", "tmdbid", "tvmazeid", "traktid", "rid", "doubanid").stream()
            .anyMatch(name -> !query.get(name).isBlank());
  }

  // ---- answers

  private WebResponse search(WebRequest request, String words) throws IOException {
    Query query = request.query();
    String categoryText = query.get("cat");
    if (!categoryText.chars().allMatch(c -> c == ',' || c == ' ' || Character.isDigit(c))) {
      return error(BAD_PARAMETER, "Incorrect parameter (cat)");
    }
    Set<Category> categories = EnumSet.noneOf(Category.class);
    List<Integer> numbers = query.numbers("cat", MAX_CATEGORIES);
    numbers.forEach(number -> Category.of(number).ifPresent(categories::add));
    int limit = Math.max(1, query.number("limit", DEFAULT_LIMIT, MAX_LIMIT));
    int offset = query.number("offset", 0, Search.MAX_REACH);
    // Categories that are not here have nothing in them; that is no error.
    boolean nothing =
        (categories.isEmpty() && !numbers.isEmpty())
            || isByNumberAlone(query, words)
            || offset + limit > Search.MAX_REACH;
    Found found =
        nothing
            ? new Found(0, List.of())
            : index
                .search()
                .search(new Search(words, categories, Order.DATE, false, offset, limit));
    String site = "http://" + request.host();
    Xml xml =
        new Xml()
            .begin(
                "rss",
                "version",
                "2.0",
                "xmlns:atom",
                "http://www.w3.org/2005/Atom",
                "xmlns:torznab",
                "http://torznab.com/schemas/2015/feed")
            .begin("channel")
            .empty("atom:link", "href", site + "/api", "rel", "self", "type", "application/rss+xml")
            .text("title", index.settings().title())
            .text("description", index.settings().title())
            .text("link", site + "/")
            .empty(
                "torznab:response",
                "offset",
                Integer.toString(offset),
                "total",
                Integer.toString(found.total()));
    for (InfoHash id : found.torrents()) {
      Entry entry = index.store().entry(id).orElse(null);
      if (entry != null) {
        Feed.torznabItem(xml, index, site, entry);
      }
    }
    return WebResponse.text(200, Feed.TYPE, xml.end("channel").end("rss").toString());
  }

  private WebResponse caps() {
    Xml xml =
        new Xml()
            .begin("caps")
            .empty("server", "title", index.settings().title(), "version", "1.0")
            .empty(
                "limits",
                "default",
                Integer.toString(DEFAULT_LIMIT),
                "max",
                Integer.toString(MAX_LIMIT))
            .begin("searching");
    able(xml, "search", "q");
    able(xml, "tv-search", "q,season,ep");
    able(xml, "movie-search", "q,year,genre");
    able(xml, "music-search", "q,artist,album,label,year");
    able(xml, "audio-search", "q,artist,album,label,year");
    able(xml, "book-search", "q,author,title,year");
    xml.end("searching").begin("categories");
    for (Category category : Category.values()) {
      if (category.isParent()) {
        xml.begin("category", "id", Integer.toString(category.number()), "name", category.label());
        for (Category child : category.children()) {
          xml.empty("subcat", "id", Integer.toString(child.number()), "name", child.label());
        }
        xml.end("category");
      }
    }
    return WebResponse.text(200, XML, xml.end("categories").end("caps").toString());
  }

  private static void able(Xml xml, String name, String parameters) {
    xml.empty(name, "available", "yes", "supportedParams", parameters);
  }
}
