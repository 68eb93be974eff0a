package org.tunic.gateway.announce;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.tracker.bencode.Bencode;
import org.tunic.tracker.bencode.BencodeException;
import org.tunic.tracker.bencode.BencodeValue;
import org.tunic.tracker.bencode.BencodeValue.Dict;
import org.tunic.tracker.bencode.BencodeValue.Int;
import org.tunic.tracker.bencode.BencodeWriter;
import org.tunic.tracker.swarm.InfoHash;

/**
 * The counts of one torrent in a tracker's answer to a scrape.
 *
 * <p>Spec: BEP 48. Threads: immutable.
 *
 * @param complete seeds
 * @param downloaded how often it was completed
 * @param incomplete others
 */
public record ScrapeAnswer(long complete, long downloaded, long incomplete) {
  private static final ScrapeAnswer NOTHING = new ScrapeAnswer(0, 0, 0);
  private static final Bencode.Limits LIMITS =
      new Bencode.Limits(4, 2_000, TrackerAnswer.MAX_BYTES);

  /**
   * Reads the counts of a torrent; zeros if the answer has none.
   *
   * @throws BencodeException if it is no bencoding
   */
  public static ScrapeAnswer read(byte[] body, InfoHash torrent) throws BencodeException {
    if (Bencode.read(body, LIMITS) instanceof Dict answer
        && answer.get("files").orElse(null) instanceof Dict files
        && files.entries().get(Bytes.copyOf(torrent.toArray())) instanceof Dict counts) {
      return new ScrapeAnswer(
          count(counts, "complete"), count(counts, "downloaded"), count(counts, "incomplete"));
    }
    return NOTHING;
  }

  private static long count(Dict counts, String key) {
    BencodeValue value = counts.get(key).orElse(null);
    return value instanceof Int number ? Math.clamp(number.value(), 0, Integer.MAX_VALUE) : 0;
  }

  /** What the client gets. */
  public static byte[] write(Map<InfoHash, ScrapeAnswer> torrents) {
    SortedMap<InfoHash, ScrapeAnswer> sorted = new TreeMap<>(torrents);
    BencodeWriter out = new BencodeWriter(32 + 96 * sorted.size());
    out.dictionary().text("files").dictionary();
    sorted.forEach(
        (torrent, counts) -> {
          out.text(torrent.toArray()).dictionary();
          out.text("complete").integer(counts.complete);
          out.text("downloaded").integer(counts.downloaded);
          out.text("incomplete").integer(counts.incomplete);
          out.end();
        });
    return out.end().end().toArray();
  }
}
