package org.tunic.tracker.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.testing.ManualClock;
import org.tunic.tracker.swarm.Announce.Event;
import org.tunic.tracker.swarm.Announce.Role;
import org.tunic.tracker.swarm.Announced.Keeping;
import org.tunic.tracker.swarm.SwarmStore.Limits;

/** What was written comes back; what was not written whole does not come at all. */
class SnapshotFileTest {
  private final ManualClock clock = ManualClock.at("2026-01-02T03:04:05Z");

  @TempDir Path folder;

  private SwarmStore store(long seed) {
    return Swarms.store(Limits.DEFAULT, clock, seed);
  }

  private SwarmStore filled() {
    SwarmStore store = store(1);
    for (int i = 0; i < 50; i++) {
      Swarms.take(store, Swarms.withKey(Swarms.leecher(i), "key" + i));
      Swarms.take(store, Swarms.announce(2, i, Role.SEED, Event.STARTED, Swarms.ipv4(i)));
      Swarms.take(store, Swarms.announce(100 + i, i, Role.SEED, Event.STARTED, PeerAddress.NONE));
    }
    Swarms.take(
        store,
        Swarms.withKey(Swarms.announce(1, 7, Role.SEED, Event.COMPLETED, Swarms.onion(7)), "key7"));
    return store;
  }

  private SnapshotFile file() {
    return new SnapshotFile(folder.resolve("swarms"));
  }

  @Test
  void read_whatWasWritten_isTheSame() throws IOException {
    SwarmStore before = filled();
    file().write(before);
    SwarmStore after = store(2);
    assertTrue(file().read(after));
    assertEquals(before.totals(), after.totals());
    assertEquals(before.page(null, 1000), after.page(null, 1000));
    assertEquals(1, after.scrape(Swarms.torrent(1)).downloaded());
    assertEquals(
        Keeping.KNOWN, Swarms.take(after, Swarms.withKey(Swarms.leecher(3), "key3")).keeping());
    assertInstanceOf(
        Announced.WrongKey.class, after.announce(Swarms.withKey(Swarms.leecher(3), "key4")));
  }

  @Test
  void write_ofAFile_isForItsOwnerOnlyAndLeavesNothing() throws IOException {
    file().write(filled());
    file().write(filled());
    assertEquals(
        PosixFilePermissions.fromString("rw-------"),
        Files.getPosixFilePermissions(folder.resolve("swarms")));
    assertEquals(1, folder.toFile().list().length);
  }

  @Test
  void read_withoutFile_isEmpty() throws IOException {
    assertFalse(file().read(store(1)));
  }

  @Test
  void read_cutOrChanged_isRefusedWhole() throws IOException {
    file().write(filled());
    byte[] good = Files.readAllBytes(folder.resolve("swarms"));
    for (int length = 0; length < good.length; length += 1 + good.length / 97) {
      Files.write(folder.resolve("swarms"), java.util.Arrays.copyOf(good, length));
      refused();
    }
    for (int at = 0; at < good.length; at += 1 + good.length / 211) {
      byte[] bad = good.clone();
      bad[at] ^= 1;
      Files.write(folder.resolve("swarms"), bad);
      refused();
    }
  }

  private void refused() {
    SwarmStore store = store(2);
    assertThrows(SnapshotException.class, () -> file().read(store));
    assertEquals(0, store.peers());
    assertEquals(0, store.swarms());
  }

  @Test
  void read_laterVersion_isRefused() throws IOException {
    file().write(filled());
    byte[] later = Files.readAllBytes(folder.resolve("swarms"));
    later[13] = 2;
    Files.write(folder.resolve("swarms"), later);
    SnapshotException e = assertThrows(SnapshotException.class, () -> file().read(store(1)));
    assertTrue(e.getMessage().contains("version 2"));
  }

  @Test
  void setAside_damagedFile_isKeptUnderAnotherName() throws IOException {
    Files.write(folder.resolve("swarms"), new byte[5]);
    assertTrue(Files.exists(file().setAside()));
    assertFalse(file().read(store(1)));
  }

  @Test
  void read_moreThanTheStoreMayHold_takesWhatFits() throws IOException {
    file().write(filled());
    SwarmStore small = Swarms.store(new Limits(10, 60, 50), clock, 1);
    assertTrue(file().read(small));
    assertTrue(small.peers() <= 60 && small.swarms() <= 10, small.totals().toString());
    assertTrue(small.peers() > 0);
  }
}
