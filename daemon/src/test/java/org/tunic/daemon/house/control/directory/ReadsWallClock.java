package org.tunic.daemon.house.control.directory;

import java.time.Clock;
import java.time.Instant;
import java.util.function.Supplier;

/** Takes the time from the system, in four ways. */
final class ReadsWallClock {
  long millis() {
    return System.currentTimeMillis();
  }

  Instant now() {
    return Instant.now();
  }

  Supplier<Instant> later() {
    return Instant::now;
  }

  Clock clock() {
    return Clock.systemUTC();
  }
}
