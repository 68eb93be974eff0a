package org.tunic.directory.authority.bandwidth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.netdoc.NetdocTime;

/**
 * A guard-fraction file: which part of the past guards were in the consensus, in percent.
 *
 * <pre>
 * guardfraction-file-version 1
 * written-at 2015-01-02 03:04:05
 * n-inputs 720 30
 * guard-seen FINGERPRINT PERCENT APPEARANCES
 * </pre>
 *
 * <p>As in C tor a wrong version or time ends the reading, and what stood before counts; a line
 * that cannot be read is left out.
 *
 * <p>Spec: dir-spec/consensus-formats#item:w. Threads: pure functions.
 */
public final class GuardFractions {
  /** Largest file read, in bytes. */
  static final int MAX_LENGTH = 1 << 23;

  private static final Duration MAX_AGE = Duration.ofDays(7);
  private static final int MAX_PERCENT = 100;
  private static final Logger log = LoggerFactory.getLogger(GuardFractions.class);

  private GuardFractions() {}

  /** Percents by relay; what is wrong with the file is in the log. */
  public static Map<RsaIdentity, Integer> read(Path file, Instant now) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] contents = in.readNBytes(MAX_LENGTH + 1);
      if (contents.length <= MAX_LENGTH) {
        return parse(new String(contents, ISO_8859_1), now);
      }
      log.warn("GuardfractionFile is longer than {} bytes and not read", MAX_LENGTH);
    } catch (IOException e) {
      log.warn("GuardfractionFile cannot be read: {}", e.getClass().getSimpleName());
    }
    return Map.of();
  }

  static Map<RsaIdentity, Integer> parse(String text, Instant now) {
    Map<RsaIdentity, Integer> fractions = new HashMap<>();
    int number = 0;
    for (String raw : text.lines().toList()) {
      number++;
      String line = raw.strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split("[ \\t]+");
      switch (words[0]) {
        case "guardfraction-file-version" -> {
          if (words.length != 2 || !words[1].equals("1")) {
            log.warn("GuardfractionFile, line {}: unknown version", number);
            return fractions;
          }
        }
        case "written-at" -> {
          if (!isRecent(words, now)) {
            log.warn("GuardfractionFile, line {}: no time of the past week", number);
            return fractions;
          }
        }
        case "n-inputs" -> {} // for people to read
        case "guard-seen" -> {
          if (!add(words, fractions)) {
            log.warn("GuardfractionFile, line {}: no fingerprint with a percentage", number);
          }
        }
        default -> log.warn("GuardfractionFile, line {}: unknown keyword", number);
      }
    }
    return fractions;
  }

  private static boolean isRecent(String[] words, Instant now) {
    try {
      return words.length == 3
          && !NetdocTime.parse(words[1], words[2]).isBefore(now.minus(MAX_AGE));
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static boolean add(String[] words, Map<RsaIdentity, Integer> fractions) {
    try {
      int percent = words.length < 4 ? -1 : Integer.parseInt(words[2]);
      if (percent < 0 || percent > MAX_PERCENT) {
        return false;
      }
      fractions.put(RsaIdentity.fromHex(words[1]), percent);
      return true;
    } catch (MalformedException | NumberFormatException e) {
      return false;
    }
  }
}
