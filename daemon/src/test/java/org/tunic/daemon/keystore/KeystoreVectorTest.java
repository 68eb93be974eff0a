package org.tunic.daemon.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.crypto.bytes.Hex;
import org.tunic.directory.linkspec.RelayAddress;

/** Key files that C tor and tor-gencert wrote. */
final class KeystoreVectorTest {
  /** While the certificates of the recorded network were good. */
  private static final Instant THEN = Instant.parse("2026-06-10T00:00:00Z");

  @TempDir Path dir;

  @ParameterizedTest
  @CsvSource({
    "auth0, CD67CE9A5EC6FE643CDDA75DED5CDE8C4BBF249C,"
        + " 16e17ae75f626cb278d3b4ebf561050ecc9c60c6509c1be351f99eb9c15850c8,"
        + " bae54c6e36ceaac2f01f9638ebe663c3a7252e35ae0464cdf7a80379eda1889a,"
        + " 8dba82002ff9d06c327657cbd2a2cdcefc47dab7d39cbd72c05b5d48840b5f67",
    "relay0, 3A9940714D0FFE4541278C9F6EA355733E753516,"
        + " 4107d90007d7cfbe35189ae963cb3877e96aea358c679f95fcfff244baf69147,"
        + " df74c40b56c6a41df434d45bf42d0218988d868fb1b7833d11b09c2f9c00bf90,"
        + " df4c278c554b40cf305f99730fa1ad9fecc5357e67a19ace1be28327e4bf5f2e"
  })
  void open_keysOfCtor_giveTheIdentitiesOfItsDescriptor(
      String node, String rsa, String master, String signing, String ntor) throws Exception {
    KeyFolder.copyCtor(node, dir);
    Map<String, String> before = KeyFolder.contents(dir);
    RelayKeys keys =
        RelayKeystore.open(dir, KeyFolder.LIFETIMES, () -> THEN, new SecureRandom(), notice -> {})
            .keys();
    assertEquals(rsa, keys.ids().rsa().hex());
    assertEquals(master, Hex.encode(keys.masterIdentity().bytes().toArray()));
    assertEquals(signing, Hex.encode(keys.signingKey().identity().bytes().toArray()));
    assertEquals(ntor, Hex.encode(keys.ntorOnionKey().publicKey().bytes().toArray()));
    assertEquals(before, KeyFolder.contents(dir));
  }

  @Test
  void load_keysOfTorGencert_giveTheIdentityOfItsCertificate() throws Exception {
    KeyFolder.copyCtor("auth0", dir);
    AuthorityKeys keys = AuthorityKeys.load(dir, THEN);
    assertEquals("1AF745A0FB6B479FB630CAEEEEB57A3CE58D652E", keys.certificate().identity().hex());
    assertEquals(keys.certificate().signingKey(), keys.signingKey().publicKey());
  }

  @Test
  void load_authorityKeysThatDoNotFit_areRefused() throws Exception {
    KeyFolder.copyCtor("auth0", dir);
    KeystoreException expired =
        assertThrows(
            KeystoreException.class,
            () -> AuthorityKeys.load(dir, Instant.parse("2099-01-01T00:00:00Z")));
    assertTrue(expired.getMessage().contains("has expired"), expired.getMessage());
    Path other = Files.createDirectory(dir.resolve("other"));
    AuthorityKeys.create(
        other,
        RelayAddress.parse("127.0.0.1:80").orElseThrow(),
        2048,
        12,
        THEN,
        new SecureRandom());
    Files.copy(
        other.resolve("authority_signing_key"),
        Files.createDirectory(dir.resolve("mixed")).resolve("authority_signing_key"));
    Files.copy(dir.resolve("authority_certificate"), dir.resolve("mixed/authority_certificate"));
    KeystoreException mixed =
        assertThrows(KeystoreException.class, () -> AuthorityKeys.load(dir.resolve("mixed"), THEN));
    assertTrue(mixed.getMessage().contains("does not belong to"), mixed.getMessage());
    Files.delete(dir.resolve("authority_signing_key"));
    KeystoreException missing =
        assertThrows(KeystoreException.class, () -> AuthorityKeys.load(dir, THEN));
    assertTrue(missing.getMessage().contains("run tor-gencert in " + dir), missing.getMessage());
  }

  @Test
  void create_authorityKeys_loadBack() throws Exception {
    AuthorityKeys made =
        AuthorityKeys.create(
            dir,
            RelayAddress.parse("127.0.0.1:80").orElseThrow(),
            2048,
            12,
            THEN,
            new SecureRandom());
    assertEquals(
        made.certificate().identity(),
        AuthorityKeys.load(dir, THEN.plusSeconds(1)).certificate().identity());
    for (Path file : KeyFolder.list(dir)) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }
  }
}
