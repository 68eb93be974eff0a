package org.tunic.directory.view;

/**
 * Whether we know enough of the network to build circuits that others could not foresee.
 *
 * <p>Spec: path-spec/when-we-build. Threads: immutable.
 *
 * @param present relays of the consensus whose microdescriptor we hold
 * @param listed relays of the consensus
 * @param guards fraction of the guards' bandwidth that we know the relays of, 0 to 1
 * @param middles the same for middles
 * @param exits the same for exits; that of middles if the network has no exit
 * @param needed what the product of the three must reach
 * @param hasExits whether the network has exits, so that paths out of it are possible
 */
public record DirInfo(
    int present,
    int listed,
    double guards,
    double middles,
    double exits,
    double needed,
    boolean hasExits) {

  /** Nothing known. */
  public static final DirInfo NONE = new DirInfo(0, 0, 0, 0, 0, 1, false);

  /** The fraction of likely paths we can build. */
  public double paths() {
    return guards * middles * exits;
  }

  /** Whether circuits may be built. */
  public boolean enough() {
    return listed > 0 && paths() >= needed;
  }

  /** In words, without naming any relay. */
  public String describe() {
    return "microdescriptors "
        + present
        + "/"
        + listed
        + ", "
        + percent(guards)
        + "% of guards bw, "
        + percent(middles)
        + "% of midpoint bw, and "
        + percent(exits)
        + "% of "
        + (hasExits ? "exit bw" : "end bw (no exits in consensus, using mid)")
        + " = "
        + percent(paths())
        + "% of path bw";
  }

  private static int percent(double fraction) {
    return (int) (fraction * 100);
  }
}
