package org.tunic.router.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.router.path.TestNetworks;
import org.tunic.testing.ManualClock;

class GuardStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");

  private final ManualClock clock = ManualClock.at("2026-11-22T20:00:00Z");
  private final Queue<Runnable> tasks = new ArrayDeque<>();

  @TempDir Path directory;

  private GuardStore store() {
    return new GuardStore(new StateFile(directory.resolve("state"), clock), tasks::add);
  }

  private static SampledGuard guard(int number) {
    return new SampledGuard(
        "default",
        TestNetworks.identity(number),
        "relay" + number,
        NOW,
        number,
        "Tunic-0.1",
        null,
        null,
        List.of());
  }

  private void runAll() {
    for (Runnable task; (task = tasks.poll()) != null; ) {
      task.run();
    }
  }

  @Test
  void load_afterSave_givesTheSame() throws IOException {
    GuardStore store = store();
    store.save(List.of(guard(0), guard(1)));
    runAll();
    assertEquals(List.of(guard(0), guard(1)), store().load(NOW));
  }

  @Test
  void save_manyTimesWhileOneWrites_queuesOneTask() throws IOException {
    GuardStore store = store();
    for (int i = 0; i < 1000; i++) {
      store.save(List.of(guard(i)));
    }
    assertEquals(1, tasks.size());
    runAll();
    assertEquals(List.of(guard(999)), store().load(NOW));
  }

  @Test
  void save_otherSelectionsAndOtherEntries_areKept() throws IOException {
    Path state = directory.resolve("state");
    String bridge =
        "in=bridges rsa_id=" + TestNetworks.identity(9).hex() + " bridge_addr=1.2.3.4:5";
    Files.writeString(
        state, "Guard " + bridge + "\nGuard " + guard(7).format() + "\nDormant 0\nUnknown a b\n");
    GuardStore store = store();
    assertEquals(List.of(guard(7)), store.load(NOW));
    store.save(List.of(guard(1)));
    runAll();
    StateDocument written = StateDocument.parse(Files.readString(state));
    assertEquals(List.of(bridge, guard(1).format()), written.values("Guard"));
    assertEquals(List.of("0"), written.values("Dormant"));
    assertEquals(List.of("a b"), written.values("Unknown"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "in=default nickname=x",
        "rsa_id=00112233445566778899AABBCCDDEEFF00112233",
        "in=legacy rsa_id=00112233445566778899AABBCCDDEEFF00112233"
      })
  void load_damagedLine_setsTheFileAsideAndStartsWithoutState(String line) throws IOException {
    Path state = directory.resolve("state");
    Files.writeString(directory.resolve("state.0"), "an earlier one");
    String text = "Guard " + guard(7).format() + "\nGuard " + line + "\nDormant 0\n";
    Files.writeString(state, text);
    GuardStore store = store();
    assertEquals(List.of(), store.load(NOW));
    assertFalse(Files.exists(state));
    assertEquals(text, Files.readString(directory.resolve("state.1")));
    store.save(List.of(guard(1)));
    runAll();
    assertEquals(List.of(guard(1)), store().load(NOW));
  }

  @Test
  void load_damagedForTheHundredthTime_deletesTheFile() throws IOException {
    for (int i = 0; i < StateFile.MAX_ASIDE; i++) {
      Files.writeString(directory.resolve("state." + i), "");
    }
    Files.writeString(directory.resolve("state"), "Guard nonsense\n");
    assertEquals(List.of(), store().load(NOW));
    assertFalse(Files.exists(directory.resolve("state")));
    assertFalse(Files.exists(directory.resolve("state.100")));
  }

  @Test
  void save_diskFails_waitsForTheNextTime() throws IOException {
    Path obstacle = directory.resolve("state.tmp");
    Files.createDirectories(obstacle.resolve("occupied"));
    GuardStore store = store();
    store.save(List.of(guard(1)));
    runAll();
    assertThrows(IOException.class, store::flush);
    Files.delete(obstacle.resolve("occupied"));
    Files.delete(obstacle);
    store.flush();
    assertEquals(List.of(guard(1)), store().load(NOW));
  }
}
