package org.tunic.gateway.announce;

import java.util.Arrays;
import java.util.Optional;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.hs.HsId;

/**
 * A tracker behind an onion address, as a client names it. Nothing else can be named: whatever is
 * not .onion is refused.
 *
 * <p>Threads: immutable.
 *
 * @param onion its address
 * @param port 1 to 65535
 * @param path begins with a slash; one of its segments is {@code announce} and none {@code scrape}
 */
public record TrackerTarget(HsId onion, int port, String path) {
  /** Where trackers are that have no accounts. */
  public static final String ANNOUNCE = "/announce";

  private static final String SCRAPE = "/scrape";
  private static final int MAX_PATH = 160;

  /** What of a tracker is asked for. */
  public enum What {
    /** To announce a peer. */
    ANNOUNCE,
    /** To scrape. */
    SCRAPE
  }

  /**
   * What is asked for, and of whom.
   *
   * @param what is asked for
   * @param tracker with the path of its announces
   */
  public record Asked(What what, TrackerTarget tracker) {}

  /**
   * Reads a tracker and a path at it.
   *
   * @param host a .onion name
   * @param port decimal
   * @param path as asked for, empty for {@code /announce}
   * @return empty if the host is no v3 onion address, the port no port, or the path none of a
   *     tracker
   */
  public static Optional<Asked> parse(String host, String port, String path) {
    if (!host.toLowerCase(java.util.Locale.ROOT).endsWith(HsId.SUFFIX)
        || port.isEmpty()
        || port.length() > 5
        || !port.chars().allMatch(c -> c >= '0' && c <= '9')
        || path.length() > MAX_PATH
        || !path.chars().allMatch(TrackerTarget::isPlain)) {
      return Optional.empty();
    }
    int number = Integer.parseInt(port);
    String whole = path.isEmpty() ? ANNOUNCE : path;
    long announces = segments(whole, ANNOUNCE);
    long scrapes = segments(whole, SCRAPE);
    if (number < 1 || number > 0xffff || announces + scrapes != 1 || whole.contains("//")) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Asked(
              announces == 1 ? What.ANNOUNCE : What.SCRAPE,
              new TrackerTarget(
                  HsId.parse(host),
                  number,
                  announces == 1 ? whole : replace(whole, SCRAPE, ANNOUNCE))));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  /** What accounts are made of, and slashes; no dots, which could lead elsewhere. */
  private static boolean isPlain(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_'
        || c == '/';
  }

  private static long segments(String path, String segment) {
    return Arrays.stream(path.split("/", -1)).filter(segment.substring(1)::equals).count();
  }

  private static String replace(String path, String from, String to) {
    return (path + "/").replace(from + "/", to + "/").replaceAll("/$", "");
  }

  /** Where it is scraped. */
  String scrapePath() {
    return replace(path, ANNOUNCE, SCRAPE);
  }

  /** Whether it knows its users apart, by the path: it wants to know how much they carried. */
  public boolean hasAccounts() {
    return !path.equals(ANNOUNCE);
  }

  /** The header that names it: with its port if that is not 80. */
  String hostHeader() {
    return port == 80 ? onion.unredactedHost() : onion.unredactedHost() + ":" + port;
  }

  /** Nothing that identifies the tracker or the account. */
  @Override
  public String toString() {
    return "[tracker]";
  }
}
