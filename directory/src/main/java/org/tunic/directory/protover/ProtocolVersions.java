package org.tunic.directory.protover;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An immutable list of subprotocols with the versions (0 to 63) of each, as in {@code proto
 * Link=3-5 Relay=2,4}.
 *
 * <p>A name that appears twice keeps its place and the versions of its first appearance, as in C
 * tor. Names compare by case.
 *
 * <p>Spec: tor-spec/subprotocol-versioning. Threads: immutable.
 */
public final class ProtocolVersions {
  /** Highest version number a list can carry. */
  public static final int MAX_VERSION = 63;

  /** Longest name in characters. */
  public static final int MAX_NAME_LENGTH = 100;

  /**
   * Longest list in characters that is looked at; a descriptor as a whole is bounded by 20000
   * bytes.
   */
  public static final int MAX_LIST_LENGTH = 20_000;

  public static final ProtocolVersions EMPTY = new ProtocolVersions(Map.of());

  /** Version sets by name, bit n for version n, in the order of the text. */
  private final Map<String, Long> masks;

  private ProtocolVersions(Map<String, Long> masks) {
    this.masks = masks;
  }

  /**
   * Reads {@code Name=ranges Name=ranges …}; an empty text is an empty list and {@code Name=} a
   * name without versions.
   *
   * @throws ProtocolSyntaxException on anything C tor's parser refuses: refuse the document
   */
  public static ProtocolVersions parse(String text) throws ProtocolSyntaxException {
    if (text.length() > MAX_LIST_LENGTH) {
      throw new ProtocolSyntaxException("protocol list too long");
    }
    Map<String, Long> masks = new LinkedHashMap<>();
    int at = 0;
    while (at < text.length()) {
      int end = text.indexOf(' ', at);
      end = end < 0 ? text.length() : end;
      String entry = text.substring(at, end);
      int equals = entry.indexOf('=');
      if (equals <= 0 || equals > MAX_NAME_LENGTH) {
        throw new ProtocolSyntaxException("protocol entry without a usable name");
      }
      String name = entry.substring(0, equals);
      if (!isKeyword(name)) {
        throw new ProtocolSyntaxException("protocol name with a forbidden character");
      }
      masks.putIfAbsent(name, parseRanges(entry.substring(equals + 1)));
      at = end;
      while (at < text.length() && text.charAt(at) == ' ') {
        at++;
      }
    }
    return new ProtocolVersions(masks);
  }

  /** For constants and tests: a list known to be well-formed. */
  public static ProtocolVersions of(String text) {
    try {
      return parse(text);
    } catch (ProtocolSyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /**
   * Whether {@code name} is listed with exactly this version; versions outside 0 to 63 never are.
   */
  public boolean supports(String name, int version) {
    return version >= 0 && version <= MAX_VERSION && ((mask(name) >>> version) & 1) != 0;
  }

  /** Whether {@code name} is listed with this version or a higher one. */
  public boolean supportsAtLeast(String name, int version) {
    return version >= 0 && version <= MAX_VERSION && (mask(name) >>> version) != 0;
  }

  /**
   * What this list asks for and {@code supported} lacks; names without versions ask for nothing.
   */
  public ProtocolVersions missingFrom(ProtocolVersions supported) {
    Map<String, Long> missing = new LinkedHashMap<>();
    masks.forEach(
        (name, mask) -> {
          long lacks = mask & ~supported.mask(name);
          if (lacks != 0) {
            missing.put(name, lacks);
          }
        });
    return new ProtocolVersions(missing);
  }

  public boolean isEmpty() {
    return masks.isEmpty();
  }

  /**
   * The versions listed by at least {@code threshold} of the lists, sorted by name; names left
   * without a version vanish.
   *
   * <p>Spec: dir-spec/computing-consensus (recommended and required protocols).
   */
  public static ProtocolVersions vote(Collection<ProtocolVersions> lists, int threshold) {
    TreeMap<String, Long> result = new TreeMap<>();
    for (ProtocolVersions list : lists) {
      list.masks.keySet().forEach(name -> result.put(name, 0L));
    }
    result.replaceAll(
        (name, _) -> {
          long agreed = 0;
          for (int version = 0; version <= MAX_VERSION; version++) {
            int votes = 0;
            for (ProtocolVersions list : lists) {
              votes += (int) ((list.mask(name) >>> version) & 1);
            }
            agreed |= votes >= threshold ? 1L << version : 0;
          }
          return agreed;
        });
    result.values().removeIf(mask -> mask == 0);
    return new ProtocolVersions(new LinkedHashMap<>(result));
  }

  /** The minimal text: ranges merged and ascending, names in list order. */
  @Override
  public String toString() {
    List<String> entries = new ArrayList<>();
    masks.forEach((name, mask) -> entries.add(name + "=" + ranges(mask)));
    return String.join(" ", entries);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ProtocolVersions o && masks.equals(o.masks);
  }

  @Override
  public int hashCode() {
    return masks.hashCode();
  }

  private long mask(String name) {
    return masks.getOrDefault(name, 0L);
  }

  private static long parseRanges(String text) throws ProtocolSyntaxException {
    long mask = 0;
    if (text.isEmpty()) {
      return mask;
    }
    for (String range : text.split(",", -1)) {
      int dash = range.indexOf('-');
      int low = parseVersion(dash < 0 ? range : range.substring(0, dash));
      int high = dash < 0 ? low : parseVersion(range.substring(dash + 1));
      if (low > high) {
        throw new ProtocolSyntaxException("protocol version range runs backwards");
      }
      mask |= -1L >>> (MAX_VERSION - high + low) << low;
    }
    return mask;
  }

  private static int parseVersion(String text) throws ProtocolSyntaxException {
    int value = 0;
    if (text.isEmpty()) {
      throw new ProtocolSyntaxException("protocol version missing");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        throw new ProtocolSyntaxException("protocol version is not a number");
      }
      value = value * 10 + c - '0';
      if (value > MAX_VERSION) {
        throw new ProtocolSyntaxException("protocol version above 63");
      }
    }
    return value;
  }

  private static String ranges(long mask) {
    StringBuilder out = new StringBuilder();
    int version = 0;
    while (version <= MAX_VERSION) {
      if (((mask >>> version) & 1) == 0) {
        version++;
        continue;
      }
      int low = version;
      while (version <= MAX_VERSION && ((mask >>> version) & 1) != 0) {
        version++;
      }
      out.append(out.isEmpty() ? "" : ",").append(low);
      if (version - 1 > low) {
        out.append('-').append(version - 1);
      }
    }
    return out.toString();
  }

  private static boolean isKeyword(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean ok =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
      if (!ok) {
        return false;
      }
    }
    return true;
  }
}
