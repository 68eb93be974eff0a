package org.tunic.directory.view;

import java.util.Map;
import java.util.OptionalInt;

/**
 * The {@code bandwidth-weights} of a consensus: with what factor a relay's bandwidth counts in each
 * position of a path, by its flags.
 *
 * <p>Spec: dir-spec/consensus-formats, path-spec/path-selection-constraints. Threads: immutable.
 *
 * @param values {@code Wgg} and the others, in units of 1/{@code scale}
 * @param scale parameter {@code bwweightscale}, 10000 unless set
 */
public record BandwidthWeights(Map<String, Integer> values, int scale) {
  /** The scale without the parameter. */
  public static final int DEFAULT_SCALE = 10_000;

  /** Without weights all bandwidths count fully. */
  public static final BandwidthWeights NONE = new BandwidthWeights(Map.of(), DEFAULT_SCALE);

  /** Positions of a relay in a path. */
  public enum Position {
    GUARD('g'),
    MIDDLE('m'),
    EXIT('e'),
    /** A directory cache asked directly. */
    DIRECTORY('b');

    private final char letter;

    Position(char letter) {
      this.letter = letter;
    }
  }

  /** Copies the map. */
  public BandwidthWeights {
    values = Map.copyOf(values);
  }

  /** The weight with this name, as {@code Wgg}; empty if the consensus lacks it. */
  public OptionalInt get(String name) {
    Integer value = values.get(name);
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }

  /**
   * The factor, 0 to 1, for a relay in this position.
   *
   * <p>As in C tor, a relay that serves directory documents is also weighted by the {@code W?b} of
   * its kind, a plain exit has no weight as guard, and if one of the needed weights is missing or
   * negative all are 1.
   *
   * @param position where in the path
   * @param guard whether it has the flag Guard
   * @param exit whether it has the flag Exit and not BadExit
   * @param directory whether it serves directory documents
   */
  public double factor(Position position, boolean guard, boolean exit, boolean directory) {
    int wg = of(position, 'g');
    int wm = of(position, 'm');
    int we = position == Position.GUARD ? 0 : of(position, 'e');
    int wd = of(position, 'd');
    boolean direct = position == Position.DIRECTORY;
    int wgb = direct ? scale : of("Wgb");
    int wmb = direct ? scale : of("Wmb");
    int web = direct ? scale : of("Web");
    int wdb = direct ? scale : of("Wdb");
    if ((wg | wm | we | wd | wgb | wmb | web | wdb) < 0) {
      return 1;
    }
    int weight = guard ? (exit ? wd : wg) : (exit ? we : wm);
    int ifDirectory = guard ? (exit ? wdb : wgb) : (exit ? web : wmb);
    double factor = (double) weight / scale;
    return directory ? factor * ifDirectory / scale : factor;
  }

  private int of(Position position, char kind) {
    return of("W" + position.letter + kind);
  }

  private int of(String name) {
    return values.getOrDefault(name, -1);
  }
}
