package org.tunic.index;

import java.util.Collections;
import java.util.TreeMap;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.index.metainfo.Metainfo;
import org.tunic.index.metainfo.MetainfoException;
import org.tunic.index.metainfo.MetainfoParser;
import org.tunic.tracker.bencode.Bencode;
import org.tunic.tracker.bencode.BencodeException;
import org.tunic.tracker.bencode.BencodeValue;
import org.tunic.tracker.bencode.BencodeValue.Dict;
import org.tunic.tracker.bencode.BencodeValue.Int;
import org.tunic.tracker.bencode.BencodeValue.Span;
import org.tunic.tracker.bencode.BencodeWriter;

/**
 * The private one of a torrent: the same info dictionary with {@code private} in it, hence another
 * torrent.
 *
 * <p>Spec: BEP 27. Threads: any, because it has no state.
 */
final class PrivateTorrent {
  private static final Bencode.Limits LIMITS =
      new Bencode.Limits(64, MetainfoParser.MAX_VALUES, MetainfoParser.MAX_BYTES);

  private PrivateTorrent() {}

  static Metainfo of(Metainfo torrent) throws MetainfoException {
    try {
      if (Bencode.read(torrent.info().toArray(), LIMITS) instanceof Dict info) {
        TreeMap<Bytes, BencodeValue> entries = new TreeMap<>(info.entries());
        entries.put(
            Bytes.copyOf(new byte[] {'p', 'r', 'i', 'v', 'a', 't', 'e'}),
            new Int(1, new Span(0, 0)));
        Dict closed = new Dict(Collections.unmodifiableSortedMap(entries), info.span());
        byte[] bytes = new BencodeWriter(torrent.info().length() + 16).value(closed).toArray();
        return MetainfoParser.parse(Bytes.copyOf(bytes), torrent.layers());
      }
    } catch (BencodeException e) {
      // it was read before
    }
    throw new IllegalArgumentException("no info dictionary");
  }
}
