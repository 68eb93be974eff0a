package org.tunic.directory.authority.consensus;

import java.util.Optional;

/**
 * The {@code bandwidth-weights} line: with which weight a relay of each class (guard, exit, both,
 * neither) is chosen for each position, so that no position is short of bandwidth.
 *
 * <p>All arithmetic is in 64-bit integers and truncates toward zero; the case names are those of
 * the specification. If a result fails its own check the consensus has no such line.
 *
 * <p>Spec: dir-spec/computing-consensus#computing-bandwidth-weights. Threads: one caller,
 * short-lived.
 */
final class BandwidthWeightsLine {
  /** Rounding allowed in the checks. */
  private static final long MARGIN = 10;

  private enum Check {
    OK,
    MIDDLE_UNBALANCED,
    WRONG
  }

  private final long g;
  private final long m;
  private final long e;
  private final long d;
  private final long t;
  private final long scale;

  private long wgg;
  private long wgd;
  private long wmg;
  private long wme;
  private long wmd;
  private long wee;
  private long wed;

  /**
   * The bandwidth of each class in kilobytes a second, each from 1 up, and the value that stands
   * for weight 1.
   */
  BandwidthWeightsLine(long g, long m, long e, long d, long t, long scale) {
    this.g = g;
    this.m = m;
    this.e = e;
    this.d = d;
    this.t = t;
    this.scale = scale;
  }

  /** The line with its end; empty if no weights can be computed. */
  Optional<String> line() {
    if (g <= 0 || m <= 0 || e <= 0 || d <= 0) {
      return Optional.empty();
    }
    boolean guardsScarce = 3 * g < t;
    boolean exitsScarce = 3 * e < t;
    boolean ok;
    if (!guardsScarce && !exitsScarce) {
      ok = neitherScarce();
    } else if (guardsScarce && exitsScarce) {
      ok = bothScarce();
    } else {
      ok = oneScarce();
    }
    return ok ? Optional.of(text()) : Optional.empty();
  }

  /** Case 1. */
  private boolean neitherScarce() {
    wgd = scale / 3;
    wed = scale / 3;
    wmd = scale / 3;
    wee = scale * (e + g + m) / (3 * e);
    wme = scale - wee;
    wmg = scale * (2 * g - e - m) / (3 * g);
    wgg = scale - wmg;
    return check() == Check.OK;
  }

  /** Case 2. */
  private boolean bothScarce() {
    if (Math.min(e, g) + d < Math.max(e, g)) {
      wgg = scale;
      wee = scale;
      wmg = 0;
      wme = 0;
      wmd = 0;
      wed = e < g ? scale : 0;
      wgd = e < g ? 0 : scale;
      return true;
    }
    wee = scale * (e - g + m) / e;
    wed = scale * (d - 2 * e + 4 * g - 2 * m) / (3 * d);
    wme = scale * (g - m) / e;
    wmg = 0;
    wgg = scale;
    wmd = (scale - wed) / 2;
    wgd = (scale - wed) / 2;
    Check check = check();
    if (check != Check.OK) {
      wgg = scale;
      wee = scale;
      wed = scale * (d - 2 * e + g + m) / (3 * d);
      wmd = scale * (d - 2 * m + g + e) / (3 * d);
      wme = 0;
      wmg = 0;
      wmd = Math.max(wmd, 0); // more than a third of all bandwidth is in the middle
      wgd = scale - wed - wmd;
      check = check();
    }
    return check != Check.WRONG;
  }

  /** Case 3. */
  private boolean oneScarce() {
    if (3 * (Math.min(e, g) + d) < t) {
      if (g < e) {
        wgg = scale;
        wgd = scale;
        wmd = 0;
        wed = 0;
        wmg = 0;
        wme = e < m ? 0 : scale * (e - m) / (2 * e);
        wee = scale - wme;
      } else {
        wee = scale;
        wed = scale;
        wmd = 0;
        wgd = 0;
        wme = 0;
        wmg = g < m ? 0 : scale * (g - m) / (2 * g);
        wgg = scale - wmg;
      }
      return true;
    }
    if (g < e) {
      wgg = scale;
      wgd = scale * (d - 2 * g + e + m) / (3 * d);
      wmg = 0;
      wee = scale * (e + m) / (2 * e);
      wme = scale - wee;
      wmd = (scale - wgd) / 2;
      wed = (scale - wgd) / 2;
    } else {
      wee = scale;
      wed = scale * (d - 2 * e + g + m) / (3 * d);
      wme = 0;
      wgg = scale * (g + m) / (2 * g);
      wmg = scale - wgg;
      wmd = (scale - wed) / 2;
      wgd = (scale - wed) / 2;
    }
    return check() == Check.OK;
  }

  private Check check() {
    boolean sums =
        near(wed + wmd + wgd, scale, MARGIN)
            && near(wmg + wgg, scale, MARGIN)
            && near(wme + wee, scale, MARGIN);
    boolean ranges =
        inRange(wgg)
            && inRange(wgd)
            && inRange(wmg)
            && inRange(wme)
            && inRange(wmd)
            && inRange(wed)
            && inRange(wee);
    if (!sums || !ranges) {
      return Check.WRONG;
    }
    long guards = wgg * g + wgd * d;
    long exits = wee * e + wed * d;
    long middles = m * scale + wmd * d + wme * e + wmg * g;
    long margin = MARGIN * t / 3;
    if (!near(guards, exits, margin)) {
      return Check.WRONG;
    }
    return near(guards, middles, margin) ? Check.OK : Check.MIDDLE_UNBALANCED;
  }

  private boolean inRange(long weight) {
    return weight >= 0 && weight <= scale;
  }

  private static boolean near(long a, long b, long margin) {
    return Math.abs(a - b) <= margin;
  }

  private String text() {
    return String.format(
        java.util.Locale.ROOT,
        "bandwidth-weights Wbd=%d Wbe=%d Wbg=%d Wbm=%d Wdb=%d Web=%d Wed=%d Wee=%d Weg=%d Wem=%d Wgb=%d Wgd=%d Wgg=%d Wgm=%d"
            + " Wmb=%d Wmd=%d Wme=%d Wmg=%d Wmm=%d\n",
        wmd,
        wme,
        wmg,
        scale,
        scale,
        scale,
        wed,
        wee,
        wed,
        wee,
        scale,
        wgd,
        wgg,
        wgg,
        scale,
        wmd,
        wme,
        wmg,
        scale);
  }
}
