package org.tunic.tracker;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.tunic.tracker.swarm.InfoHash;

/**
 * Which torrents are served: all but those of a list, or those of a list only, or both.
 *
 * <p>A list is a text file: an info hash in hexadecimal digits on each line, 40 of them, or the 64
 * of a torrent of version 2, of which the first 40 count. What follows a number sign is not read.
 *
 * <p>Threads: immutable.
 *
 * @param allowed only these, if present
 * @param blocked none of these
 */
public record ServedTorrents(Optional<Set<InfoHash>> allowed, Set<InfoHash> blocked) {
  /** Torrents of one list. */
  public static final int MAX_LIST = 2_000_000;

  private static final int V1_DIGITS = 40;
  private static final int V2_DIGITS = 64;

  /** All torrents there are. */
  public static final ServedTorrents ALL = new ServedTorrents(Optional.empty(), Set.of());

  /** Copies the sets. */
  public ServedTorrents {
    allowed = allowed.map(Set::copyOf);
    blocked = Set.copyOf(blocked);
  }

  /**
   * Reads the lists.
   *
   * @param allow of the torrents to serve; empty for all
   * @param block of those not to serve; empty for none
   * @throws IOException if a file cannot be read, or says something else; its message names file
   *     and line
   */
  public static ServedTorrents load(Optional<Path> allow, Optional<Path> block) throws IOException {
    return new ServedTorrents(
        allow.isPresent() ? Optional.of(list(allow.get())) : Optional.empty(),
        block.isPresent() ? list(block.get()) : Set.of());
  }

  private static Set<InfoHash> list(Path file) throws IOException {
    Set<InfoHash> torrents = new HashSet<>();
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      int number = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        int comment = line.indexOf('#');
        String digits = (comment < 0 ? line : line.substring(0, comment)).strip();
        if (!digits.isEmpty()) {
          torrents.add(torrent(digits, file, number));
        }
        if (torrents.size() > MAX_LIST) {
          throw new IOException(file + " names more than " + MAX_LIST + " torrents");
        }
      }
    }
    return torrents;
  }

  private static InfoHash torrent(String digits, Path file, int number) throws IOException {
    if (digits.length() == V1_DIGITS || digits.length() == V2_DIGITS) {
      try {
        return InfoHash.at(HexFormat.of().parseHex(digits.substring(0, V1_DIGITS)), 0);
      } catch (IllegalArgumentException e) {
        // said below
      }
    }
    throw new IOException(file + ":" + number + ": an info hash has 40 or 64 hexadecimal digits");
  }

  /** The same without these. */
  public ServedTorrents without(Set<InfoHash> torrents) {
    Set<InfoHash> more = new HashSet<>(blocked);
    more.addAll(torrents);
    return new ServedTorrents(allowed, more);
  }

  /** Whether a torrent is served. */
  public boolean serves(InfoHash torrent) {
    return !blocked.contains(torrent) && (allowed.isEmpty() || allowed.get().contains(torrent));
  }
}
