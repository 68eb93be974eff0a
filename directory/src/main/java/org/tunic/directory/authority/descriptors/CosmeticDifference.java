package org.tunic.directory.authority.descriptors;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.tunic.directory.doc.routerdescriptor.RouterContents;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;

/**
 * Whether a newer descriptor says anything new. If not it is not worth the bandwidth of everybody
 * who would fetch it.
 *
 * <p>Spec: dir-spec/accepting-relay-documents. Threads: any, because all is pure.
 */
final class CosmeticDifference {
  private static final Duration MAX_TIME_DIFFERENCE = Duration.ofHours(2);
  private static final Duration UPTIME_DRIFT = Duration.ofHours(6);
  private static final double UPTIME_SLOP = 0.05;

  private CosmeticDifference() {}

  static boolean isAll(RouterDescriptor older, RouterDescriptor newer) {
    RouterContents a = older.contents();
    RouterContents b = newer.contents();
    return sameText(a.nickname(), b.nickname())
        && a.orPort().equals(b.orPort())
        && a.ipv6().equals(b.ipv6())
        && a.dirPort() == b.dirPort()
        && older.tapKey().equals(newer.tapKey())
        && sameText(a.platform(), b.platform())
        && sameText(a.contact(), b.contact())
        && a.hibernating() == b.hibernating()
        && a.policy().equals(b.policy())
        && a.servesDirectory() == b.servesDirectory()
        && sameFamily(a.family(), b.family())
        && !bandwidthChanged(a.bandwidth(), b.bandwidth())
        && !older.published().plus(MAX_TIME_DIFFERENCE).isBefore(newer.published())
        && !uptimeJumped(older, newer);
  }

  private static boolean sameText(String a, String b) {
    return a.toLowerCase(Locale.ROOT).equals(b.toLowerCase(Locale.ROOT));
  }

  private static boolean sameFamily(List<String> a, List<String> b) {
    return a.stream()
        .map(m -> m.toLowerCase(Locale.ROOT))
        .toList()
        .equals(b.stream().map(m -> m.toLowerCase(Locale.ROOT)).toList());
  }

  private static boolean bandwidthChanged(RouterContents.Bandwidth a, RouterContents.Bandwidth b) {
    return a.observed() < b.observed() / 2
        || b.observed() < a.observed() / 2
        || a.rate() != b.rate()
        || a.burst() != b.burst();
  }

  private static boolean uptimeJumped(RouterDescriptor older, RouterDescriptor newer) {
    long before = older.contents().uptimeSeconds();
    long after = newer.contents().uptimeSeconds();
    long passed = Duration.between(older.published(), newer.published()).toSeconds();
    long difference = Math.abs(after - (before + passed));
    return difference > UPTIME_DRIFT.toSeconds()
        && difference > before * UPTIME_SLOP
        && difference > after * UPTIME_SLOP;
  }
}
