package org.tunic.onion.host;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha;
import org.tunic.router.cell.RendezvousCookie;

/**
 * What was seen of introductions, so that none is answered twice: whoever recorded one could else
 * make the service build circuits for ever.
 *
 * <p>It has two halves. {@link OfPoint} remembers every introduction of one introduction point for
 * as long as its keys live. They live in memory only: what was recorded before a restart is sealed
 * to keys that nobody has any more, so nothing need be kept on disk. {@link OfService} remembers
 * rendezvous cookies for five minutes, since a client that got no answer repeats its introduction
 * at another point.
 *
 * <p>Spec: rend-spec/introduction-protocol#INTRO2. Threads: its owner's.
 */
final class ReplayCache {
  private ReplayCache() {}

  /** Of the introductions of one point, by a digest of the encrypted part. */
  static final class OfPoint {
    /** Introductions remembered; the point is replaced before there are as many. */
    static final int MAX = 32768;

    private static final int KEPT_BYTES = 16;

    private final Set<Bytes> seen = new HashSet<>();

    /**
     * Notes an introduction.
     *
     * @return false if it was seen before, or if there is no room to tell
     */
    boolean isFresh(Bytes encrypted) {
      if (seen.size() >= MAX) {
        return false;
      }
      byte[] digest = Sha.sha3(encrypted.toArray());
      return seen.add(Bytes.copyOf(Arrays.copyOf(digest, KEPT_BYTES)));
    }

    int size() {
      return seen.size();
    }
  }

  /** Of the rendezvous cookies of all points. */
  static final class OfService {
    /** Cookies remembered, the newest. */
    static final int MAX = 16384;

    private static final Duration KEPT = Duration.ofMinutes(5);

    private final Map<RendezvousCookie, Instant> seen =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<RendezvousCookie, Instant> eldest) {
            return size() > MAX;
          }
        };

    /** Notes a cookie; false if it was seen a short time ago. */
    boolean isFresh(RendezvousCookie cookie, Instant now) {
      Instant before = seen.remove(cookie);
      seen.put(cookie, now);
      return before == null || before.plus(KEPT).isBefore(now);
    }

    int size() {
      return seen.size();
    }
  }
}
