package org.tunic.daemon.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.daemon.config.Config.Directories;
import org.tunic.daemon.wiring.Processes;
import org.tunic.directory.linkspec.RelayAddress;

/** A DataDirectory that goes from C tor to us and back. */
final class CTorKeystoreIT {
  @TempDir Path dir;

  private Path data;

  @BeforeEach
  void nameDirectory() throws Exception {
    data = dir.resolve("data");
    Files.writeString(dir.resolve("none"), "");
  }

  private String torFingerprint(String kind) throws Exception {
    Processes.Ended ended =
        Processes.tor(
            dir,
            "--list-fingerprint",
            kind,
            "--quiet",
            "-f",
            dir.resolve("none").toString(),
            "--defaults-torrc",
            dir.resolve("none").toString(),
            "--DataDirectory",
            data.toString(),
            "--ORPort",
            "1",
            "--Nickname",
            "foo");
    assertEquals(0, ended.status(), ended.output());
    return ended.output().strip().replaceFirst("foo ", "").replace(" ", "");
  }

  private RelayKeys open() throws Exception {
    try (DataDirectory directory =
        DataDirectory.open(new Directories(data, data.resolve("keys"), data), warning -> {})) {
      RelayKeys keys =
          RelayKeystore.open(
                  directory.keyDirectory(warning -> {}),
                  KeyFolder.LIFETIMES,
                  InstantSource.system(),
                  new SecureRandom(),
                  notice -> {})
              .keys();
      directory.writeFingerprints("foo", keys.ids().rsa(), keys.ids().ed().orElseThrow());
      return keys;
    }
  }

  @Test
  void directory_ofCtor_isTakenOverAsItIs() throws Exception {
    String rsa = torFingerprint("rsa");
    String ed25519 = torFingerprint("ed25519");
    Map<String, String> before = KeyFolder.contents(data.resolve("keys"));
    String fingerprints = Files.readString(data.resolve("fingerprint-ed25519"));
    RelayIds ids = open().ids();
    assertEquals(rsa, ids.rsa().hex());
    assertEquals(ed25519, ids.ed().orElseThrow().base64());
    assertEquals(before, KeyFolder.contents(data.resolve("keys")));
    assertEquals(fingerprints, Files.readString(data.resolve("fingerprint-ed25519")));
  }

  @Test
  void directory_ofOurs_isTakenOverByCtorAsItIs() throws Exception {
    Processes.requireTor();
    RelayIds ids = open().ids();
    Map<String, String> before = KeyFolder.contents(data.resolve("keys"));
    assertEquals(ids.rsa().hex(), torFingerprint("rsa"));
    assertEquals(ids.ed().orElseThrow().base64(), torFingerprint("ed25519"));
    assertEquals(before, KeyFolder.contents(data.resolve("keys")));
    assertEquals(ids, open().ids());
  }

  @Test
  void lock_heldByUs_keepsCtorOut() throws Exception {
    Processes.requireTor();
    open();
    try (DataDirectory held =
        DataDirectory.open(new Directories(data, data.resolve("keys"), data), warning -> {})) {
      assertEquals(data.resolve("keys"), held.keyDirectory(warning -> {}));
      Processes.Ended ended =
          Processes.tor(
              dir,
              "-f",
              dir.resolve("none").toString(),
              "--defaults-torrc",
              dir.resolve("none").toString(),
              "--DataDirectory",
              data.toString(),
              "--SocksPort",
              "0",
              "--DirAuthority",
              "x 127.0.0.1:1 ffffffffffffffffffffffffffffffffffffffff");
      assertEquals(1, ended.status(), ended.output());
      assertTrue(ended.output().contains("another Tor process is running"), ended.output());
    }
  }

  @Test
  void authorityKeys_ofTorGencert_load() throws Exception {
    Processes.requireTor();
    Files.createDirectories(data);
    Path keys = Files.createDirectory(data.resolve("keys"));
    Path passphrase = Files.writeString(dir.resolve("pass"), "pass\n");
    Processes.Ended ended =
        Processes.run(
            keys,
            List.of(
                "sh",
                "-c",
                "tor-gencert --create-identity-key -m 12 --passphrase-fd 0 -a 127.0.0.1:80 < "
                    + passphrase));
    assertEquals(0, ended.status(), ended.output());
    AuthorityKeys loaded = AuthorityKeys.load(keys, InstantSource.system().instant());
    String certificate = Files.readString(keys.resolve("authority_certificate"));
    assertTrue(
        certificate.contains("fingerprint " + loaded.certificate().identity().hex()), certificate);
  }

  @Test
  void authorityKeys_ofOurs_areTakenByCtor() throws Exception {
    Processes.requireTor();
    open();
    AuthorityKeys.create(
        data.resolve("keys"),
        RelayAddress.parse("127.0.0.1:9030").orElseThrow(),
        2048,
        12,
        InstantSource.system().instant(),
        new SecureRandom());
    Processes.Ended ended =
        Processes.tor(
            dir,
            "--list-fingerprint",
            "--hush",
            "-f",
            dir.resolve("none").toString(),
            "--defaults-torrc",
            dir.resolve("none").toString(),
            "--DataDirectory",
            data.toString(),
            "--ORPort",
            "127.0.0.1:9001",
            "--DirPort",
            "127.0.0.1:9030",
            "--Address",
            "127.0.0.1",
            "--Nickname",
            "foo",
            "--ContactInfo",
            "x",
            "--AuthoritativeDirectory",
            "1",
            "--V3AuthoritativeDirectory",
            "1",
            "--TestingTorNetwork",
            "1",
            "--DirAuthority",
            "x 127.0.0.1:1 ffffffffffffffffffffffffffffffffffffffff");
    assertEquals(0, ended.status(), ended.output());
    assertTrue(ended.output().contains("foo "), ended.output());
  }
}
