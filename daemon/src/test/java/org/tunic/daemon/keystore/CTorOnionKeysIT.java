package org.tunic.daemon.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.hs.HsClientKeypair;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.daemon.wiring.Processes;
import org.tunic.daemon.wiring.RunningDaemon;

/** HiddenServiceDirs that go from C tor to us and back. */
final class CTorOnionKeysIT {
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir Path dir;

  private Path service() {
    return dir.resolve("service");
  }

  /** C tor with the service, until it has loaded its keys; returns its log. */
  private String runCtor(String more) throws Exception {
    Path log = dir.resolve("log");
    Files.deleteIfExists(log);
    Path torrc =
        Files.writeString(
            dir.resolve("torrc"),
            RunningDaemon.NETWORK
                + """
                DataDirectory %s
                SocksPort 0
                DisableNetwork 1
                Log info file %s
                HiddenServiceDir %s
                HiddenServicePort 80
                %s
                """
                    .formatted(dir.resolve("data"), log, service(), more));
    try (RunningDaemon _ = RunningDaemon.ctor(torrc, log)) {
      return Files.readString(log);
    }
  }

  /** Files, not folders, with their modes and contents. */
  private Map<String, String> files() throws Exception {
    Path clients = service().resolve("authorized_clients");
    if (Files.exists(clients)) {
      for (Path file : KeyFolder.list(clients)) {
        Files.delete(file);
      }
      Files.delete(clients);
    }
    return KeyFolder.contents(service());
  }

  private HsId open() throws Exception {
    try (HsIdKeypair key = new OnionKeyDirectory(service(), false).open(RANDOM, _ -> {})) {
      return key.id();
    }
  }

  @Test
  void directory_ofCtor_isOpenedAsItIs() throws Exception {
    runCtor("");
    String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(service()));
    Map<String, String> before = files();
    assertEquals(3, before.size(), before.keySet()::toString);
    HsId id = open();
    assertEquals(id.unredactedHost() + "\n", Files.readString(service().resolve("hostname")));
    assertEquals(before, files());
    assertEquals(mode, PosixFilePermissions.toString(Files.getPosixFilePermissions(service())));
  }

  @Test
  void directory_ofTheVanitySearch_isServedByCtorUnderTheSameName() throws Exception {
    Processes.requireTor();
    Processes.Ended found =
        Processes.run(dir, Processes.tunic("onion", "vanity", "abc", "--dir", "service"));
    assertEquals(0, found.status(), found.output());
    Map<String, String> before = files();
    String address = Files.readString(service().resolve("hostname"));
    assertTrue(address.startsWith("abc"), address);
    assertTrue(found.output().contains(address), found.output());
    // What C tor writes anew shows how it reads the key.
    Files.delete(service().resolve("hostname"));
    Files.delete(service().resolve("hs_ed25519_public_key"));
    String log = runCtor("");
    assertTrue(log.contains("Found secret key but not"), log);
    assertEquals(before, files());
    assertEquals(address.strip(), open().unredactedHost());
  }

  @Test
  void directory_ofOurs_comesBackFromCtorAsItWas() throws Exception {
    Processes.requireTor();
    HsId id = open();
    Map<String, String> before = files();
    runCtor("");
    assertEquals(before, files());
    assertEquals(id, open());
  }

  @Test
  void authorisedClients_ofOurs_areLoadedByCtor() throws Exception {
    Processes.requireTor();
    open();
    Path clients = service().resolve("authorized_clients");
    Path keys = Files.createDirectory(dir.resolve("keys"));
    Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rwx------"));
    try (HsClientKeypair key = HsClientKeypair.generate(RANDOM)) {
      Files.writeString(clients.resolve("a.auth"), key.publicKey().authFile() + "\n");
      Files.writeString(keys.resolve("a.auth_private"), key.privateFile(open()) + "\n");
      assertEquals(
          List.of(key.publicKey()), new OnionKeyDirectory(service(), false).clients(_ -> {}));
    }
    String log = runCtor("ClientOnionAuthDir " + keys);
    assertTrue(log.contains("Loaded a client authorization key file a.auth."), log);
    assertTrue(log.contains("Loaded a client authorization key file a.auth_private."), log);
  }
}
