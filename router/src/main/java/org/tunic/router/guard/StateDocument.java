package org.tunic.router.guard;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * The text of C tor's {@code state} file: lines of a keyword and a value.
 *
 * <p>Entries nobody here knows stay in place and unchanged, so that a node can go back to C tor, or
 * another room can keep its own entries here. Comments are not kept: the file's header is written
 * anew, as C tor does.
 *
 * <p>Threads: immutable.
 *
 * @param entries the lines in order, without comments and blank lines
 */
public record StateDocument(List<Entry> entries) {
  /** A file without entries. */
  public static final StateDocument EMPTY = new StateDocument(List.of());

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

  /**
   * One line.
   *
   * @param keyword up to the first blank, not empty
   * @param value the rest of the line without surrounding blanks, may be empty
   */
  public record Entry(String keyword, String value) {}

  /** Keeps a copy. */
  public StateDocument {
    entries = List.copyOf(entries);
  }

  /** Reads the file's text; any text is a state document. */
  public static StateDocument parse(String text) {
    List<Entry> entries = new ArrayList<>();
    for (String raw : text.lines().toList()) {
      String line = raw.strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int blank = 0;
      while (blank < line.length() && !Character.isWhitespace(line.charAt(blank))) {
        blank++;
      }
      entries.add(new Entry(line.substring(0, blank), line.substring(blank).strip()));
    }
    return new StateDocument(entries);
  }

  /** The values of every line with {@code keyword} (compared without case, as C tor does). */
  public List<String> values(String keyword) {
    return entries.stream()
        .filter(entry -> entry.keyword().equalsIgnoreCase(keyword))
        .map(Entry::value)
        .toList();
  }

  /**
   * This document with the lines of {@code keyword} replaced by one line for each value, where the
   * first of them stood or at the end.
   */
  public StateDocument with(String keyword, List<String> values) {
    List<Entry> changed = new ArrayList<>();
    boolean placed = false;
    for (Entry entry : entries) {
      if (!entry.keyword().equalsIgnoreCase(keyword)) {
        changed.add(entry);
      } else if (!placed) {
        values.forEach(value -> changed.add(new Entry(keyword, value)));
        placed = true;
      }
    }
    if (!placed) {
      values.forEach(value -> changed.add(new Entry(keyword, value)));
    }
    return new StateDocument(changed);
  }

  /** The text to write: the header, the entries, and {@code LastWritten} set to {@code now}. */
  public String format(Instant now) {
    String stamp = STAMP.format(now);
    StringBuilder out = new StringBuilder();
    out.append("# Tor state file last generated on ").append(stamp).append(" UTC\n");
    out.append("# Other times below are in UTC\n");
    out.append("# You *do not* need to edit this file.\n\n");
    for (Entry entry : with("LastWritten", List.of(stamp)).entries()) {
      out.append(entry.keyword());
      if (!entry.value().isEmpty()) {
        out.append(' ').append(entry.value());
      }
      out.append('\n');
    }
    return out.toString();
  }
}
