package org.tunic.directory.fetch;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.Set;
import org.tunic.directory.doc.consensus.ConsensusFlavor;

/**
 * What kind of node fetches.
 *
 * <p>Threads: immutable.
 *
 * @param flavors consensuses to hold; the microdesc flavour is always among them
 * @param descriptors whether to hold the router descriptors that the ns flavour lists
 * @param early whether to fetch as caches do: soon after a consensus ceases to be fresh, and from
 *     the authorities
 * @param pathsNeeded PathsNeededToBuildCircuits, 0 to 1; empty to follow the consensus
 * @param retry delays after failures
 * @param lazily how long to wait for the few last microdescriptors once circuits can be built
 */
public record FetchSettings(
    Set<ConsensusFlavor> flavors,
    boolean descriptors,
    boolean early,
    OptionalDouble pathsNeeded,
    RetrySchedule retry,
    Duration lazily) {

  private static final Duration LAZILY = Duration.ofMinutes(10);
  private static final Duration LAZILY_TESTING = Duration.ofSeconds(5);

  /** Copies the set. */
  public FetchSettings {
    if (!flavors.contains(ConsensusFlavor.MICRODESC)) {
      throw new IllegalArgumentException("the view needs the microdesc flavour");
    }
    flavors = Set.copyOf(flavors);
  }

  /** A client: the microdesc flavour and its microdescriptors. */
  public static FetchSettings client(OptionalDouble pathsNeeded, boolean testing) {
    return new FetchSettings(
        Set.of(ConsensusFlavor.MICRODESC),
        false,
        false,
        pathsNeeded,
        testing ? RetrySchedule.TESTING : RetrySchedule.NORMAL,
        testing ? LAZILY_TESTING : LAZILY);
  }

  /** A relay that serves directory documents: both flavours and everything they list. */
  public static FetchSettings cache(OptionalDouble pathsNeeded, boolean testing) {
    return new FetchSettings(
        Set.of(ConsensusFlavor.NS, ConsensusFlavor.MICRODESC),
        true,
        true,
        pathsNeeded,
        testing ? RetrySchedule.TESTING : RetrySchedule.NORMAL,
        testing ? LAZILY_TESTING : LAZILY);
  }
}
