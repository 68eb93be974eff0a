package org.tunic.daemon.keystore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.hs.HsClientKeypair;
import org.tunic.crypto.hs.HsClientPublicKey;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;

final class OnionKeyDirectoryTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String SECRET = "hs_ed25519_secret_key";
  private static final String PUBLIC = "hs_ed25519_public_key";

  @TempDir Path dir;

  private final List<String> notices = new ArrayList<>();

  private Path service() {
    return dir.resolve("service");
  }

  private OnionKeyDirectory directory() {
    return new OnionKeyDirectory(service(), false);
  }

  private HsId open() throws KeystoreException {
    try (HsIdKeypair key = directory().open(RANDOM, notices::add)) {
      return key.id();
    }
  }

  private static String mode(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static void setMode(Path path, String mode) throws Exception {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  /** The names, modes and contents of all files. */
  private Map<String, String> files() throws Exception {
    Files.deleteIfExists(service().resolve("authorized_clients")); // the only folder, empty
    return KeyFolder.contents(service());
  }

  /** Opening is refused with these words, and changes nothing. */
  private void refused(String words) throws Exception {
    Map<String, String> before = files();
    KeystoreException e = assertThrows(KeystoreException.class, this::open);
    assertTrue(e.getMessage().contains(words), e.getMessage());
    assertEquals(before, files());
  }

  @Test
  void directory_thatIsMissing_isMade_andOpensAgainAsTheSameService() throws Exception {
    HsId id = open();
    assertEquals("rwx------", mode(service()));
    assertEquals("rwx------", mode(service().resolve("authorized_clients")));
    assertEquals(id.unredactedHost() + "\n", Files.readString(service().resolve("hostname")));
    assertEquals(96, Files.size(service().resolve(SECRET)));
    assertEquals(64, Files.size(service().resolve(PUBLIC)));
    Map<String, String> first = files();
    assertTrue(first.keySet().stream().allMatch(f -> f.endsWith(" rw-------")), first.toString());
    assertEquals(id, open());
    assertEquals(first, files());
    assertEquals(List.of(), notices);
  }

  @Test
  void publicKeyAndHostname_thatAreMissing_areMadeOfTheSecretKey() throws Exception {
    open();
    Map<String, String> whole = files();
    Files.delete(service().resolve(PUBLIC));
    Files.delete(service().resolve("hostname"));
    open();
    assertEquals(whole, files());
  }

  @Test
  void hostname_thatSaysSomethingElse_isCorrected() throws Exception {
    HsId id = open();
    Files.writeString(service().resolve("hostname"), "x.onion\n");
    open();
    assertEquals(id.unredactedHost() + "\n", Files.readString(service().resolve("hostname")));
  }

  @ParameterizedTest
  @ValueSource(strings = {SECRET, PUBLIC})
  void keyFile_thatIsDamaged_isRefusedAndStays(String name) throws Exception {
    open();
    Path file = service().resolve(name);
    byte[] good = Files.readAllBytes(file);
    for (byte[] bad :
        List.of(
            Arrays.copyOf(good, good.length - 1),
            Arrays.copyOf(good, good.length + 1),
            new byte[good.length],
            "== ed25519v1-secret: type1 ==".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
            new byte[200_000])) {
      Files.write(file, bad);
      refused("is damaged");
    }
  }

  /** C tor would make another key here, and the address would be gone. */
  @Test
  void secretKey_thatIsEmptyOrDamaged_withoutItsPublicKey_isRefusedAndStays() throws Exception {
    open();
    Files.delete(service().resolve(PUBLIC));
    Files.write(service().resolve(SECRET), new byte[0]);
    refused("is damaged: it is empty");
    Files.write(service().resolve(SECRET), new byte[96]);
    refused("is damaged");
  }

  @Test
  void secretKey_thatIsNotClamped_isRefused() throws Exception {
    open();
    byte[] bytes = Files.readAllBytes(service().resolve(SECRET));
    bytes[32] |= 1;
    Files.write(service().resolve(SECRET), bytes);
    refused("it holds no key");
  }

  @Test
  void secretKey_thatIsMissingBesideItsPublicKey_isRefused() throws Exception {
    open();
    Files.delete(service().resolve(SECRET));
    refused("is missing or empty beside its public key");
  }

  @Test
  void publicKey_ofAnotherService_isRefused() throws Exception {
    open();
    byte[] bytes = Files.readAllBytes(service().resolve(PUBLIC));
    bytes[40] ^= 1;
    Files.write(service().resolve(PUBLIC), bytes);
    refused("does not belong to");
  }

  @Test
  void secretKey_thatOthersMayRead_isRefused() throws Exception {
    open();
    for (String mode : List.of("rw-r-----", "rw----r--", "rwx--x---")) {
      setMode(service().resolve(SECRET), mode);
      refused("can be read by others");
    }
  }

  @Test
  void directory_thatOthersMayEnter_isRefusedByTheCheck_andClosedByOpening() throws Exception {
    directory().check();
    open();
    directory().check();
    setMode(service(), "rwxr-xr-x");
    KeystoreException e = assertThrows(KeystoreException.class, () -> directory().check());
    assertTrue(e.getMessage().contains("may be entered by others"), e.getMessage());
    assertEquals("rwxr-xr-x", mode(service()));
    open();
    assertEquals("rwx------", mode(service()));
    assertEquals(1, notices.size());
  }

  @Test
  void directory_forTheGroup_letsItReadTheHostnameAlone() throws Exception {
    OnionKeyDirectory open = new OnionKeyDirectory(service(), true);
    open.open(RANDOM, notices::add).close();
    assertEquals("rwxr-x---", mode(service()));
    assertEquals("rw-r-----", mode(service().resolve("hostname")));
    assertEquals("rw-------", mode(service().resolve(SECRET)));
    open.check();
    setMode(service(), "rwxrwx---");
    assertThrows(KeystoreException.class, open::check);
    open.open(RANDOM, notices::add).close();
    assertEquals("rwxr-x---", mode(service()));
  }

  @Test
  void directory_thatIsAFile_isRefused() throws Exception {
    Files.writeString(service(), "x");
    assertThrows(KeystoreException.class, this::open);
    assertEquals("x", Files.readString(service()));
  }

  @Test
  void create_makesADirectoryThatOpens_andNeverWritesIntoOneThatIsThere() throws Exception {
    try (HsIdKeypair key = HsIdKeypair.generate(RANDOM);
        HsIdKeypair other = HsIdKeypair.generate(RANDOM)) {
      OnionKeyDirectory.create(service(), key);
      assertEquals("rwx------", mode(service()));
      Map<String, String> made = files();
      assertEquals(3, made.size());
      assertTrue(made.keySet().stream().allMatch(f -> f.endsWith(" rw-------")), made.toString());
      KeystoreException e =
          assertThrows(KeystoreException.class, () -> OnionKeyDirectory.create(service(), other));
      assertTrue(e.getMessage().contains("is not overwritten"), e.getMessage());
      assertEquals(made, files());
      assertEquals(key.id(), open());
      try (HsIdKeypair read = directory().open(RANDOM, notices::add)) {
        assertArrayEquals(key.expandedSecret().borrow(), read.expandedSecret().borrow());
      }
    }
  }

  @Test
  void leftovers_ofAnInterruptedWrite_areRemovedAndTold() throws Exception {
    HsId id = open();
    Files.write(service().resolve(SECRET + ".tmp"), new byte[10]);
    assertEquals(id, open());
    assertEquals(1, notices.size());
    assertTrue(Files.notExists(service().resolve(SECRET + ".tmp")));
  }

  private Path client(String name, String content) throws Exception {
    return Files.writeString(service().resolve("authorized_clients").resolve(name), content);
  }

  @Test
  void clients_areThoseOfTheFiles_withoutWhatCannotBeRead() throws Exception {
    open();
    assertEquals(List.of(), directory().clients(notices::add));
    HsClientPublicKey alice;
    HsClientPublicKey bob;
    try (var a = HsClientKeypair.generate(RANDOM);
        var b = HsClientKeypair.generate(RANDOM)) {
      alice = a.publicKey();
      bob = b.publicKey();
    }
    client("alice.auth", alice.authFile());
    client("bob.auth", bob.authFile() + "\n");
    assertEquals(List.of(alice, bob), directory().clients(notices::add));
    assertEquals(List.of(), notices);
    client("alice.auth", "descriptor:x25519:no");
    client("readme", "x");
    client(".auth", bob.authFile());
    assertEquals(List.of(bob), directory().clients(notices::add));
    assertEquals(3, notices.size());
    assertTrue(notices.stream().noneMatch(n -> n.contains(bob.base32())), notices.toString());
    assertTrue(notices.stream().noneMatch(n -> n.contains("alice")), "no file name is told");
  }

  /** C tor opens the service to everybody here. */
  @Test
  void clients_ofWhomNoneCanBeRead_areRefused() throws Exception {
    open();
    client("alice.auth", "descriptor:x25519:no");
    KeystoreException e =
        assertThrows(KeystoreException.class, () -> directory().clients(notices::add));
    assertTrue(e.getMessage().contains("everybody may visit"), e.getMessage());
  }

  @Test
  void clients_aboveTheBound_areRefused() throws Exception {
    open();
    for (int i = 0; i <= OnionKeyDirectory.MAX_CLIENTS; i++) {
      client(i + ".auth", "");
    }
    KeystoreException e =
        assertThrows(KeystoreException.class, () -> directory().clients(notices::add));
    assertTrue(e.getMessage().contains("more than"), e.getMessage());
  }
}
