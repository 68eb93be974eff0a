package org.tunic.index.search;

import java.util.Set;
import org.tunic.index.store.Category;

/**
 * What somebody looks for.
 *
 * <p>Threads: immutable.
 *
 * @param words as typed; empty for everything
 * @param categories only these, with their children; empty for all
 * @param order by what they are sorted
 * @param ascending the smallest first
 * @param skip results before the first
 * @param most results
 */
public record Search(
    String words, Set<Category> categories, Order order, boolean ascending, int skip, int most) {
  /** Characters that are looked at; what follows is not. */
  public static final int MAX_WORDS = 256;

  /** Results that can be reached. */
  public static final int MAX_REACH = 10_000;

  /** By what results are sorted. */
  public enum Order {
    /** When it came. */
    DATE,
    /** Bytes. */
    SIZE,
    /** Peers that have all of it. */
    SEEDERS,
    /** How often it was downloaded. */
    DOWNLOADS
  }

  /** Cuts and copies. */
  public Search {
    words = words.length() > MAX_WORDS ? words.substring(0, MAX_WORDS) : words;
    categories = Set.copyOf(categories);
    if (skip < 0 || most < 1 || skip + most > MAX_REACH) {
      throw new IllegalArgumentException("results out of reach");
    }
  }
}
