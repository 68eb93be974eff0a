package org.tunic.router.path;

import java.util.List;
import org.tunic.directory.view.Relay;

/**
 * The three relays of a circuit, no two of them the same, of one family or of one subnet.
 *
 * <p>Threads: immutable.
 */
public record Path(Relay guard, Relay middle, Relay exit) {
  /** The hops in the order in which a circuit is built. */
  public List<Relay> hops() {
    return List.of(guard, middle, exit);
  }

  /** Names no relay: paths stay out of logs. */
  @Override
  public String toString() {
    return "Path[3 hops]";
  }
}
