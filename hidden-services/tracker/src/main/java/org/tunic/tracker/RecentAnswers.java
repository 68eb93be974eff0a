package org.tunic.tracker;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.tunic.tracker.bencode.BencodeWriter;
import org.tunic.tracker.request.AnnounceRequest;

/**
 * The answers of the last seconds, for those who say the same again: libtorrent announces itself
 * once for each address it listens on, all at once and each time on a stream of its own.
 *
 * <p>A place for each of some peers, found by their names; the next peer that has the same place
 * drives out the one before. An answer is given again only if the announce is the same in all that
 * is read of it, comes from the same place, and is the last one of its peer: after another one,
 * such as {@code stopped}, the same words say something new.
 *
 * <p>Bounds: {@link #PLACES} answers.
 *
 * <p>Threads: any.
 */
final class RecentAnswers {
  private static final int PLACES_BITS = 10;

  /** Answers kept; some 2 MB with fifty onion addresses in each. */
  static final int PLACES = 1 << PLACES_BITS;

  /** How long an answer is given again. */
  static final Duration FRESH = Duration.ofSeconds(5);

  private record Recent(
      AnnounceRequest announce,
      Optional<InetAddress> source,
      BencodeWriter answer,
      long sinceNanos) {}

  private final AtomicReferenceArray<@Nullable Recent> places = new AtomicReferenceArray<>(PLACES);
  private final LongSupplier nanoClock;

  RecentAnswers(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  private static int place(AnnounceRequest announce) {
    long mixed =
        announce.peer().high()
            ^ Long.rotateLeft(announce.peer().middle(), 21)
            ^ announce.peer().low()
            ^ announce.torrent().high();
    return (int) ((mixed * 0x9E3779B97F4A7C15L) >>> (Long.SIZE - PLACES_BITS));
  }

  @Nullable BencodeWriter find(AnnounceRequest announce, Optional<InetAddress> source) {
    Recent recent = places.get(place(announce));
    return recent != null
            && recent.announce.peer().equals(announce.peer())
            && nanoClock.getAsLong() - recent.sinceNanos < FRESH.toNanos()
            && recent.announce.equals(announce)
            && recent.source.equals(source)
        ? recent.answer
        : null;
  }

  void put(AnnounceRequest announce, Optional<InetAddress> source, BencodeWriter answer) {
    places.set(place(announce), new Recent(announce, source, answer, nanoClock.getAsLong()));
  }

  /** Whatever is answered with next has come about afterwards. */
  void clear() {
    for (int i = 0; i < PLACES; i++) {
      places.set(i, null);
    }
  }
}
