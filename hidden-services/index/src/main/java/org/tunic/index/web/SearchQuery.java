package org.tunic.index.web;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.tunic.index.metainfo.Magnet;
import org.tunic.index.search.Search;
import org.tunic.index.search.Search.Order;
import org.tunic.index.store.Category;

/**
 * A search as it stands in an address: {@code q}, {@code cat}, {@code sort}, {@code order}, {@code
 * page}.
 *
 * <p>Threads: immutable.
 *
 * @param words as typed
 * @param categories only these; empty for all
 * @param sort by what
 * @param ascending the smallest first
 * @param page counted from 0
 */
record SearchQuery(
    String words, Set<Category> categories, Order sort, boolean ascending, int page) {
  /** Torrents of a page: with names as long as they may be, it stays below 50 kB. */
  static final int PAGE_ROWS = 30;

  static final int MAX_PAGE = 199;
  private static final int MAX_CATEGORIES = 24;

  static SearchQuery of(Query query) {
    Set<Category> categories = EnumSet.noneOf(Category.class);
    for (int number : query.numbers("cat", MAX_CATEGORIES)) {
      Category.of(number).ifPresent(categories::add);
    }
    Order sort =
        Arrays.stream(Order.values())
            .filter(order -> name(order).equals(query.get("sort")))
            .findFirst()
            .orElse(Order.DATE);
    String words = query.get("q").strip();
    return new SearchQuery(
        words.substring(0, Math.min(words.length(), Search.MAX_WORDS)),
        categories,
        sort,
        query.get("order").equals("asc"),
        query.number("page", 0, MAX_PAGE));
  }

  static String name(Order order) {
    return order.name().toLowerCase(Locale.ROOT);
  }

  Search search(int rows) {
    return new Search(words, categories, sort, ascending, page * rows, rows);
  }

  SearchQuery page(int other) {
    return new SearchQuery(words, categories, sort, ascending, other);
  }

  /** The same in a category only; in all if it is searched in already. */
  SearchQuery toggled(Category category) {
    return new SearchQuery(
        words,
        categories.equals(Set.of(category)) ? Set.of() : Set.of(category),
        sort,
        ascending,
        0);
  }

  /** Sorted otherwise; the other way round if it is sorted so already. */
  SearchQuery sorted(Order order) {
    return new SearchQuery(words, categories, order, sort == order && !ascending, 0);
  }

  /** Link to it at a path. */
  String link(String path) {
    StringBuilder link = new StringBuilder(path);
    char mark = '?';
    if (!words.isEmpty()) {
      link.append(mark).append("q=").append(Magnet.encode(words));
      mark = '&';
    }
    if (!categories.isEmpty()) {
      List<Category> sorted = categories.stream().sorted().toList();
      link.append(mark)
          .append("cat=")
          .append(
              sorted.stream()
                  .map(category -> Integer.toString(category.number()))
                  .collect(Collectors.joining(",")));
      mark = '&';
    }
    if (sort != Order.DATE || ascending) {
      link.append(mark).append("sort=").append(name(sort));
      link.append("&order=").append(ascending ? "asc" : "desc");
      mark = '&';
    }
    if (page > 0) {
      link.append(mark).append("page=").append(page);
    }
    return link.toString();
  }
}
