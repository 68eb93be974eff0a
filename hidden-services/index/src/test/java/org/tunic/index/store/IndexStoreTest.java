package org.tunic.index.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.index.Torrents;
import org.tunic.index.metainfo.Metainfo;
import org.tunic.index.metainfo.MetainfoParser;
import org.tunic.index.store.IndexStore.Limits;
import org.tunic.index.store.LogLine.Action;
import org.tunic.tracker.swarm.InfoHash;

/** The store, opened again after every thing that can be done. */
class IndexStoreTest {
  private static final Account ANNA =
      new Account("anna", Role.USER, Bytes.copyOf(new byte[16]), Bytes.copyOf(new byte[32]), 7);

  @TempDir Path folder;

  private IndexStore open() throws IOException {
    return IndexStore.open(folder, Limits.DEFAULT, 1 << 16);
  }

  private static InfoHash id(String name) {
    return Torrents.metainfo(name).id();
  }

  private static LogLine line(String name, Action action, String reason) {
    return LogLine.about(id(name), 9, "mod", action, reason);
  }

  private static NewEntry entry(String name) {
    return new NewEntry(
        Torrents.metainfo(name), Category.TV_HD, List.of("a", "b"), "words", "anna", 5);
  }

  @Test
  void add_thenOpenedAgain_isThereByteForByte() throws Exception {
    Metainfo hybrid = MetainfoParser.parse(Torrents.hybrid("both", 9).file());
    try (IndexStore store = open()) {
      assertEquals(1, store.add(List.of(entry("one"))).size());
      assertEquals(
          1, store.add(List.of(new NewEntry(hybrid, Category.OTHER, List.of(), "", "", 6))).size());
    }
    try (IndexStore store = open()) {
      Entry one = store.entry(id("one")).orElseThrow();
      assertEquals("one", one.name());
      assertEquals(List.of("a", "b"), one.tags());
      assertEquals("anna", one.uploader());
      assertEquals(Torrents.metainfo("one"), store.torrent(one));
      Entry both = store.entry(hybrid.otherId().orElseThrow()).orElseThrow();
      assertEquals(hybrid, store.torrent(both));
      assertEquals(2, store.size());
      assertEquals(1, store.listed(Category.TV_HD));
      assertEquals(1, store.number(hybrid.id()));
      assertEquals(hybrid.id(), store.id(1));
    }
  }

  @Test
  void add_duplicates_areNotNew() throws Exception {
    try (IndexStore store = open()) {
      assertEquals(1, store.add(List.of(entry("one"), entry("one"))).size());
      assertEquals(0, store.add(List.of(entry("one"))).size());
      assertEquals(1, store.size());
    }
  }

  @Test
  void log_decidesHowATorrentStands_andOutlivesARestart() throws Exception {
    try (IndexStore store = open()) {
      store.add(List.of(entry("a"), entry("b"), entry("c")));
      store.log(line("a", Action.HIDE, "spam"));
      store.log(line("b", Action.HIDE, "mistake"));
      store.log(line("b", Action.SHOW, "sorry"));
      store.log(line("c", Action.REMOVE, "law"));
    }
    try (IndexStore store = open()) {
      assertEquals(Optional.of(Standing.HIDDEN), store.standing(id("a")));
      assertEquals(Optional.of(Standing.LISTED), store.standing(id("b")));
      assertEquals(Optional.of(Standing.REMOVED), store.standing(id("c")));
      assertEquals(1, store.listed());
      assertEquals(Set.of(id("c")), store.removed());
      assertEquals("law", store.lastLine(id("c")).orElseThrow().reason());
      assertEquals("sorry", store.lastLine(id("b")).orElseThrow().reason());
      assertEquals(4, store.lines());
      assertEquals(
          List.of("law", "sorry"), store.lines(0, 2).stream().map(LogLine::reason).toList());
      assertEquals(List.of("spam"), store.lines(3, 2).stream().map(LogLine::reason).toList());
    }
  }

  @Test
  void removed_torrentOfBothVersions_hasBothNames() throws Exception {
    Metainfo hybrid = MetainfoParser.parse(Torrents.hybrid("both", 2).file());
    try (IndexStore store = open()) {
      store.add(List.of(new NewEntry(hybrid, Category.OTHER, List.of(), "", "", 6)));
      store.log(LogLine.about(hybrid.id(), 1, "mod", Action.REMOVE, ""));
      assertEquals(Set.of(hybrid.id(), hybrid.otherId().orElseThrow()), store.removed());
    }
  }

  @Test
  void accounts_outliveARestart_andNamesAreTakenOnce() throws Exception {
    try (IndexStore store = open()) {
      assertTrue(store.make(ANNA));
      assertFalse(store.make(ANNA.with(Role.OPERATOR)));
      store.logRole(
          new LogLine(3, "root", Action.ROLE, "anna", "moderator"), ANNA.with(Role.MODERATOR));
    }
    try (IndexStore store = open()) {
      assertEquals(Role.MODERATOR, store.account("anna").orElseThrow().role());
      assertEquals(1, store.lines());
    }
  }

  @Test
  void reports_atTheirBounds_areRefused_andSettled() throws Exception {
    Limits limits = new Limits(10, 1 << 20, 2, 3, 2);
    try (IndexStore store = IndexStore.open(folder, limits)) {
      store.add(List.of(entry("a"), entry("b")));
      assertTrue(store.report(new Report(id("a"), 1, "x")));
      assertTrue(store.report(new Report(id("a"), 2, "y")));
      assertFalse(store.report(new Report(id("a"), 3, "of one torrent")));
      assertTrue(store.report(new Report(id("b"), 4, "z")));
      assertFalse(store.report(new Report(id("b"), 5, "of all")));
      assertFalse(store.report(new Report(id("unknown"), 5, "nothing")));
    }
    try (IndexStore store = IndexStore.open(folder, limits)) {
      assertEquals(List.of("x", "y", "z"), store.reports().stream().map(Report::reason).toList());
      store.log(line("a", Action.SETTLE, ""));
      assertTrue(store.report(new Report(id("a"), 6, "again")));
    }
  }

  @Test
  void limits_ofEntriesBytesAndAccounts_areKept() throws Exception {
    try (IndexStore store =
        IndexStore.open(folder.resolve("few"), new Limits(1, 1 << 20, 1, 1, 1))) {
      assertEquals(1, store.add(List.of(entry("a"), entry("b"))).size());
      assertTrue(store.make(ANNA));
      assertFalse(store.make(new Account("ben", Role.USER, ANNA.salt(), ANNA.hash(), 1)));
    }
    try (IndexStore store = IndexStore.open(folder.resolve("small"), new Limits(9, 200, 1, 1, 1))) {
      assertEquals(1, store.add(List.of(entry("a"), entry("b"))).size());
    }
  }

  @Test
  void torrents_inSeveralFiles_areAllRead() throws Exception {
    try (IndexStore store = IndexStore.open(folder, Limits.DEFAULT, 400)) {
      for (int i = 0; i < 20; i++) {
        store.add(List.of(entry("t" + i)));
      }
    }
    assertTrue(Files.exists(folder.resolve("torrents00006")));
    try (IndexStore store = IndexStore.open(folder, Limits.DEFAULT, 400)) {
      for (int i = 0; i < 20; i++) {
        assertEquals(
            Torrents.metainfo("t" + i), store.torrent(store.entry(id("t" + i)).orElseThrow()));
      }
    }
  }

  @Test
  void files_areTheOwnersAlone() throws Exception {
    Path made = folder.resolve("made");
    try (IndexStore store = IndexStore.open(made, Limits.DEFAULT)) {
      store.add(List.of(entry("a")));
    }
    assertEquals("rwx------", permissions(made));
    assertEquals("rw-------", permissions(made.resolve("journal")));
    assertEquals("rw-------", permissions(made.resolve("torrents00000")));
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void open_twice_isRefused() throws Exception {
    try (IndexStore store = open()) {
      assertTrue(
          assertThrows(StoreException.class, this::open).getMessage().endsWith("another index"));
      assertEquals(0, store.size());
    }
  }

  private void damage(String file, long position) throws IOException {
    try (FileChannel channel =
        FileChannel.open(folder.resolve(file), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, position);
      one.flip();
      channel.write(ByteBuffer.wrap(new byte[] {(byte) (one.get() ^ 1)}), position);
    }
  }

  @Test
  void journal_damagedInTheMiddle_isNotCutOff() throws Exception {
    try (IndexStore store = open()) {
      store.add(List.of(entry("a")));
      store.add(List.of(entry("b")));
    }
    long size = Files.size(folder.resolve("journal"));
    damage("journal", 60);
    String said = assertThrows(StoreException.class, this::open).getMessage();
    assertTrue(said.contains("journal is damaged at byte 14"), said);
    assertEquals(size, Files.size(folder.resolve("journal")));
  }

  @Test
  void journal_tornAtTheEnd_losesWhatNobodyWasTold() throws Exception {
    long acknowledged;
    try (IndexStore store = open()) {
      store.add(List.of(entry("a")));
      acknowledged = Files.size(folder.resolve("journal"));
      store.add(List.of(entry("b")));
    }
    long size = Files.size(folder.resolve("journal"));
    for (long end = size - 1; end > acknowledged; end -= 13) {
      try (FileChannel channel =
          FileChannel.open(folder.resolve("journal"), StandardOpenOption.WRITE)) {
        channel.truncate(end);
      }
      try (IndexStore store = open()) {
        assertEquals(end - acknowledged, store.cut());
        assertEquals(1, store.size());
        assertEquals(1, store.add(List.of(entry("b"))).size());
      }
    }
  }

  @Test
  void torrent_changedOnTheDisk_isNotHandedOut() throws Exception {
    try (IndexStore store = open()) {
      store.add(List.of(entry("a")));
    }
    damage("torrents00000", 60);
    try (IndexStore store = open()) {
      Entry entry = store.entry(id("a")).orElseThrow();
      assertThrows(StoreException.class, () -> store.torrent(entry));
    }
  }
}
