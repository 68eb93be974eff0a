package org.tunic.directory.authority.bandwidth;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.authority.bandwidth.BandwidthFile.Measurement;

/**
 * The measurements that flags are decided by: those of the newest file, and for relays that it does
 * not name, or while there is no usable file, those of earlier ones until they are three days old.
 *
 * <p>A vote repeats only what the present file says; this memory keeps relays from losing and
 * regaining flags because a file came late.
 *
 * <p>Spec: dir-spec/assigning-flags-vote. Threads: one caller at a time; its owner guards it.
 */
public final class MeasuredBandwidths {
  /**
   * Most relays remembered, above {@link
   * org.tunic.directory.authority.descriptors.DescriptorBook#MAX_RELAYS} so that the measurer's own
   * memory of gone relays fits.
   */
  static final int MAX_RELAYS = 200_000;

  private final Map<RsaIdentity, Known> known = new HashMap<>();

  private record Known(long kilobytes, Instant written) {}

  /** Takes what the file says, if it is newer, and forgets what is too old. */
  public void take(BandwidthFile file, Instant now) {
    Instant written = file.timestamp();
    if (written == null) {
      return; // C tor forgets nothing either, until a file can be read again
    }
    for (Measurement measurement : file.measurements()) {
      Known before = known.get(measurement.relay());
      boolean fits = before != null || known.size() < MAX_RELAYS;
      if (fits && (before == null || written.isAfter(before.written))) {
        known.put(measurement.relay(), new Known(measurement.kilobytes(), written));
      }
    }
    known.values().removeIf(k -> now.isAfter(k.written.plus(BandwidthFile.MAX_AGE)));
  }

  /** Kilobytes a second measured of a relay; -1 for none. */
  public long of(RsaIdentity relay) {
    Known found = known.get(relay);
    return found == null ? -1 : found.kilobytes;
  }
}
