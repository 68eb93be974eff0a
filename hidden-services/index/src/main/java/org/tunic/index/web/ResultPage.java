package org.tunic.index.web;

import java.util.List;

/**
 * What was found.
 *
 * <p>Threads: immutable.
 *
 * @param total all that match
 * @param rows those of this page
 * @param facets categories
 * @param sorts ways to sort it
 * @param previous link to the page before; empty for none
 * @param next link to the next one; empty for none
 * @param rss link to a feed of it
 */
public record ResultPage(
    int total,
    List<Row> rows,
    List<Facet> facets,
    List<Facet> sorts,
    String previous,
    String next,
    String rss) {
  /** Copies the lists. */
  public ResultPage {
    rows = List.copyOf(rows);
    facets = List.copyOf(facets);
    sorts = List.copyOf(sorts);
  }
}
