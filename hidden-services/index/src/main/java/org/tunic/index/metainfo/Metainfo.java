package org.tunic.index.metainfo;

import java.util.List;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.tracker.swarm.InfoHash;

/**
 * What a torrent says of itself.
 *
 * <p>Spec: BEP 3, BEP 27, BEP 52. Threads: immutable.
 *
 * @param info the info dictionary, byte for byte as it came: its hash is the torrent's name
 * @param layers the value of {@code piece layers} as it came; empty if there was none
 * @param v1 SHA-1 of the info dictionary, 20 bytes, if it has pieces of the first version
 * @param v2 SHA-256 of it, 32 bytes, if it has a file tree of the second version
 * @param name of the file or directory; as hostile as whoever made it
 * @param length of all files in bytes, without those that only pad
 * @param pieceLength bytes
 * @param isPrivate whether clients are asked to find peers through trackers only
 * @param files without those that only pad, in the order of the torrent
 */
public record Metainfo(
    Bytes info,
    Bytes layers,
    Optional<Bytes> v1,
    Optional<Bytes> v2,
    String name,
    long length,
    long pieceLength,
    boolean isPrivate,
    List<FileEntry> files) {
  /**
   * A file.
   *
   * @param path directories and name; none is empty, ".", "..", or has a slash in it
   * @param length bytes
   */
  public record FileEntry(List<String> path, long length) {
    /** Copies the list. */
    public FileEntry {
      path = List.copyOf(path);
    }

    /** Its path as one text. */
    public String text() {
      return String.join("/", path);
    }
  }

  /** Copies the list; a torrent has a hash of at least one version. */
  public Metainfo {
    if (v1.isEmpty() && v2.isEmpty()) {
      throw new IllegalArgumentException("neither version");
    }
    files = List.copyOf(files);
  }

  /**
   * What trackers know it by, and this index: the hash of the first version, or what the second is
   * cut to.
   */
  public InfoHash id() {
    return InfoHash.at(v1.or(() -> v2).orElseThrow().toArray(), 0);
  }

  /** The other name that trackers know a torrent of both versions by. */
  public Optional<InfoHash> otherId() {
    return v1.isPresent() && v2.isPresent()
        ? Optional.of(InfoHash.at(v2.get().toArray(), 0))
        : Optional.empty();
  }
}
