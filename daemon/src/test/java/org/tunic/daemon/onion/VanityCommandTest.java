package org.tunic.daemon.onion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.daemon.keystore.OnionKeyDirectory;

final class VanityCommandTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir Path dir;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... arguments) {
    out.reset();
    err.reset();
    return new VanityCommand(
            dir,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            System::nanoTime,
            RANDOM)
        .run(List.of(arguments), 2);
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String told() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private List<Path> made() throws Exception {
    try (Stream<Path> files = Files.list(dir)) {
      return files.toList();
    }
  }

  @Test
  void search_findsAnAddress_andWritesAHiddenServiceDir() throws Exception {
    assertEquals(0, run("vanity", "Ab"), this::told);
    String address = printed().strip();
    assertTrue(address.matches("ab[a-z2-7]{54}\\.onion"), address);
    Path made = dir.resolve(address);
    assertEquals(List.of(made), made());
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(made)));
    try (HsIdKeypair key = new OnionKeyDirectory(made, false).open(RANDOM, _ -> {})) {
      assertEquals(address, key.id().unredactedHost());
    }
    assertTrue(told().contains("One address in 1024 begins like this."), told());
    assertTrue(told().contains("Found after "), told());
    assertTrue(told().contains("HiddenServiceDir " + made), told());
  }

  @Test
  void directory_thatIsThere_isLeftAlone_beforeTheSearch() throws Exception {
    Path mine = Files.createDirectory(dir.resolve("mine"));
    // As many letters as no test could wait for.
    assertEquals(1, run("vanity", "abcdefghijkl", "--dir", "mine"));
    assertTrue(told().contains("is not overwritten"), told());
    assertEquals(List.of(mine), made());
    assertEquals(1, run("vanity", "abcdefghijkl", "--dir", "nowhere/mine"));
    assertTrue(told().contains("no directory can be made"), told());
    assertEquals(0, run("vanity", "a", "--dir", "other", "--threads", "1"), this::told);
    assertTrue(Files.exists(dir.resolve("other/hs_ed25519_secret_key")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "vanity",
        "vanity a1",
        "vanity abcdefghijklm",
        "vanity a b",
        "vanity a --dir",
        "vanity a --threads 0",
        "vanity a --threads 1025",
        "vanity a --threads x",
        "vanity a --what",
        "key a"
      })
  void arguments_thatMeanNothing_areRefusedInOneLine(String arguments) throws Exception {
    assertEquals(1, run(arguments.isEmpty() ? new String[0] : arguments.split(" ")));
    assertEquals(1, told().lines().count(), told());
    assertTrue(told().startsWith("tunic: ") && told().contains("--help"), told());
    assertEquals("", printed());
    assertEquals(List.of(), made());
  }

  @Test
  void help_isPrinted() {
    assertEquals(0, run("--help"));
    assertTrue(printed().startsWith("usage: tunic onion vanity PREFIX"), printed());
    assertEquals(0, run("vanity", "--help"));
  }
}
