package org.tunic.router.path;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.tunic.directory.view.Relay;

/**
 * The exits of a view, and for each kind of need that came up those among them that let it through.
 *
 * <p>A port that most exits refuse would be found by drawing and throwing away only after many
 * draws, or after looking at all of them. So each need gets a table of its own, made when it is
 * first asked for: a look at every exit once for each view and need, not for each path.
 *
 * <p>Bounds: {@value #MAX_TABLES} tables; the one not used for longest makes room. Threads: guarded
 * by this.
 */
final class ExitTables {
  /** More than the ports a client predicts, with both families. */
  static final int MAX_TABLES = 64;

  private final List<Relay> relays;
  private final int[] exits;
  private final double[] weights;
  private final Map<Key, Candidates> tables = new LinkedHashMap<>(16, 0.75f, true);

  /** What of a need decides about the table. */
  private record Key(int port, boolean ipv6) {}

  /**
   * @param exits relays, by index
   * @param weights one for each exit
   */
  ExitTables(List<Relay> relays, int[] exits, double[] weights) {
    this.relays = relays;
    this.exits = exits;
    this.weights = weights;
  }

  /** The exits that let through what is needed. */
  synchronized Candidates of(ExitNeed need) {
    Key key = new Key(need.port(), need.ipv6());
    Candidates known = tables.get(key);
    if (known != null) {
      return known;
    }
    Candidates made = filtered(i -> PathSelector.allows(relays.get(i), need));
    tables.put(key, made);
    if (tables.size() > MAX_TABLES) {
      tables.remove(tables.keySet().iterator().next());
    }
    return made;
  }

  private Candidates filtered(IntPredicate fits) {
    int[] members = new int[exits.length];
    double[] shares = new double[exits.length];
    int count = 0;
    for (int i = 0; i < exits.length; i++) {
      if (fits.test(exits[i])) {
        members[count] = exits[i];
        shares[count++] = weights[i];
      }
    }
    return new Candidates(Arrays.copyOf(members, count), Arrays.copyOf(shares, count));
  }
}
