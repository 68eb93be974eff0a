package org.tunic.router.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.testing.ManualClock;

class StateFileTest {
  private final ManualClock clock = ManualClock.at("2026-11-22T20:00:00Z");

  @TempDir Path directory;

  private Path path() {
    return directory.resolve("state");
  }

  private StateFile file() {
    return new StateFile(path(), clock);
  }

  @Test
  void read_withoutFile_isEmpty() throws IOException {
    assertEquals(StateDocument.EMPTY, file().read());
  }

  @Test
  void update_newFile_isReadableByOwnerOnly() throws IOException {
    file().update(state -> state.with("Dormant", List.of("0")));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path())));
    assertEquals(List.of("0"), file().read().values("Dormant"));
    assertFalse(Files.exists(directory.resolve("state.tmp")));
  }

  @Test
  void update_openFile_becomesOwnerOnly() throws IOException {
    Files.writeString(path(), "Dormant 1\nKeep  this value \n# comment\n");
    Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-r--r--"));
    file().update(state -> state.with("Dormant", List.of("0")));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path())));
    assertEquals(List.of("this value"), file().read().values("Keep"));
    assertEquals(List.of("0"), file().read().values("Dormant"));
  }

  @Test
  void update_afterCrashInTheMiddle_replacesTheHalfFile() throws IOException {
    Files.writeString(path(), "Dormant 1\n");
    Files.writeString(directory.resolve("state.tmp"), "Dorm");
    file().update(state -> state.with("New", List.of("x")));
    assertEquals(List.of("1"), file().read().values("Dormant"));
    assertEquals(List.of("x"), file().read().values("New"));
  }

  @Test
  void update_unwritableDirectory_failsAndKeepsTheOldFile() throws IOException {
    Files.writeString(path(), "Dormant 1\n");
    // A directory in place of the temporary file: even root cannot write there.
    Files.createDirectories(directory.resolve("state.tmp/occupied"));
    assertThrows(IOException.class, () -> file().update(state -> StateDocument.EMPTY));
    assertEquals(List.of("1"), file().read().values("Dormant"));
  }

  @Test
  void read_fileOverTheBound_isRefused() throws IOException {
    try (RandomAccessFile large = new RandomAccessFile(path().toFile(), "rw")) {
      large.setLength(StateFile.MAX_BYTES + 1);
    }
    assertThrows(IOException.class, () -> file().read());
  }
}
