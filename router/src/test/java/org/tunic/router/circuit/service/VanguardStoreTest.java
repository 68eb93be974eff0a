package org.tunic.router.circuit.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.router.guard.StateFile;
import org.tunic.router.path.TestNetworks;
import org.tunic.testing.ManualClock;

/** Full vanguards in the state file. */
final class VanguardStoreTest {
  private static final List<Vanguard> TWO =
      List.of(
          new Vanguard(2, TestNetworks.identity(1), TestNetworks.VALID_AFTER),
          new Vanguard(3, TestNetworks.identity(2), TestNetworks.VALID_AFTER.plusSeconds(3600)));

  @TempDir Path dir;
  private final ManualClock clock = ManualClock.at("2026-11-22T12:00:00Z");

  private VanguardStore store() {
    return new VanguardStore(new StateFile(dir.resolve("state"), clock), Runnable::run);
  }

  @Test
  void save_thenLoad_isTheSame_andOtherLinesStay() throws Exception {
    Path state = Files.writeString(dir.resolve("state"), "Guard in=default\nTorVersion Tor 0.4\n");
    store().save(TWO);
    assertEquals(TWO, store().load());
    store().save(TWO.subList(0, 1));
    assertEquals(TWO.subList(0, 1), store().load());
    String text = Files.readString(state);
    assertTrue(text.contains("Guard in=default\nTorVersion Tor 0.4\n"), text);
    assertEquals(
        PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(state));
  }

  @Test
  void load_damagedLine_isLeftOut() throws Exception {
    Files.writeString(
        dir.resolve("state"),
        "Vanguard layer=9\nVanguard " + TWO.getFirst().format() + "\nVanguard\n");
    assertEquals(TWO.subList(0, 1), store().load());
  }

  @Test
  void load_noFile_isNone_andAnUnreadableOneFails() throws Exception {
    assertEquals(List.of(), store().load());
    Files.createDirectory(dir.resolve("state"));
    assertThrows(IOException.class, () -> store().load());
  }

  @Test
  void save_diskThatFails_isTriedAgain() throws Exception {
    Path blocked = Files.createDirectory(dir.resolve("state"));
    VanguardStore store = store();
    store.save(TWO);
    Files.delete(blocked);
    store.flush();
    assertEquals(TWO, store().load());
  }
}
