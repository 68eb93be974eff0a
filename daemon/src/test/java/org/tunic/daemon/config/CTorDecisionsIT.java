package org.tunic.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.daemon.wiring.Processes;

/** Which torrcs we take and which we refuse, beside the installed C tor. */
final class CTorDecisionsIT {
  private static final Path CORPUS = Path.of("src/test/resources/torrc/decisions.txt");

  @TempDir Path dir;

  private void makeFiles() throws Exception {
    Files.writeString(dir.resolve("one"), "ContactInfo one\n");
    Files.writeString(dir.resolve("relative"), "ContactInfo relative\n");
    Files.writeString(dir.resolve("a.inc"), "ContactInfo a\n");
    Files.writeString(dir.resolve("b.inc"), "ContactInfo b\n");
    Files.writeString(dir.resolve("bad"), "NoSuchOption 1\n");
    Files.writeString(dir.resolve("loop"), "%include " + dir.resolve("loop") + "\n");
    Files.createDirectory(dir.resolve("dir"));
    Files.writeString(dir.resolve("dir/a"), "ContactInfo a\n");
    Files.writeString(dir.resolve("dir/b"), "Nickname b\n");
    Files.writeString(dir.resolve("dir/.hidden"), "NoSuchOption 1\n");
    Files.createDirectory(dir.resolve("empty-dir"));
    Files.createDirectories(dir.resolve("dir-with-dir/inner"));
    Files.writeString(dir.resolve("dir-with-dir/inner/bad"), "NoSuchOption 1\n");
    for (int i = 0; i < 32; i++) {
      String next = i < 31 ? "%include " + dir.resolve("deep" + (i + 1)) + "\n" : "ContactInfo x\n";
      Files.writeString(dir.resolve("deep" + i), next);
    }
    Files.writeString(dir.resolve("none-defaults"), "");
  }

  @Test
  void decisions_onTheCorpus_areThoseOfCtor() throws Exception {
    Processes.requireTor();
    makeFiles();
    List<String> differing = new ArrayList<>();
    int refused = 0;
    int taken = 0;
    for (String line : Files.readAllLines(CORPUS)) {
      if (line.isBlank() || line.startsWith("# ")) {
        continue;
      }
      boolean lacking = line.startsWith("! ");
      String torrc =
          (lacking ? line.substring(2) : line).replace('~', '\n').replace("%D", dir.toString());
      // What neither knows to be there: the network, and where files go.
      String whole =
          (torrc.contains("DirAuthority") ? "" : Torrcs.DIR_AUTHORITY)
              + "DataDirectory "
              + dir.resolve("data")
              + "\n"
              + torrc
              + "\n";
      boolean theirs = ctorTakes(whole);
      Optional<String> problem = ourProblem(whole);
      if (theirs) {
        taken++;
      } else {
        refused++;
      }
      if (theirs != (problem.isEmpty() || lacking) || (lacking && problem.isEmpty())) {
        differing.add(
            line
                + "   C tor "
                + (theirs ? "takes" : "refuses")
                + ", ours: "
                + problem.orElse("ok"));
      }
    }
    assertTrue(taken > 150 && refused > 100, taken + " taken, " + refused + " refused");
    assertEquals(List.of(), differing, () -> String.join("\n", differing));
  }

  private boolean ctorTakes(String torrc) throws Exception {
    Path file = Files.writeString(dir.resolve("torrc"), torrc);
    Processes.Ended ended =
        Processes.tor(
            dir,
            "--verify-config",
            "-f",
            file.toString(),
            "--defaults-torrc",
            dir.resolve("none-defaults").toString());
    return ended.status() == 0;
  }

  private Optional<String> ourProblem(String torrc) throws Exception {
    Path file = Files.writeString(dir.resolve("torrc"), torrc);
    try {
      ConfigLoader.load(
          CommandLine.parse(
              List.of(
                  "-f",
                  file.toString(),
                  "--defaults-torrc",
                  dir.resolve("none-defaults").toString())),
          new ConfigLoader.Environment(dir, Optional.of(dir), "op", InputStream.nullInputStream()));
      return Optional.empty();
    } catch (ConfigException e) {
      return Optional.of(e.getMessage());
    }
  }
}
