package org.tunic.router.guard;

import java.time.Duration;
import java.util.function.Predicate;
import org.tunic.directory.view.Relay;

/**
 * What a configuration decides about guards.
 *
 * <p>Threads: immutable.
 *
 * @param used {@code UseEntryGuards}: false picks a first hop for each circuit anew
 * @param inUse {@code NumEntryGuards}: guards in use at a time; 0: as the consensus says
 * @param directories {@code NumDirectoryGuards}: guards asked for documents; 0: as the consensus
 *     says
 * @param primaries {@code NumPrimaryGuards}: primary guards kept; 0: as the consensus says
 * @param lifetime {@code GuardLifetime}: how long a guard stays, used or not; less than a day: as
 *     the consensus says
 * @param filter which relays we may connect to: {@code EntryNodes}, {@code ExcludeNodes} and {@code
 *     ReachableAddresses}
 */
public record GuardSettings(
    boolean used,
    int inUse,
    int directories,
    int primaries,
    Duration lifetime,
    Predicate<Relay> filter) {
  /** The consensus decides, and every guard may be used. */
  public static final GuardSettings DEFAULTS =
      new GuardSettings(true, 0, 0, 0, Duration.ZERO, _ -> true);

  private static final Duration LEAST_LIFETIME = Duration.ofDays(1);

  /** Whether {@link #lifetime} replaces what the consensus says. */
  boolean hasLifetime() {
    return lifetime.compareTo(LEAST_LIFETIME) >= 0;
  }
}
