package org.tunic.daemon.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.daemon.config.Config.Directories;

final class DataDirectoryTest {
  @TempDir Path dir;

  private final List<String> warnings = new ArrayList<>();

  private Directories directories() {
    Path data = dir.resolve("data");
    return new Directories(data, data.resolve("keys"), data);
  }

  @Test
  void open_missingDirectory_isMadePrivate() throws Exception {
    try (DataDirectory data = DataDirectory.open(directories(), warnings::add)) {
      Path keys = data.keyDirectory(warnings::add);
      for (Path made : List.of(dir.resolve("data"), keys)) {
        assertEquals(
            "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(made)));
      }
      assertEquals(List.of(), warnings);
    }
  }

  @Test
  void open_directoryOpenToOthers_isClosedWithAWarning() throws Exception {
    Path data = Files.createDirectory(dir.resolve("data"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
    DataDirectory.open(directories(), warnings::add).close();
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(data)));
    assertEquals(List.of("Fixing permissions on directory " + data), warnings);
  }

  @Test
  void open_fileInTheWay_isRefused() throws Exception {
    Files.createFile(dir.resolve("data"));
    KeystoreException e =
        assertThrows(
            KeystoreException.class, () -> DataDirectory.open(directories(), warnings::add));
    assertEquals(
        "DataDirectory "
            + dir.resolve("data")
            + " is not a directory; name another or move the file away",
        e.getMessage());
  }

  @Test
  void open_parentMissing_isRefused() {
    Path data = dir.resolve("a/b");
    KeystoreException e =
        assertThrows(
            KeystoreException.class,
            () -> DataDirectory.open(new Directories(data, data, data), warnings::add));
    assertTrue(e.getMessage().contains("no such file or directory; create"), e.getMessage());
  }

  @Test
  void open_twice_isRefusedUntilTheFirstCloses() throws Exception {
    try (DataDirectory first = DataDirectory.open(directories(), warnings::add)) {
      first.keyDirectory(warnings::add);
      KeystoreException e =
          assertThrows(
              KeystoreException.class, () -> DataDirectory.open(directories(), warnings::add));
      assertTrue(e.getMessage().contains("is in use by another process"), e.getMessage());
      assertTrue(DataDirectory.openIfFree(directories(), warnings::add).isEmpty());
    }
    DataDirectory.open(directories(), warnings::add).close();
  }

  @Test
  void writeFingerprints_anyKeys_writesTheLinesOfCtor() throws Exception {
    try (DataDirectory data = DataDirectory.open(directories(), warnings::add)) {
      data.writeFingerprints("foo", RsaIdentity.of(new byte[20]), Ed25519Identity.of(new byte[32]));
    }
    assertEquals(
        "foo 0000000000000000000000000000000000000000\n",
        Files.readString(dir.resolve("data/fingerprint")));
    assertEquals(
        "foo AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
        Files.readString(dir.resolve("data/fingerprint-ed25519")));
  }

  @Test
  void close_withPidFile_removesIt() throws Exception {
    Path pid = dir.resolve("pid");
    try (DataDirectory data = DataDirectory.open(directories(), warnings::add)) {
      data.writePidFile(pid, 4711);
      assertEquals("4711\n", Files.readString(pid));
      KeystoreException e =
          assertThrows(
              KeystoreException.class, () -> data.writePidFile(dir.resolve("none/pid"), 1));
      assertTrue(e.getMessage().contains("PidFile"), e.getMessage());
    }
    assertFalse(Files.exists(pid));
  }
}
