package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Onion services that come and go at SIGHUP, as their directories show; C tor first. */
final class OnionReloadIT {
  @TempDir Path dir;

  private Path torrc() {
    return dir.resolve("torrc");
  }

  private Path log() {
    return dir.resolve("log");
  }

  private void write(String... services) throws Exception {
    List<String> lines = new ArrayList<>();
    for (String service : services) {
      lines.add("HiddenServiceDir " + dir.resolve(service));
      lines.add("HiddenServicePort 80");
    }
    Files.writeString(
        torrc(),
        RunningDaemon.NETWORK
            + "DataDirectory "
            + dir.resolve("data")
            + "\nLog notice file "
            + log()
            + "\nSocksPort 0\n"
            + String.join("\n", lines)
            + "\n");
  }

  private RunningDaemon start(boolean ours) throws Exception {
    return ours ? RunningDaemon.ours(torrc(), log()) : RunningDaemon.ctor(torrc(), log());
  }

  private Path hostname(String service) {
    return dir.resolve(service).resolve("hostname");
  }

  private void awaitHostname(RunningDaemon node, String service) throws Exception {
    node.await("the hostname of " + service, () -> Files.exists(hostname(service)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void hup_addsServices_andKeepsThoseThatStay(boolean ours) throws Exception {
    write("one");
    try (RunningDaemon node = start(ours)) {
      awaitHostname(node, "one");
      String first = Files.readString(hostname("one"));
      assertFalse(Files.exists(hostname("two")));
      write("one", "two");
      node.signal("HUP");
      awaitHostname(node, "two");
      write("two", "three");
      node.signal("HUP");
      awaitHostname(node, "three");
      assertEquals(first, Files.readString(hostname("one")));
      assertTrue(node.isAlive());
      assertFalse(node.logged().contains(".onion"), node.logged());
    }
  }

  /** C tor would end here, as with every configuration that it cannot use. */
  @Test
  void hup_withADamagedKey_changesNothing() throws Exception {
    write("one");
    try (RunningDaemon node = start(true)) {
      awaitHostname(node, "one");
      Path damaged =
          Files.createDirectory(
              dir.resolve("two"),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Path key = Files.writeString(damaged.resolve("hs_ed25519_secret_key"), "x");
      Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
      write("one", "two");
      node.signal("HUP");
      node.await("Going on with the one of before.");
      assertTrue(node.logged().contains("hs_ed25519_secret_key is damaged"), node.logged());
      assertEquals("x", Files.readString(key));
      write("one", "three");
      node.signal("HUP");
      awaitHostname(node, "three");
    }
  }

  @Test
  void start_withTwoDirectoriesOfOneKey_isRefused() throws Exception {
    write("one");
    try (RunningDaemon node = start(true)) {
      awaitHostname(node, "one");
    }
    Path copy =
        Files.createDirectory(
            dir.resolve("copy"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    for (String name : List.of("hs_ed25519_secret_key", "hs_ed25519_public_key")) {
      Files.copy(
          dir.resolve("one").resolve(name), copy.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
    }
    write("one", "copy");
    Processes.Ended ended =
        Processes.run(
            dir,
            Processes.tunic(
                "-f", torrc().toString(), "--defaults-torrc", torrc() + ".no-defaults"));
    assertEquals(1, ended.status(), ended.output());
    assertTrue(ended.output().contains("hold the same key"), ended.output());
  }
}
