package org.tunic.crypto.cert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.key.RsaSecretKey;
import org.tunic.testing.SeededRandom;

class RelayCredentialsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final SeededRandom RANDOM = new SeededRandom(7);
  private static final Ed25519Keypair MASTER = Ed25519Keypair.generate(RANDOM);
  private static final Ed25519Keypair SIGNING = Ed25519Keypair.generate(RANDOM);
  private static RelayCredentials credentials;

  @BeforeAll
  static void make() {
    credentials =
        RelayCredentials.create(
            RsaSecretKey.generate(1024, RANDOM), signingCertificate(SIGNING), SIGNING, NOW, RANDOM);
  }

  private static Ed25519Certificate signingCertificate(Ed25519Keypair signing) {
    return Ed25519Certificate.certify(
        CertificateType.SIGNING, NOW.plus(Duration.ofDays(30)), signing.identity(), MASTER, true);
  }

  @Test
  void responderCertificates_proveUs() throws Exception {
    var certificates = credentials.responderCertificates();
    assertEquals(Set.of(1, 2, 4, 5, 7), certificates.keySet());
    byte[] tls = credentials.tlsCertificate().der().toArray();
    var proven = PeerCertificates.verifyResponder(certificates, tls, NOW);
    assertEquals(credentials.ids(), proven.ids());
    assertEquals(credentials.rsaIdentityKey(), proven.rsaKey());
    assertTrue(proven.authentication().isEmpty());
  }

  @Test
  void initiatorCertificates_proveUsAndTheAuthenticationKey() throws Exception {
    var certificates = credentials.initiatorCertificates();
    assertEquals(Set.of(2, 3, 4, 6, 7), certificates.keySet());
    var proven = PeerCertificates.verifyInitiator(certificates, NOW);
    assertEquals(credentials.ids(), proven.ids());
    assertEquals(credentials.authenticationKey().identity(), proven.authentication().orElseThrow());
  }

  @Test
  void tlsCertificate_isOneForTheLinkKeyThatTheJdkReads() throws Exception {
    X509Certificate certificate = credentials.tlsCertificate();
    assertEquals(credentials.linkKey().publicKey(), certificate.rsaKey().orElseThrow());
    var jdk = certificate.jdkCertificate();
    jdk.checkValidity(java.util.Date.from(NOW));
    assertEquals(3, jdk.getVersion());
    assertTrue(jdk.getSubjectX500Principal().getName().matches("CN=www\\.[a-z2-7]{8,20}\\.net"));
    assertTrue(jdk.getIssuerX500Principal().getName().matches("CN=www\\.[a-z2-7]{8,20}\\.com"));
  }

  @Test
  void certificates_atRenewal_areStillGood() throws Exception {
    PeerCertificates.verifyInitiator(credentials.initiatorCertificates(), credentials.renewAt());
    Instant late = NOW.plus(RelayCredentials.LINK_LIFETIME).plusSeconds(3601);
    assertThrows(
        UntrustedCertificateException.class,
        () -> PeerCertificates.verifyInitiator(credentials.initiatorCertificates(), late));
  }

  @Test
  void create_withCertificateOfAnotherKey_isRefused() {
    RsaSecretKey identity = RsaSecretKey.generate(1024, RANDOM);
    assertThrows(
        IllegalArgumentException.class,
        () -> RelayCredentials.create(identity, signingCertificate(MASTER), SIGNING, NOW, RANDOM));
  }

  @Test
  void isValidAt_outsideTheSlop_isFalse() {
    X509Certificate c = credentials.tlsCertificate();
    assertTrue(c.isValidAt(c.notAfter().plus(X509Certificate.PAST_SLOP)));
    assertFalse(c.isValidAt(c.notAfter().plus(X509Certificate.PAST_SLOP).plusSeconds(1)));
    assertTrue(c.isValidAt(c.notBefore().minus(X509Certificate.FUTURE_SLOP)));
    assertFalse(c.isValidAt(c.notBefore().minus(X509Certificate.FUTURE_SLOP).minusSeconds(1)));
  }
}
