package org.tunic.index;

import org.tunic.index.store.Entry;
import org.tunic.tracker.swarm.InfoHash;

/**
 * What became of an upload.
 *
 * <p>Threads: immutable.
 */
public sealed interface Uploaded {
  /** It is in the index, and on the disk. */
  record Added(Entry entry) implements Uploaded {}

  /** It was here before, perhaps hidden or removed. */
  record Known(InfoHash torrent) implements Uploaded {}

  /** It was not taken; the reason is fixed text. */
  record Refused(String reason) implements Uploaded {}
}
