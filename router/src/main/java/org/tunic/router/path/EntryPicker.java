package org.tunic.router.path;

import java.util.Optional;
import java.util.function.Predicate;
import org.tunic.directory.view.Relay;

/**
 * Gives the first hop of a path: usually the guard room, which keeps to few relays for long.
 *
 * <p>Threads: that of the caller of {@link PathSelector#choose}.
 */
@FunctionalInterface
public interface EntryPicker {
  /** A first hop that {@code allowed} accepts, empty if there is none. */
  Optional<Relay> pick(Predicate<Relay> allowed);
}
