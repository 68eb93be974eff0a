package org.tunic.index.web;

/**
 * A torrent in a list.
 *
 * <p>Threads: immutable.
 *
 * @param link to its page
 * @param name made harmless
 * @param category label
 * @param categoryLink to a search for it
 * @param size as text
 * @param date as text
 * @param seeders as text
 * @param leechers as text
 */
public record Row(
    String link,
    String name,
    String category,
    String categoryLink,
    String size,
    String date,
    String seeders,
    String leechers) {}
