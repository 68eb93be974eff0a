package org.tunic.index;

import java.util.List;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;

/**
 * What an index is like.
 *
 * <p>Threads: immutable.
 *
 * @param title of the site
 * @param trackers addresses that torrents are handed out with
 * @param about paragraphs for the page about it
 * @param operator id on the ledger, 32 bytes, if its catalogue is anchored there
 * @param anonymousUploads whether visitors without an account may upload
 * @param anonymousPerHour uploads, reports and new accounts of all of them together in an hour
 * @param uploadsPerHour of one account
 */
public record IndexSettings(
    String title,
    List<String> trackers,
    List<String> about,
    Optional<Bytes> operator,
    boolean anonymousUploads,
    int anonymousPerHour,
    int uploadsPerHour) {
  /** Copies the lists. */
  public IndexSettings {
    trackers = List.copyOf(trackers);
    about = List.copyOf(about);
  }

  /** For an index with these trackers. */
  public static IndexSettings of(String title, List<String> trackers) {
    return new IndexSettings(title, trackers, List.of(), Optional.empty(), true, 120, 30);
  }
}
