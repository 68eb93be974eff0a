package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.bytes.Hex;
import org.tunic.daemon.config.ConfigLoader.Environment;

final class CliTest {
  @TempDir Path dir;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void writeTorrc() throws Exception {
    Files.writeString(
        dir.resolve("torrc"),
        """
        Nickname foo
        ORPort 9001
        ContactInfo me
        DataDirectory %s
        """
            .formatted(dir.resolve("data")));
    Files.writeString(dir.resolve("none"), "");
  }

  private int run(String... arguments) {
    out.reset();
    err.reset();
    byte[] input = "Nickname fromStdin\n".getBytes(StandardCharsets.UTF_8);
    Environment environment =
        new Environment(dir, Optional.of(dir), "op", new ByteArrayInputStream(input));
    List<String> all = new java.util.ArrayList<>(List.of(arguments));
    all.addAll(List.of("--quiet", "--defaults-torrc", "none"));
    return new Cli(
            environment,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            InstantSource.system(),
            System::nanoTime,
            new SecureRandom())
        .run(all);
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String complained() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void listFingerprint_relay_printsGroupsOfFourAndStaysTheSame() {
    assertEquals(0, run("--list-fingerprint", "-f", "torrc"));
    String first = printed();
    assertTrue(first.matches("foo( [0-9A-F]{4}){10}\n"), first);
    assertEquals(0, run("run", "--list-fingerprint", "rsa", "-f", "torrc"));
    assertEquals(first, printed());
    assertEquals(0, run("--list-fingerprint", "ed25519", "-f", "torrc"));
    assertTrue(printed().matches("foo [A-Za-z0-9+/]{43}\n"), printed());
  }

  @Test
  void listFingerprint_client_isRefused() {
    assertEquals(1, run("--list-fingerprint", "-f", "none"));
    assertEquals(
        "tunic: clients have no long-term identity keys; set ORPort if this is a relay\n",
        complained());
  }

  @Test
  void tracker_ofARelay_isRefused() {
    assertEquals(1, run("tracker", "--torrc", "torrc"));
    assertEquals(
        "tunic: tunic tracker never relays; remove ORPort and AuthoritativeDirectory from the"
            + " torrc, or name another one\n",
        complained());
  }

  @Test
  void tracker_askedForHelp_printsIt() {
    assertEquals(0, run("tracker", "--help"));
    assertTrue(printed().startsWith("usage: tunic tracker "), printed());
  }

  @Test
  void verifyConfig_good_saysSo() {
    assertEquals(0, run("--verify-config", "-f", "torrc"));
    assertEquals("Configuration was valid\n", printed());
  }

  @Test
  void verifyConfig_bad_saysWhereInOneLine() throws Exception {
    Files.writeString(dir.resolve("bad"), "Nickname a\nOrport x\n");
    assertEquals(1, run("--verify-config", "-f", "bad"));
    assertTrue(complained().startsWith("tunic: bad:2: ORPort \"x\" is not a port"), complained());
    assertEquals(1, complained().lines().count());
    assertEquals("", printed());
  }

  @Test
  void verifyConfig_looksAtDirectoriesOfOnionServices_andMakesNothing() throws Exception {
    Path service = Files.createDirectory(dir.resolve("service"));
    Files.setPosixFilePermissions(service, PosixFilePermissions.fromString("rwxr-xr-x"));
    String lines = "HiddenServiceDir " + service + "\nHiddenServicePort 80\n";
    Files.writeString(dir.resolve("onion"), lines);
    assertEquals(1, run("--verify-config", "-f", "onion"));
    assertTrue(complained().contains("may be entered by others"), complained());
    Files.setPosixFilePermissions(service, PosixFilePermissions.fromString("rwx------"));
    assertEquals(0, run("--verify-config", "-f", "onion"));
    Files.writeString(
        dir.resolve("onion"), lines + "ClientOnionAuthDir " + dir.resolve("keys") + "\n");
    assertEquals(1, run("--verify-config", "-f", "onion"));
    assertTrue(complained().contains("does not exist"), complained());
    try (var made = Files.list(service)) {
      assertEquals(0, made.count());
    }
  }

  @Test
  void verifyConfig_missingFile_isRefusedUnlessIgnored() {
    assertEquals(1, run("--verify-config", "-f", "nowhere"));
    assertEquals(
        "tunic: cannot read the configuration file \"nowhere\": no such file; check the path given"
            + " to -f and its permissions\n",
        complained());
    assertEquals(0, run("--verify-config", "-f", "nowhere", "--ignore-missing-torrc"));
  }

  @Test
  void dumpConfig_short_printsWhatDiffersFromTheDefaults() {
    assertEquals(
        0, run("--dump-config", "short", "-f", "none", "--SocksPort", "9150", "Nickname", "a"));
    assertEquals("Nickname a\nSocksPort 9150\n", printed());
    assertEquals(1, run("--dump-config", "-f", "none"));
  }

  @Test
  void dumpConfig_torrcFromStandardInput_isRead() {
    assertEquals(0, run("--dump-config", "short", "-f", "-"));
    assertEquals("Nickname fromStdin\n", printed());
  }

  @Test
  void hashPassword_any_isTheIteratedSaltedHash() {
    assertEquals(0, run("--hash-password", "secret"));
    String hash = printed().strip();
    assertTrue(hash.matches("16:[0-9A-F]{16}60[0-9A-F]{40}"), hash);
  }

  @Test
  void hash_knownSalt_isWhatCtorPrinted() throws Exception {
    // tor --hash-password foo
    String printed = "16:CCE7058D0B91372B60C26F1DE9B8C36E9B471A23DF2594AFFFCAF95D1A";
    byte[] salt = Hex.decode(printed.substring(3, 19));
    assertEquals(
        printed.substring(21),
        Hex.encodeUpper(PasswordHash.hash("foo".getBytes(StandardCharsets.US_ASCII), salt)));
  }

  @Test
  void run_withoutAuthorities_isRefused() {
    assertEquals(1, run("-f", "torrc"));
    assertEquals(
        "tunic: no directory authority is configured; add the DirAuthority lines of your network\n",
        complained());
  }

  @Test
  void keygen_twice_keepsTheIdentity() throws Exception {
    assertEquals(0, run("--keygen", "-f", "torrc"));
    Path keys = dir.resolve("data/keys");
    byte[] master = Files.readAllBytes(keys.resolve("ed25519_master_id_public_key"));
    assertEquals(0, run("--keygen", "-f", "torrc"));
    assertEquals(
        Hex.encode(master),
        Hex.encode(Files.readAllBytes(keys.resolve("ed25519_master_id_public_key"))));
    assertEquals(0, run("--list-fingerprint", "-f", "torrc"));
  }

  @Test
  void unwritableDirectory_saysWhichAndWhatToDo() throws Exception {
    Files.writeString(dir.resolve("data"), "in the way");
    assertEquals(1, run("--list-fingerprint", "-f", "torrc"));
    assertEquals(
        "tunic: DataDirectory "
            + dir.resolve("data")
            + " is not a directory; name another or move the file away\n",
        complained());
  }

  @Test
  void listTorrcOptions_any_printsOnePerLine() {
    assertEquals(0, run("--list-torrc-options"));
    assertEquals(372, printed().lines().count());
  }
}
