package org.tunic.router.link;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.tunic.crypto.cert.CertificateType;
import org.tunic.crypto.cert.Ed25519Certificate;
import org.tunic.crypto.cert.RelayCredentials;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.key.RsaSecretKey;

/** Credentials of a relay for tests. */
public final class TestCredentials {
  private TestCredentials() {}

  /** Fresh keys and certificates that are good at {@code now}. */
  public static RelayCredentials create(Instant now, SecureRandom random) {
    Ed25519Keypair master = Ed25519Keypair.generate(random);
    Ed25519Keypair signing = Ed25519Keypair.generate(random);
    Ed25519Certificate certificate =
        Ed25519Certificate.certify(
            CertificateType.SIGNING,
            now.plus(Duration.ofDays(30)),
            signing.identity(),
            master,
            true);
    return RelayCredentials.create(
        RsaSecretKey.generate(1024, random), certificate, signing, now, random);
  }
}
