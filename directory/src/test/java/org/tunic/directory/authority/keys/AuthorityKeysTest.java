package org.tunic.directory.authority.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.key.RsaSecretKey;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.testing.SeededRandom;

class AuthorityKeysTest {
  private static final Instant NOW = Instant.parse("2026-11-30T12:00:00.5Z");

  @Test
  void certify_makesACertificateThatParses() throws Exception {
    RsaSecretKey identity = RsaSecretKey.generate(1024, new SeededRandom(7));
    RelayAddress address = RelayAddress.parse("127.0.0.1:20001").orElseThrow();
    AuthorityKeys keys = AuthorityKeys.certify(identity, address, NOW, 3, new SeededRandom(1));
    KeyCertificate read = KeyCertificate.parse(keys.certificate().text());
    assertEquals(identity.publicKey().identity(), keys.identity());
    assertEquals(Instant.parse("2026-11-30T12:00:00Z"), read.published());
    assertEquals(Instant.parse("2027-02-28T12:00:00Z"), read.expires());
    assertEquals(2048, read.signingKey().bits());
    assertEquals(address, read.address().orElseThrow());
  }

  @Test
  void constructor_keyOfAnotherCertificate_isRefused() {
    RsaSecretKey other = RsaSecretKey.generate(1024, new SeededRandom(7));
    KeyCertificate certificate = CtorDocs.certificates().getFirst();
    assertThrows(IllegalArgumentException.class, () -> new AuthorityKeys(certificate, other));
    assertThrows(
        IllegalArgumentException.class,
        () -> AuthorityKeys.certify(other, null, NOW, 25, new SeededRandom(1)));
  }
}
