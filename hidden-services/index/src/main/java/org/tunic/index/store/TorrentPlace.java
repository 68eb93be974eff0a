package org.tunic.index.store;

/**
 * Where the bytes of a torrent stand.
 *
 * <p>Threads: immutable.
 *
 * @param file number of the file
 * @param offset of the info dictionary in it; the piece layers follow
 * @param infoBytes length of the info dictionary
 * @param layerBytes length of the piece layers, 0 for none
 */
public record TorrentPlace(int file, int offset, int infoBytes, int layerBytes) {
  /** Before all torrents. */
  static final TorrentPlace NONE = new TorrentPlace(0, 0, 0, 0);

  int end() {
    return offset + infoBytes + layerBytes;
  }

  boolean isBehind(TorrentPlace other) {
    return file > other.file || (file == other.file && end() > other.end());
  }
}
