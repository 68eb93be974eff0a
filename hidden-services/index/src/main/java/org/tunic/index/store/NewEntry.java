package org.tunic.index.store;

import java.util.List;
import org.tunic.index.metainfo.Metainfo;

/**
 * A torrent to take in.
 *
 * <p>Threads: immutable.
 *
 * @param torrent as it was read
 * @param category what it is
 * @param tags lower-case words, at most {@link #MAX_TAGS}
 * @param description plain text, at most {@link #MAX_DESCRIPTION} characters
 * @param uploader account; empty for nobody
 * @param seconds since 1970
 */
public record NewEntry(
    Metainfo torrent,
    Category category,
    List<String> tags,
    String description,
    String uploader,
    long seconds) {
  /** Tags of a torrent. */
  public static final int MAX_TAGS = 12;

  /** Characters of a tag. */
  public static final int MAX_TAG = 32;

  /** Characters of a description. */
  public static final int MAX_DESCRIPTION = 4000;

  /** Copies the list. */
  public NewEntry {
    if (tags.size() > MAX_TAGS || description.length() > MAX_DESCRIPTION) {
      throw new IllegalArgumentException("too many tags, or too long a description");
    }
    tags = List.copyOf(tags);
  }

  Entry at(TorrentPlace place) {
    return new Entry(
        torrent.v1(),
        torrent.v2(),
        torrent.name(),
        torrent.length(),
        torrent.files().size(),
        torrent.pieceLength(),
        (torrent.isPrivate() ? Entry.PRIVATE : 0)
            | (torrent.files().size() > 1 ? Entry.SEVERAL_FILES : 0),
        category,
        tags,
        description,
        uploader,
        seconds,
        place);
  }
}
