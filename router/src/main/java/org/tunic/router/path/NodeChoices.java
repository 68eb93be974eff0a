package org.tunic.router.path;

import java.util.List;
import java.util.function.Predicate;
import org.tunic.directory.view.Relay;

/**
 * Which relays a configuration wants at each position of a path. None of it is ever let go for want
 * of relays: C tor does so for directory requests only, whatever {@code StrictNodes} says.
 *
 * <p>First hops are not restricted here: guards are drawn from all and filtered in {@code
 * router.guard}, which gets {@code EntryNodes} and the rest as its own filter.
 *
 * <p>Spec: tor(1), {@code ExcludeNodes}, {@code ExitNodes}, {@code MiddleNodes}, {@code
 * NodeFamily}. Threads: immutable.
 *
 * @param middles relays that may stand in the middle
 * @param middlesNamed whether {@code MiddleNodes} names them: then, as in C tor, they need not be
 *     Fast or Stable
 * @param exits relays that may be last
 * @param families of each, no two members may share a path
 */
public record NodeChoices(
    Predicate<Relay> middles,
    boolean middlesNamed,
    Predicate<Relay> exits,
    List<Predicate<Relay>> families) {
  /** Every relay anywhere. */
  public static final NodeChoices ANY = new NodeChoices(_ -> true, false, _ -> true, List.of());

  /** Copies the list. */
  public NodeChoices {
    families = List.copyOf(families);
  }
}
