package org.tunic.daemon.house.control.directory;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;

/** Takes the time from what it was given. */
final class ReadsGivenClock {
  Instant now(InstantSource source, Clock clock) {
    return clock.instant().isAfter(source.instant()) ? Instant.now(clock) : source.instant();
  }
}
