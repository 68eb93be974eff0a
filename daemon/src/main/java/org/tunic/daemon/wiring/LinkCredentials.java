package org.tunic.daemon.wiring;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.cert.RelayCredentials;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.daemon.keystore.RelayKeys;

/**
 * The link keys and certificates of a relay, made anew when they are due.
 *
 * <p>Threads: any, guarded by {@code this}.
 */
final class LinkCredentials {
  private final Supplier<RelayKeys> keys;
  private final InstantSource clock;
  private final SecureRandom random;
  private volatile @Nullable RelayCredentials current;
  private @Nullable Ed25519Keypair signedBy;

  /**
   * @param keys the relay's keys as they are now
   */
  LinkCredentials(Supplier<RelayKeys> keys, InstantSource clock, SecureRandom random) {
    this.keys = keys;
    this.clock = clock;
    this.random = random;
  }

  /** Those of now; empty before the first {@link #renew}. */
  Optional<RelayCredentials> get() {
    return Optional.ofNullable(current);
  }

  /** Makes new ones if it is time or the signing key is another. An RSA key is made: seconds. */
  synchronized void renew() {
    Instant now = clock.instant();
    RelayKeys present = keys.get();
    if (current == null
        || !now.isBefore(current.renewAt())
        || !present.signingKey().equals(signedBy)) {
      current =
          RelayCredentials.create(
              present.identityKey(),
              present.signingCertificate(),
              present.signingKey(),
              now,
              random);
      signedBy = present.signingKey();
    }
  }
}
