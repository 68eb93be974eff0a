package org.tunic.daemon.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.hs.HsClientKeypair;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;

final class ClientOnionKeysTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir Path dir;

  private final List<String> warnings = new ArrayList<>();

  @BeforeEach
  void closeDirectory() throws Exception {
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
  }

  private static HsId service() {
    try (HsIdKeypair key = HsIdKeypair.generate(RANDOM)) {
      return key.id();
    }
  }

  private ClientOnionKeys load() throws KeystoreException {
    return ClientOnionKeys.load(dir, warnings::add);
  }

  @Test
  void keys_areFoundByTheirService() throws Exception {
    HsId first = service();
    HsId second = service();
    try (var a = HsClientKeypair.generate(RANDOM);
        var b = HsClientKeypair.generate(RANDOM)) {
      Files.writeString(dir.resolve("a.auth_private"), a.privateFile(first));
      // C tor, too, takes an address with its ending, and a line end.
      Files.writeString(
          dir.resolve("b.auth_private"),
          b.privateFile(second).replace(":descriptor", ".onion:descriptor") + "\n");
      try (ClientOnionKeys keys = load()) {
        assertEquals(2, keys.size());
        assertEquals(a.publicKey(), keys.keyFor(first).orElseThrow().publicKey());
        assertEquals(b.publicKey(), keys.keyFor(second).orElseThrow().publicKey());
        assertTrue(keys.keyFor(service()).isEmpty());
        assertEquals(List.of(), warnings);
      }
    }
  }

  @Test
  void filesThatCannotBeRead_arePassedOver() throws Exception {
    try (var a = HsClientKeypair.generate(RANDOM)) {
      Files.writeString(dir.resolve("a.auth_private"), a.privateFile(service()));
    }
    Files.writeString(dir.resolve("b.auth_private"), "x:descriptor:x25519:y");
    Files.writeString(dir.resolve("c.auth_private"), "");
    Files.writeString(dir.resolve("d.auth"), "");
    Files.writeString(dir.resolve(".auth_private"), "");
    try (ClientOnionKeys keys = load()) {
      assertEquals(1, keys.size());
      assertEquals(4, warnings.size());
      for (String name : List.of("b.auth_private", "c.auth_private", "d.auth")) {
        assertTrue(warnings.stream().noneMatch(w -> w.contains(name)), "no file name is told");
      }
      assertTrue(warnings.get(1).contains("File 3 of"), warnings.get(1));
    }
  }

  @Test
  void secondFileOfOneService_isRefused() throws Exception {
    HsId service = service();
    for (String name : List.of("a", "b")) {
      try (var key = HsClientKeypair.generate(RANDOM)) {
        Files.writeString(dir.resolve(name + ".auth_private"), key.privateFile(service));
      }
    }
    KeystoreException e = assertThrows(KeystoreException.class, this::load);
    assertTrue(e.getMessage().contains("b.auth_private is for the service"), e.getMessage());
    assertTrue(!e.getMessage().contains(service.unredacted()), "no onion address is told");
  }

  @Test
  void directory_thatOthersMayEnter_isClosed_andOneThatIsMissingRefused() throws Exception {
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
    load().close();
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(dir)));
    assertEquals(1, warnings.size());
    Path none = dir.resolve("none");
    assertThrows(KeystoreException.class, () -> ClientOnionKeys.load(none, warnings::add));
    assertTrue(Files.notExists(none));
  }

  @Test
  void files_aboveTheBound_areRefused() throws Exception {
    for (int i = 0; i <= ClientOnionKeys.MAX_FILES; i++) {
      Files.createFile(dir.resolve(i + ".auth_private"));
    }
    KeystoreException e = assertThrows(KeystoreException.class, this::load);
    assertTrue(e.getMessage().contains("more than"), e.getMessage());
  }
}
