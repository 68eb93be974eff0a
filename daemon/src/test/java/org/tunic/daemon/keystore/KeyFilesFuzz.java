package org.tunic.daemon.keystore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.testing.ParserFuzz;

/** The files of a relay and authority: the first byte says which of them, the rest is the file. */
class KeyFilesFuzz extends ParserFuzz {
  private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");

  @TempDir private Path folder;
  private List<Path> files = List.of();

  KeyFilesFuzz() {
    super(KeystoreException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    Path file = files.get((input[0] & 0xff) % files.size());
    byte[] good = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOfRange(input, 1, input.length));
    try {
      readAll();
    } finally {
      Files.write(file, good);
    }
  }

  @BeforeEach
  void copyKeys() throws IOException {
    KeyFolder.copyCtor("auth0", folder);
    files = KeyFolder.list(folder);
  }

  private void readAll() throws KeystoreException {
    RelayKeystore.identities(folder);
    TaggedFile.readSecret(folder.resolve("secret_onion_key_ntor"), "c25519v1", "onion", 2 * 32);
    TaggedFile.readPublic(folder.resolve("ed25519_signing_cert"), "ed25519v1-cert", "type4", -1);
    AuthorityKeys.load(folder, NOW);
  }
}
