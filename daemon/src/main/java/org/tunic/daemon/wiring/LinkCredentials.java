package org.tunic.daemon.wiring;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.cert.RelayCredentials;
import org.tunic.daemon.keystore.RelayKeys;

/**
 * The link keys and certificates of a relay, made anew when they are due.
 *
 * <p>Threads: any, guarded by {@code this}.
 */
final class LinkCredentials {
  private final RelayKeys keys;
  private final InstantSource clock;
  private final SecureRandom random;
  private @Nullable RelayCredentials current;

  LinkCredentials(RelayKeys keys, InstantSource clock, SecureRandom random) {
    this.keys = keys;
    this.clock = clock;
    this.random = random;
  }

  /** Those of now. */
  synchronized Optional<RelayCredentials> get() {
    Instant now = clock.instant();
    RelayCredentials credentials = current;
    if (credentials == null || !now.isBefore(credentials.renewAt())) {
      credentials =
          RelayCredentials.create(
              keys.identityKey(), keys.signingCertificate(), keys.signingKey(), now, random);
      current = credentials;
    }
    return Optional.of(credentials);
  }
}
