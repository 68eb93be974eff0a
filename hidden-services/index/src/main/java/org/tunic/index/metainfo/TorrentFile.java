package org.tunic.index.metainfo;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.tracker.bencode.BencodeWriter;

/**
 * A torrent as it is handed out: the info dictionary and the piece layers byte for byte, and outer
 * keys of our own. Whatever else stood there (who made it, when, with what, web seeds, other
 * trackers, nodes of a DHT) is gone.
 *
 * <p>Spec: BEP 3, BEP 12, BEP 52. Threads: any, because it has no state.
 */
public final class TorrentFile {
  private TorrentFile() {}

  /**
   * The bytes of the file.
   *
   * @param trackers addresses to announce to, the first one first; none for a torrent without
   * @param info the info dictionary
   * @param layers the piece layers; empty for none
   */
  public static byte[] of(List<String> trackers, Bytes info, Bytes layers) {
    BencodeWriter out = new BencodeWriter(256 + info.length() + layers.length()).dictionary();
    if (!trackers.isEmpty()) {
      out.text("announce").text(utf8(trackers.getFirst()));
    }
    if (trackers.size() > 1) {
      out.text("announce-list").list();
      for (String tracker : trackers) {
        out.list().text(utf8(tracker)).end();
      }
      out.end();
    }
    out.text("info").encoded(info);
    if (layers.length() > 0) {
      out.text("piece layers").encoded(layers);
    }
    return out.end().toArray();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
