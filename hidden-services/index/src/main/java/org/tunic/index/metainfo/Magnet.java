package org.tunic.index.metainfo;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;

/**
 * Magnet links.
 *
 * <p>Spec: BEP 9, BEP 52. Threads: any, because it has no state.
 */
public final class Magnet {
  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  private static final String HEX = "0123456789ABCDEF";

  /** Says that a hash of 32 bytes by SHA-256 follows. */
  private static final String MULTIHASH_SHA256 = "1220";

  private Magnet() {}

  /**
   * The link.
   *
   * @param v1 20 bytes
   * @param v2 32 bytes
   * @param name to show until the client has the torrent
   * @param length of all files
   * @param trackers addresses to announce to
   */
  public static String of(
      Optional<Bytes> v1, Optional<Bytes> v2, String name, long length, List<String> trackers) {
    StringBuilder link = new StringBuilder("magnet:?");
    v1.ifPresent(hash -> link.append("xt=urn:btih:").append(hash.hex()).append('&'));
    v2.ifPresent(
        hash ->
            link.append("xt=urn:btmh:").append(MULTIHASH_SHA256).append(hash.hex()).append('&'));
    link.append("dn=").append(encode(name)).append("&xl=").append(length);
    for (String tracker : trackers) {
      link.append("&tr=").append(encode(tracker));
    }
    return link.toString();
  }

  /** Everything but letters, digits and four signs as bytes of UTF-8 with a percent sign. */
  public static String encode(String text) {
    StringBuilder out = new StringBuilder();
    for (byte single : text.getBytes(StandardCharsets.UTF_8)) {
      if (UNRESERVED.indexOf(single) >= 0) {
        out.append((char) single);
      } else {
        out.append('%').append(HEX.charAt(single >> 4 & 15)).append(HEX.charAt(single & 15));
      }
    }
    return out.toString();
  }
}
