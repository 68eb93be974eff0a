package org.tunic.daemon.keystore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.secret.SecretBytes;
import org.tunic.testing.SeededRandom;

class GatewayDirectoryTest {
  private static final int LENGTH = 32;

  @TempDir Path scratch;

  private byte[] open(long seed) throws KeystoreException {
    try (SecretBytes secret =
        new GatewayDirectory(scratch.resolve("gateway"))
            .open(LENGTH, new SeededRandom(seed), _ -> {})) {
      return secret.borrow().clone();
    }
  }

  private String mode(String name) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(scratch.resolve("gateway").resolve(name)));
  }

  @Test
  void open_twice_readsWhatWasMade() throws Exception {
    byte[] made = open(1);
    assertArrayEquals(made, open(2));
    assertEquals("rw-------", mode("secret"));
    assertEquals("rwx------", mode("."));
  }

  @Test
  void open_withADamagedSecret_refusesAndLeavesIt() throws Exception {
    open(1);
    Path file = scratch.resolve("gateway").resolve("secret");
    for (byte[] damaged : new byte[][] {{}, {1, 2, 3}, new byte[64]}) {
      Files.write(file, damaged);
      assertThrows(KeystoreException.class, () -> open(2));
      assertArrayEquals(damaged, Files.readAllBytes(file));
    }
  }

  @Test
  void open_withASecretThatOthersMayRead_refuses() throws Exception {
    open(1);
    Files.setPosixFilePermissions(
        scratch.resolve("gateway").resolve("secret"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThrows(KeystoreException.class, () -> open(2));
  }

  @Test
  void writeUrl_isForTheUserAlone() throws Exception {
    open(1);
    GatewayDirectory directory = new GatewayDirectory(scratch.resolve("gateway"));
    directory.writeUrl("http://127.0.0.1:1/announce/x");
    assertEquals("http://127.0.0.1:1/announce/x\n", Files.readString(directory.urlFile()));
    assertEquals("rw-------", mode("tracker-url"));
    assertTrue(Files.exists(directory.urlFile()));
    assertFalse(Files.exists(scratch.resolve("tracker-url")));
  }
}
