package org.tunic.daemon.keystore;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.identity.Ed25519Identity;

final class FamilyKeysTest {
  @TempDir Path dir;

  private final List<String> warnings = new ArrayList<>();

  private Ed25519Identity make(String name) throws KeystoreException {
    return FamilyKeys.generate(dir.resolve(name), new SecureRandom());
  }

  private List<Ed25519Identity> load(List<Ed25519Identity> wanted, boolean all)
      throws KeystoreException {
    try (FamilyKeys keys = FamilyKeys.load(dir, wanted, all, warnings::add)) {
      return keys.keys().stream().map(key -> key.identity()).toList();
    }
  }

  @Test
  void keys_areThoseAskedFor() throws Exception {
    Ed25519Identity a = make("a");
    Ed25519Identity b = make("b");
    assertEquals(List.of(), load(List.of(), false));
    assertEquals(List.of(), warnings);
    assertEquals(List.of(b), load(List.of(b), false));
    assertEquals(1, warnings.size());
    assertTrue(warnings.getFirst().contains("a.secret_family_key"), warnings.getFirst());
    assertEquals(List.of(a, b), load(List.of(), true));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(dir.resolve("a.secret_family_key"))));
    assertEquals(a.base64() + "\n", Files.readString(dir.resolve("a.public_family_id")));
  }

  @Test
  void keyThatIsMissing_stopsTheStart() throws Exception {
    Ed25519Identity a = make("a");
    Files.delete(dir.resolve("a.secret_family_key"));
    KeystoreException e = assertThrows(KeystoreException.class, () -> load(List.of(a), false));
    assertTrue(e.getMessage().contains(a.base64()), e.getMessage());
  }

  @Test
  void fileThatIsDamagedOrOpenToOthers_stopsTheStart_andStays() throws Exception {
    make("a");
    Path file = dir.resolve("a.secret_family_key");
    byte[] good = Files.readAllBytes(file);
    for (byte[] bad : List.of(new byte[0], new byte[96], Arrays.copyOf(good, 95), new byte[] {1})) {
      Files.write(file, bad);
      assertThrows(KeystoreException.class, () -> load(List.of(), true));
      assertEquals(bad.length, Files.size(file));
    }
    Files.write(file, good);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThrows(KeystoreException.class, () -> load(List.of(), true));
  }

  @Test
  void directoryWithTooManyKeys_isRefused() throws Exception {
    for (int i = 0; i <= FamilyKeys.MAX_KEYS; i++) {
      Files.createFile(dir.resolve(i + ".secret_family_key"));
    }
    KeystoreException e = assertThrows(KeystoreException.class, () -> load(List.of(), true));
    assertTrue(e.getMessage().contains("more than"), e.getMessage());
  }
}
