package org.tunic.daemon.keystore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.testing.ParserFuzz;

/**
 * The files of a HiddenServiceDir and of a ClientOnionAuthDir: the first byte says which of them,
 * the rest is the file. Whatever is in it, the secret key stays as it is.
 */
class OnionKeyFilesFuzz extends ParserFuzz {
  private static final List<String> FILES =
      List.of(
          "hs_ed25519_secret_key",
          "hs_ed25519_public_key",
          "hostname",
          "authorized_clients/a.auth",
          "a.auth_private");

  @TempDir private Path folder;

  OnionKeyFilesFuzz() {
    super(KeystoreException.class);
  }

  @BeforeEach
  void makeService() throws IOException, KeystoreException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    open();
  }

  private void open() throws KeystoreException {
    new OnionKeyDirectory(folder, false).open(new SecureRandom(), _ -> {}).close();
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    String name = FILES.get((input[0] & 0xff) % FILES.size());
    Path file = folder.resolve(name);
    boolean present = Files.exists(file);
    byte[] good = present ? Files.readAllBytes(file) : new byte[0];
    byte[] bad = Arrays.copyOfRange(input, 1, input.length);
    Files.write(file, bad);
    try {
      OnionKeyDirectory directory = new OnionKeyDirectory(folder, false);
      try (HsIdKeypair key = directory.open(new SecureRandom(), _ -> {})) {
        String hostname = Files.readString(folder.resolve("hostname"), StandardCharsets.US_ASCII);
        if (!hostname.equals(key.id().unredactedHost() + "\n")) {
          throw new AssertionError("the hostname is not that of the key");
        }
        directory.clients(_ -> {});
        ClientOnionKeys.load(folder, _ -> {}).close();
      }
      if (name.equals(FILES.getFirst()) && !Arrays.equals(bad, Files.readAllBytes(file))) {
        throw new AssertionError("a secret key was overwritten");
      }
    } finally {
      if (present) {
        Files.write(file, good);
      } else {
        Files.deleteIfExists(file);
      }
    }
  }
}
