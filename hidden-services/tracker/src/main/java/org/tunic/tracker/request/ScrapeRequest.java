package org.tunic.tracker.request;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tunic.tracker.swarm.InfoHash;

/**
 * A scrape: of the torrents it names, or, if it names none, of a page of all.
 *
 * <p>Spec: BEP 48. Threads: immutable.
 *
 * @param torrents in the order named, each once
 * @param after of the page: the last torrent of the page before; empty for the first
 */
public record ScrapeRequest(List<InfoHash> torrents, Optional<InfoHash> after) {
  /** Torrents of one scrape; more do not fit into a request line. */
  public static final int MAX_TORRENTS = 74;

  /** Copies the list. */
  public ScrapeRequest {
    torrents = List.copyOf(torrents);
  }

  /**
   * Reads what stands behind the question mark.
   *
   * @throws RequestException with the reason why it cannot be answered
   */
  public static ScrapeRequest parse(String query) throws RequestException {
    List<InfoHash> torrents = new ArrayList<>();
    List<InfoHash> after = new ArrayList<>();
    QueryString.forEach(
        query,
        (at, length, from, to) -> {
          switch (query.substring(at, at + length)) {
            case "info_hash" -> {
              InfoHash torrent = torrent(query, from, to, "bad info_hash");
              if (!torrents.contains(torrent)) {
                torrents.add(torrent);
              }
              if (torrents.size() > MAX_TORRENTS) {
                throw new RequestException("too many info_hashes");
              }
            }
            case "after" -> after.add(torrent(query, from, to, "bad after"));
            default -> {}
          }
        });
    return new ScrapeRequest(torrents, after.stream().findFirst());
  }

  private static InfoHash torrent(String query, int from, int to, String wrong)
      throws RequestException {
    return InfoHash.at(QueryString.decodeExactly(query, from, to, InfoHash.LENGTH, wrong), 0);
  }

  /** Whether a page of all torrents is asked for. */
  public boolean isFull() {
    return torrents.isEmpty();
  }
}
