package org.tunic.index.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.store.PowerCut;
import org.tunic.directory.store.PowerCut.Survival;
import org.tunic.index.Torrents;
import org.tunic.index.store.IndexStore.Limits;
import org.tunic.index.store.LogLine.Action;
import org.tunic.tracker.swarm.InfoHash;

/** The power goes at every step of some work: whatever was acknowledged by then is there. */
class IndexStorePowerCutTest {
  private static final int FILE_BYTES = 500;

  @TempDir Path dir;

  /** What the caller was told after so many steps of the disk. */
  private record Told(int steps, Check check) {}

  private interface Check {
    void in(IndexStore store) throws IOException;
  }

  private static InfoHash id(String name) {
    return Torrents.metainfo(name).id();
  }

  private static void isThere(IndexStore store, String name) throws IOException {
    Entry entry = store.entry(id(name)).orElseThrow(() -> new AssertionError(name + " is lost"));
    assertEquals(Torrents.metainfo(name), store.torrent(entry));
  }

  @Test
  void work_cutAtAnyStep_keepsAllThatWasAcknowledged() throws Exception {
    PowerCut disk = new PowerCut(Files.createDirectory(dir.resolve("real")));
    List<Told> told = new ArrayList<>();
    try (IndexStore store = IndexStore.open(disk.root(), Limits.DEFAULT, FILE_BYTES)) {
      for (int i = 0; i < 6; i++) {
        String name = "t" + i;
        store.add(List.of(Torrents.entry(name, Category.OTHER, i)));
        told.add(new Told(disk.steps(), again -> isThere(again, name)));
      }
      store.make(new Account("anna", Role.USER, Bytes.EMPTY, Bytes.EMPTY, 1));
      told.add(
          new Told(disk.steps(), again -> assertTrue(again.account("anna").isPresent(), "anna")));
      store.log(LogLine.about(id("t3"), 1, "mod", Action.REMOVE, "law"));
      told.add(
          new Told(
              disk.steps(),
              again -> {
                assertEquals(Set.of(id("t3")), again.removed());
                assertEquals(1, again.lines());
              }));
      store.report(new Report(id("t1"), 2, "spam"));
      told.add(new Told(disk.steps(), again -> assertEquals(1, again.reports().size())));
    }
    assertTrue(disk.steps() >= 30, disk.steps() + " steps");
    Set<String> seen = new HashSet<>();
    int starts = 0;
    for (int step = 0; step <= disk.steps(); step++) {
      for (Survival survival : Survival.values()) {
        Map<String, byte[]> files = disk.after(step, survival);
        if (!seen.add(step + PowerCut.fingerprint(files))) {
          continue;
        }
        Path again = Files.createDirectory(dir.resolve("again" + starts++));
        PowerCut.layOut(files, again);
        String where = "cut after step " + step + ", " + survival + " survives";
        try (IndexStore store = IndexStore.open(again, Limits.DEFAULT, FILE_BYTES)) {
          for (Told one : told) {
            if (one.steps() <= step) {
              one.check().in(store);
            }
          }
          store.add(List.of(Torrents.entry("after", Category.OTHER, 9)));
        } catch (IOException | AssertionError e) {
          throw new AssertionError(where, e);
        }
        try (IndexStore store = IndexStore.open(again, Limits.DEFAULT, FILE_BYTES)) {
          isThere(store, "after");
        }
      }
    }
    assertTrue(starts > 30, starts + " starts");
  }
}
