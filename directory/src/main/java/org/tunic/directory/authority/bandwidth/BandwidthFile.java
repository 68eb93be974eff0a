package org.tunic.directory.authority.bandwidth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.identity.RsaIdentity;

/**
 * A bandwidth file as it was read, whatever state it is in.
 *
 * <pre>
 * 1523911758                                     when it was written
 * version=1.4.0                                  headers, KeyValue without a space
 * =====
 * bw=760 node_id=$68A4… master_key_ed25519=… …   one line for each relay, in any order
 * </pre>
 *
 * <p>The details are C tor's, because two authorities with one file should say the same of it: a
 * line counts when it has one {@code bw} (kilobytes a second) and one {@code node_id} and no {@code
 * vote=0}; of lines that do not, those before the end of the headers may be headers; {@code
 * unmeasured} and {@code under_min_report} mean nothing here, the generator sets {@code vote}. A
 * file written more than three days ago gives nothing but its digest.
 *
 * @param timestamp when it was written; null if it says nothing readable or is too old, and then
 *     there are neither headers nor measurements
 * @param headers {@code timestamp=…} and the headers behind it, in order
 * @param measurements the lines that count, in order; the last one of a relay is what is voted
 * @param digest SHA-256 of what was read, 32 bytes; of nothing if the file could not be read
 * @param contents the whole file; null if it could not be read
 *     <p>Spec: bandwidth-file-spec/definitions, bandwidth-file-spec/format-details. Threads:
 *     immutable.
 */
public record BandwidthFile(
    @Nullable Instant timestamp,
    List<String> headers,
    List<Measurement> measurements,
    Bytes digest,
    @Nullable Bytes contents) {
  /** Largest file read, in bytes: twenty times that of the public network. */
  public static final int MAX_LENGTH = 1 << 26;

  /** Most headers repeated in a vote, the timestamp included. */
  static final int MAX_HEADERS = 50;

  /** Longest list of headers in a vote, in bytes; a longer one is left out whole. */
  static final int MAX_HEADERS_LENGTH = 1024;

  /** A file written longer ago than this is not believed. */
  static final Duration MAX_AGE = Duration.ofDays(3);

  private static final String TERMINATOR = "=====\n";
  private static final Logger log = LoggerFactory.getLogger(BandwidthFile.class);

  /**
   * What one line says.
   *
   * @param kilobytes a second, 32 bits without sign
   */
  public record Measurement(RsaIdentity relay, long kilobytes) {}

  /** Copies the lists. */
  public BandwidthFile {
    headers = List.copyOf(headers);
    measurements = List.copyOf(measurements);
  }

  /** Reads it; what is wrong with it is in the log. */
  public static BandwidthFile read(Path file, Instant now) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] contents = in.readNBytes(MAX_LENGTH + 1);
      if (contents.length <= MAX_LENGTH) {
        return parse(contents, now);
      }
      log.warn("V3BandwidthsFile is longer than {} bytes and not read", MAX_LENGTH);
    } catch (IOException e) {
      log.warn("V3BandwidthsFile cannot be read: {}", e.getClass().getSimpleName());
    }
    return nothing(null, Bytes.copyOf(Sha.sha256(new byte[0])));
  }

  static BandwidthFile parse(byte[] contents, Instant now) {
    Lines lines = new Lines(contents);
    Bytes whole = Bytes.copyOf(contents);
    String first = lines.next();
    if (first == null) {
      log.warn("V3BandwidthsFile is empty");
      return nothing(whole, lines.digestOfAll());
    }
    Instant written = written(first, now);
    if (written == null) {
      return nothing(whole, lines.digestOfAll());
    }
    Body body = new Body(written);
    for (String line = lines.next(); line != null; line = lines.next()) {
      body.add(line);
    }
    body.report();
    return new BandwidthFile(written, body.headers, body.measurements, lines.digestOfAll(), whole);
  }

  private static BandwidthFile nothing(@Nullable Bytes contents, Bytes digest) {
    return new BandwidthFile(null, List.of(), List.of(), digest, contents);
  }

  private static @Nullable Instant written(String line, Instant now) {
    if (!line.endsWith("\n")) {
      log.warn("V3BandwidthsFile breaks off in its first line");
      return null;
    }
    long seconds;
    try {
      seconds = Long.parseLong(line, 0, line.length() - 1, 10);
    } catch (NumberFormatException e) {
      seconds = -1;
    }
    if (seconds < 0 || seconds > Instant.MAX.getEpochSecond()) {
      log.warn("V3BandwidthsFile does not begin with a time");
      return null;
    }
    if (now.getEpochSecond() - seconds > MAX_AGE.toSeconds()) {
      log.warn(
          "V3BandwidthsFile is stale, {} hours old; nothing of it is voted",
          Duration.ofSeconds(now.getEpochSecond() - seconds).toHours());
      return null;
    }
    return Instant.ofEpochSecond(seconds);
  }

  /** What was measured of each relay; the last line counts. */
  public Map<RsaIdentity, Long> byRelay() {
    Map<RsaIdentity, Long> byRelay = new HashMap<>(2 * measurements.size());
    measurements.forEach(m -> byRelay.put(m.relay(), m.kilobytes()));
    return byRelay;
  }

  /** The lines of a vote that are about the file, each with its end. */
  public String voteLines() {
    String all = String.join(" ", headers);
    return "bandwidth-file-headers "
        + (all.length() > MAX_HEADERS_LENGTH ? "" : all)
        + "\nbandwidth-file-digest sha256="
        + Base64s.encodeUnpadded(digest.toArray())
        + "\n";
  }

  /** Cuts behind each line end; a line counts up to its first zero byte, for the digest as well. */
  private static final class Lines {
    private final String text;
    private final StringBuilder counted = new StringBuilder();
    private int at;

    Lines(byte[] contents) {
      this.text = new String(contents, ISO_8859_1);
    }

    /** The next line with its end, which the last one may lack; null behind the last. */
    @Nullable String next() {
      if (at == text.length()) {
        return null;
      }
      int eol = text.indexOf('\n', at);
      int end = eol < 0 ? text.length() : eol + 1;
      String line = text.substring(at, end);
      at = end;
      int zero = line.indexOf('\0');
      line = zero < 0 ? line : line.substring(0, zero);
      counted.append(line);
      return line;
    }

    Bytes digestOfAll() {
      while (next() != null) {} // the rest belongs to the digest all the same
      return Bytes.copyOf(Sha.sha256(counted.toString().getBytes(ISO_8859_1)));
    }
  }

  /** The lines behind the time. */
  private static final class Body {
    private final List<String> headers = new ArrayList<>();
    private final List<Measurement> measurements = new ArrayList<>();
    private boolean headersOver;
    private int unreadable;

    Body(Instant written) {
      headers.add("timestamp=" + written.getEpochSecond());
    }

    void add(String line) {
      Measurement measurement = measurement(line);
      if (measurement != null) {
        headersOver = true;
        measurements.add(measurement);
      } else if (line.equals(TERMINATOR)) {
        headersOver = true;
      } else if (!headersOver && isHeader(line) && headers.size() < MAX_HEADERS) {
        headers.add(line.substring(0, line.length() - 1)); // the last byte, whatever it is
      }
    }

    private static boolean isHeader(String line) {
      return line.indexOf('=') > 0 && line.indexOf(' ') < 0;
    }

    private @Nullable Measurement measurement(String line) {
      if (!line.endsWith("\n")) {
        unreadable++;
        return null;
      }
      long kilobytes = -1;
      RsaIdentity relay = null;
      StringTokenizer words = new StringTokenizer(line.substring(0, line.length() - 1), " \t");
      while (words.hasMoreTokens()) {
        String word = words.nextToken();
        if (word.startsWith("vote=0")) {
          return null; // the measurer says so: not an error
        } else if (word.startsWith("bw=")) {
          long value = kilobytes < 0 ? number(word.substring("bw=".length())) : -1;
          if (value < 0) {
            unreadable++;
            return null;
          }
          kilobytes = value;
        } else if (word.startsWith("node_id=")) {
          RsaIdentity named = relay == null ? identity(word.substring("node_id=".length())) : null;
          if (named == null) {
            unreadable++;
            return null;
          }
          relay = named;
        }
      }
      if (kilobytes < 0 || relay == null) {
        unreadable += headersOver ? 1 : 0;
        return null;
      }
      return new Measurement(relay, kilobytes & 0xffffffffL);
    }

    private static long number(String text) {
      try {
        return Long.parseLong(text.stripTrailing());
      } catch (NumberFormatException e) {
        return -1;
      }
    }

    private static @Nullable RsaIdentity identity(String text) {
      try {
        return RsaIdentity.fromHex(text.startsWith("$") ? text.substring(1) : text);
      } catch (MalformedException e) {
        return null;
      }
    }

    void report() {
      log.debug("V3BandwidthsFile read, {} measurements", measurements.size());
      if (unreadable > 0) {
        log.warn("V3BandwidthsFile has {} lines that cannot be read", unreadable);
      }
    }
  }
}
