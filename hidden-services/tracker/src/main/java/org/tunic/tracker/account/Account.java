package org.tunic.tracker.account;

import java.time.Instant;
import java.util.Optional;

/**
 * A member of a tracker.
 *
 * <p>Threads: immutable.
 *
 * @param name 1 to 64 letters, digits, dots, hyphens and underscores
 * @param expires from when on it is served no more; empty for never
 */
public record Account(String name, Optional<Instant> expires) {
  boolean isExpired(Instant now) {
    return expires.isPresent() && !now.isBefore(expires.get());
  }
}
