package org.tunic.index.store;

import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.tracker.swarm.InfoHash;

/**
 * A visitor says that something is wrong with a torrent.
 *
 * <p>Threads: immutable.
 *
 * @param torrent which
 * @param seconds since 1970
 * @param reason in the visitor's words; hostile
 */
public record Report(InfoHash torrent, long seconds, String reason) {
  void encode(ByteWriter out) {
    out.bytes(torrent.toArray()).u64(seconds);
    Entry.text(out, reason);
  }

  static Report decode(ByteReader in) throws MalformedException {
    return new Report(InfoHash.at(in.array(InfoHash.LENGTH), 0), in.u64(), Entry.text(in));
  }
}
