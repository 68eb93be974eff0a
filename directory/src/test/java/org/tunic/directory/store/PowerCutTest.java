package org.tunic.directory.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.directory.store.PowerCut.Survival;

final class PowerCutTest {
  @TempDir Path dir;

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }

  /** All that the file may hold after a cut at any step; "-" stands for no file. */
  private static Set<String> outcomes(PowerCut disk, String name) {
    Set<String> outcomes = new HashSet<>();
    for (int step = 0; step <= disk.steps(); step++) {
      for (Survival survival : Survival.values()) {
        Map<String, byte[]> files = disk.after(step, survival);
        outcomes.add(files.containsKey(name) ? new String(files.get(name), US_ASCII) : "-");
      }
    }
    return outcomes;
  }

  @Test
  void write_cutAtAnyStep_leavesTheOldOrTheNewFileWhole() throws Exception {
    Files.write(dir.resolve("file"), bytes("old"));
    PowerCut disk = new PowerCut(dir);
    AtomicFiles.write(disk.root().resolve("file"), bytes("new"));
    assertEquals(Set.of("old", "new"), outcomes(disk, "file"));
    for (Survival survival : Survival.values()) {
      Map<String, byte[]> files = disk.after(disk.steps(), survival);
      assertEquals(Set.of("file"), files.keySet(), survival.name());
      assertEquals("new", new String(files.get("file"), US_ASCII), survival.name());
    }
  }

  @Test
  void write_ofANewFile_cutAtAnyStep_leavesNoneOrAWholeOne() throws Exception {
    PowerCut disk = new PowerCut(dir);
    AtomicFiles.write(disk.root().resolve("file"), bytes("new"));
    assertEquals(Set.of("-", "new"), outcomes(disk, "file"));
  }

  @Test
  void append_cutAtAnyStep_keepsWhatWasThere() throws Exception {
    Files.write(dir.resolve("file"), bytes("old"));
    PowerCut disk = new PowerCut(dir);
    AtomicFiles.append(disk.root().resolve("file"), bytes("+new"));
    assertEquals(Set.of("old", "old+new"), outcomes(disk, "file"));
  }

  /** The control: what {@link AtomicFiles} guards against is seen when it is left out. */
  @Test
  void writeWithoutForce_cut_losesBothFiles() throws Exception {
    Files.write(dir.resolve("file"), bytes("old"));
    PowerCut disk = new PowerCut(dir);
    Path temporary = disk.root().resolve("file.tmp");
    Files.write(temporary, bytes("new"));
    Files.move(temporary, disk.root().resolve("file"), StandardCopyOption.ATOMIC_MOVE);
    assertEquals(Set.of("old", "new", ""), outcomes(disk, "file"));
  }

  @Test
  void writeInPlace_cut_losesTheOldFile() throws IOException {
    Files.write(dir.resolve("file"), bytes("old"));
    PowerCut disk = new PowerCut(dir);
    Files.write(disk.root().resolve("file"), bytes("new"));
    assertTrue(outcomes(disk, "file").contains(""));
  }
}
