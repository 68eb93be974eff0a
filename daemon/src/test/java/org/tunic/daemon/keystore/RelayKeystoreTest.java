package org.tunic.daemon.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.cert.CertificateType;
import org.tunic.daemon.config.Config.KeyLifetimes;

final class RelayKeystoreTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  @TempDir Path dir;

  private final List<String> notices = new ArrayList<>();

  private RelayKeystore open(Instant now) throws KeystoreException {
    return open(now, KeyFolder.LIFETIMES);
  }

  private RelayKeystore open(Instant now, KeyLifetimes lifetimes) throws KeystoreException {
    return RelayKeystore.open(dir, lifetimes, () -> now, RANDOM, notices::add);
  }

  @Test
  void open_emptyFolder_makesTheFilesOfCtorPrivately() throws Exception {
    open(NOW);
    assertEquals(
        List.of(
            "ed25519_master_id_public_key 64",
            "ed25519_master_id_secret_key 96",
            "ed25519_signing_cert 172",
            "ed25519_signing_secret_key 96",
            "secret_onion_key_ntor 96"),
        KeyFolder.list(dir).stream()
            .map(file -> file.getFileName() + " " + file.toFile().length())
            .filter(line -> !line.matches("secret_(id|onion)_key [0-9]+"))
            .toList());
    for (Path file : KeyFolder.list(dir)) {
      assertEquals(
          "rw-------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
          file.toString());
    }
    assertEquals(7, KeyFolder.list(dir).size());
  }

  @Test
  void open_again_findsTheSameKeysAndWritesNothing() throws Exception {
    RelayKeys made = open(NOW).keys();
    Map<String, String> before = KeyFolder.contents(dir);
    RelayKeys found = open(NOW.plusSeconds(5)).keys();
    assertEquals(made.ids(), found.ids());
    assertEquals(made.ntorOnionKey().publicKey(), found.ntorOnionKey().publicKey());
    assertEquals(made.tapOnionKey().publicKey(), found.tapOnionKey().publicKey());
    assertEquals(made.signingKey().identity(), found.signingKey().identity());
    assertEquals(before, KeyFolder.contents(dir));
    assertEquals(made.ids(), RelayKeystore.identities(dir));
  }

  @Test
  void open_signingCertificate_isSignedByTheMasterForThirtyDays() throws Exception {
    RelayKeys keys = open(NOW).keys();
    keys.signingCertificate().check(CertificateType.SIGNING, keys.masterIdentity(), NOW);
    assertEquals(keys.signingKey().identity(), keys.signingCertificate().certifiedEd25519());
    assertEquals(NOW.plus(Duration.ofDays(30)), keys.signingCertificate().expires());
  }

  @Test
  void open_whenTheSigningKeyIsAboutToExpire_makesAnotherOfTheSameMaster() throws Exception {
    RelayKeystore store = open(NOW);
    Instant due = store.signingKeyRenewalTime();
    assertEquals(NOW.plus(Duration.ofDays(29)), due);
    assertEquals(
        store.keys().signingKey().identity(),
        open(due.minusSeconds(1)).keys().signingKey().identity());
    RelayKeys renewed = open(due.plusSeconds(1)).keys();
    assertNotEquals(store.keys().signingKey().identity(), renewed.signingKey().identity());
    assertEquals(store.keys().ids(), renewed.ids());
  }

  @Test
  void open_signingKeyFresh_keepsGoingWithoutTheMasterSecret() throws Exception {
    RelayKeys made = open(NOW).keys();
    Files.delete(dir.resolve("ed25519_master_id_secret_key"));
    assertEquals(made.ids(), open(NOW).keys().ids());
    Files.delete(dir.resolve("ed25519_master_id_public_key"));
    assertEquals(made.ids(), open(NOW).keys().ids());
    assertTrue(Files.exists(dir.resolve("ed25519_master_id_public_key")));
  }

  @Test
  void open_signingKeyExpiredAndMasterElsewhere_isRefused() throws Exception {
    open(NOW);
    Files.delete(dir.resolve("ed25519_master_id_secret_key"));
    open(NOW.plus(Duration.ofDays(29)).plusSeconds(1));
    assertTrue(notices.getLast().contains("expires soon"), notices.toString());
    KeystoreException e =
        assertThrows(KeystoreException.class, () -> open(NOW.plus(Duration.ofDays(31))));
    assertTrue(e.getMessage().contains("has expired"), e.getMessage());
  }

  @Test
  void open_signingKeyWithoutCertificateOrMaster_makesNoNewMaster() throws Exception {
    open(NOW);
    Files.delete(dir.resolve("ed25519_master_id_secret_key"));
    Files.delete(dir.resolve("ed25519_master_id_public_key"));
    Files.delete(dir.resolve("ed25519_signing_cert"));
    Map<String, String> before = KeyFolder.contents(dir);
    assertThrows(KeystoreException.class, () -> open(NOW));
    assertEquals(before, KeyFolder.contents(dir));
  }

  @Test
  void open_offlineMaster_neverMakesOrUsesIt() throws Exception {
    assertThrows(KeystoreException.class, () -> open(NOW, KeyFolder.OFFLINE));
    assertFalse(Files.exists(dir.resolve("ed25519_master_id_secret_key")));
    RelayKeys made = open(NOW).keys();
    RelayKeys kept = open(NOW.plus(Duration.ofDays(29)).plusSeconds(1), KeyFolder.OFFLINE).keys();
    assertEquals(made.signingKey().identity(), kept.signingKey().identity());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "secret_id_key",
        "secret_onion_key",
        "secret_onion_key_ntor",
        "ed25519_master_id_secret_key",
        "ed25519_master_id_public_key",
        "ed25519_signing_secret_key",
        "ed25519_signing_cert"
      })
  void open_damagedFile_isNamedAndNothingIsOverwritten(String name) throws Exception {
    open(NOW);
    Path file = dir.resolve(name);
    byte[] content = Files.readAllBytes(file);
    // The second half of an expanded secret may be any 32 bytes: damage there shows nowhere.
    int late = name.endsWith("_secret_key") ? TaggedFile.HEAD_LENGTH + 1 : content.length - 30;
    for (int at : new int[] {0, content.length / 2, late}) {
      byte[] bad = content.clone();
      bad[at] ^= 0x55;
      refused(name, file, bad);
    }
    refused(name, file, Arrays.copyOf(content, content.length - 40));
    refused(name, file, new byte[PrivateFiles.MAX_BYTES + 1]);
    Files.write(file, content);
    open(NOW);
  }

  private void refused(String name, Path file, byte[] content) throws Exception {
    Files.write(file, content);
    Map<String, String> before = KeyFolder.contents(dir);
    KeystoreException e = assertThrows(KeystoreException.class, () -> open(NOW), name);
    assertTrue(e.getMessage().contains("; "), e.getMessage());
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
    assertEquals(before, KeyFolder.contents(dir));
  }

  @ParameterizedTest
  @CsvSource({
    "secret_id_key, rw-r--r--",
    "secret_onion_key_ntor, rw----r--",
    "ed25519_master_id_secret_key, rw-rw----",
    "ed25519_signing_secret_key, rw-r-----"
  })
  void open_secretReadableByOthers_isRefusedAndSaysHowToCloseIt(String name, String mode)
      throws Exception {
    open(NOW);
    Path file = dir.resolve(name);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    KeystoreException e = assertThrows(KeystoreException.class, () -> open(NOW));
    assertEquals(
        file
            + " can be read by others (mode "
            + mode
            + "); if you still trust the key, run chmod 600 on it",
        e.getMessage());
  }

  @Test
  void open_keysOfTwoRelaysMixedUp_isRefused() throws Exception {
    open(NOW);
    byte[] publicKey = Files.readAllBytes(dir.resolve("ed25519_master_id_public_key"));
    for (Path file : KeyFolder.list(dir)) {
      Files.delete(file);
    }
    open(NOW);
    Files.write(dir.resolve("ed25519_master_id_public_key"), publicKey);
    KeystoreException e = assertThrows(KeystoreException.class, () -> open(NOW));
    assertTrue(e.getMessage().contains("does not belong to"), e.getMessage());
  }

  @Test
  void open_emptyFile_countsAsMissing() throws Exception {
    Files.createFile(dir.resolve("secret_id_key"));
    RelayKeys keys = open(NOW).keys();
    assertEquals(keys.ids(), open(NOW).keys().ids());
  }

  @Test
  void open_halfWrittenTemporaryFile_isRemovedWithANotice() throws Exception {
    Files.writeString(dir.resolve("secret_id_key.tmp"), "half");
    Files.writeString(dir.resolve("of_somebody_else.tmp"), "kept");
    open(NOW);
    assertFalse(Files.exists(dir.resolve("secret_id_key.tmp")));
    assertTrue(Files.exists(dir.resolve("of_somebody_else.tmp")));
    assertEquals(
        List.of(
            "Writing the key file secret_id_key was interrupted the last time; what it was before"
                + " is in force."),
        notices);
    notices.clear();
    open(NOW);
    assertEquals(List.of(), notices);
  }

  @Test
  void open_afterAnInterruptedRotation_finishesItWithANotice() throws Exception {
    RelayKeys first = open(NOW).keys();
    for (String name : List.of("secret_onion_key", "secret_onion_key_ntor")) {
      Files.move(dir.resolve(name), dir.resolve(name + ".old"));
    }
    RelayKeys second = open(NOW).keys();
    assertEquals(2, second.ntorOnionKeys().size());
    assertEquals(first.ntorOnionKey().publicKey(), second.ntorOnionKeys().getLast().publicKey());
    assertEquals(1, notices.size(), notices::toString);
    assertTrue(notices.getFirst().contains("was interrupted"), notices::toString);
  }

  @Test
  void rotateOnionKeys_once_keepsThePreviousNtorKeyForHandshakes() throws Exception {
    RelayKeystore store = open(NOW);
    RelayKeys first = store.keys();
    RelayKeys second = store.rotateOnionKeys();
    assertEquals(2, second.ntorOnionKeys().size());
    assertNotEquals(
        first.ntorOnionKey().publicKey(), second.ntorOnionKeys().getFirst().publicKey());
    assertEquals(first.ntorOnionKey().publicKey(), second.ntorOnionKeys().getLast().publicKey());
    assertNotEquals(first.tapOnionKey().publicKey(), second.tapOnionKey().publicKey());
    RelayKeys found = open(NOW).keys();
    assertEquals(first.ntorOnionKey().publicKey(), found.ntorOnionKeys().getLast().publicKey());
    assertEquals(first.ids(), second.ids());
  }

  @Test
  void onionKeysSince_fileFromTheFuture_isNow() throws Exception {
    RelayKeystore store = open(NOW);
    Path file = dir.resolve("secret_onion_key_ntor");
    Files.setLastModifiedTime(file, FileTime.from(NOW.minusSeconds(60)));
    assertEquals(NOW.minusSeconds(60), store.onionKeysSince());
    Files.setLastModifiedTime(file, FileTime.from(NOW.plusSeconds(60)));
    assertEquals(NOW, store.onionKeysSince());
  }

  @Test
  void generate_repeated_keepsTheMasterAndRenewsTheSigningKey() throws Exception {
    var first = RelayKeystore.generate(dir, KeyFolder.LIFETIMES, () -> NOW, RANDOM);
    byte[] signing = Files.readAllBytes(dir.resolve("ed25519_signing_secret_key"));
    var second = RelayKeystore.generate(dir, KeyFolder.LIFETIMES, () -> NOW, RANDOM);
    assertEquals(first, second);
    assertFalse(
        Arrays.equals(signing, Files.readAllBytes(dir.resolve("ed25519_signing_secret_key"))));
    assertEquals(first, open(NOW).keys().masterIdentity());
  }
}
