package org.tunic.index.search;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.index.Torrents;
import org.tunic.index.metainfo.Metainfo;
import org.tunic.index.metainfo.MetainfoParser;
import org.tunic.index.search.Search.Order;
import org.tunic.index.store.Category;
import org.tunic.index.store.Entry;
import org.tunic.index.store.IndexStore;
import org.tunic.index.store.IndexStore.Limits;
import org.tunic.index.store.LogLine;
import org.tunic.index.store.LogLine.Action;
import org.tunic.index.store.NewEntry;
import org.tunic.index.store.Standing;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.swarm.Counts;

/** Finding, sorting, counting; and an index that is made again when it has to be. */
class SearchIndexTest {
  @TempDir Path folder;

  private IndexStore store;
  private SearchIndex index;

  @BeforeEach
  void open() throws IOException {
    store = IndexStore.open(folder.resolve("store"), Limits.DEFAULT);
    index = SearchIndex.open(folder.resolve("search"), store);
  }

  @AfterEach
  void close() throws IOException {
    index.close();
    store.close();
  }

  private void again() throws IOException {
    close();
    open();
  }

  private void add(String name, Category category, long seconds, String... tags)
      throws IOException {
    Metainfo torrent = Torrents.metainfo(name);
    add(new NewEntry(torrent, category, List.of(tags), "", "", seconds));
  }

  private void add(NewEntry fresh) throws IOException {
    for (Entry entry : store.add(List.of(fresh))) {
      index.update(entry, Standing.LISTED, fresh.torrent());
    }
    index.refresh();
  }

  private static Search search(String words, Category... categories) {
    return new Search(words, Set.of(categories), Order.DATE, false, 0, 50);
  }

  private List<String> names(Search search) throws IOException {
    Found found = index.search(search);
    List<String> names =
        found.torrents().stream()
            .map(
                id -> {
                  try {
                    return store.entry(id).orElseThrow().name();
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                })
            .toList();
    assertEquals(found.total(), names.size());
    return names;
  }

  @Test
  void search_byWordsOfNamesTagsAndFiles_finds() throws Exception {
    add("Big.Buck_Bunny-1080p", Category.MOVIES_HD, 1, "animation");
    add("Bunny hop", Category.AUDIO, 2);
    add("\u00dcber \u00c7a", Category.BOOKS, 3);
    Map<String, Object> info = Torrents.single("bundle", 40_000);
    info.remove("length");
    info.put("files", List.of(Map.of("length", 40_000, "path", List.of("x", "readme_first.txt"))));
    add(
        new NewEntry(
            MetainfoParser.parse(Torrents.file(info)), Category.OTHER, List.of(), "", "", 4));
    assertEquals(List.of("Bunny hop", "Big.Buck_Bunny-1080p"), names(search("bunny")));
    assertEquals(List.of("Big.Buck_Bunny-1080p"), names(search("buck BUNNY")));
    assertEquals(List.of("Big.Buck_Bunny-1080p"), names(search("big.buck")));
    assertEquals(List.of("Big.Buck_Bunny-1080p"), names(search("Animation")));
    assertEquals(List.of("Big.Buck_Bunny-1080p"), names(search("bunny -hop")));
    assertEquals(List.of("Big.Buck_Bunny-1080p"), names(search("108*")));
    assertEquals(List.of("\u00dcber \u00c7a"), names(search("uber ca")));
    assertEquals(List.of("bundle"), names(search("readme")));
    assertEquals(List.of(), names(search("\"bunny big\"")));
    assertEquals(4, names(search("")).size());
  }

  @Test
  void search_byCategory_includesChildren_andCountsAll() throws Exception {
    add("a film", Category.MOVIES, 1);
    add("b film", Category.MOVIES_HD, 2);
    add("c film", Category.TV, 3);
    assertEquals(List.of("b film", "a film"), names(search("film", Category.MOVIES)));
    assertEquals(List.of("b film"), names(search("film", Category.MOVIES_HD)));
    assertEquals(
        Map.of(Category.MOVIES, 1, Category.MOVIES_HD, 1, Category.TV, 1),
        index.byCategory(search("film", Category.MOVIES)));
  }

  @Test
  void search_sorted_isInOrder() throws Exception {
    add("a", Category.OTHER, 1);
    add("b", Category.OTHER, 3);
    add("c", Category.OTHER, 2);
    index.update(
        Map.of(
            Torrents.metainfo("a").id(), new Counts(5, 0, 0, 1),
            Torrents.metainfo("c").id(), new Counts(9, 0, 0, 0)));
    index.refresh();
    assertEquals(List.of("b", "c", "a"), names(search("")));
    assertEquals(
        List.of("c", "a", "b"), names(new Search("", Set.of(), Order.SEEDERS, false, 0, 9)));
    assertEquals(
        List.of("a", "b", "c"), names(new Search("", Set.of(), Order.DOWNLOADS, false, 0, 9)));
    assertEquals(List.of("a", "c", "b"), names(new Search("", Set.of(), Order.DATE, true, 0, 9)));
    assertEquals(3, index.search(new Search("", Set.of(), Order.DATE, true, 1, 1)).total());
    assertEquals(
        List.of(Torrents.metainfo("c").id()),
        index.search(new Search("", Set.of(), Order.DATE, true, 1, 1)).torrents());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"",
        "(((",
        "a AND",
        "OR",
        "-",
        "+|",
        "~",
        "a~99999",
        "\"a b\"~99",
        "*",
        "\\",
        "a\\",
        "name:",
        "[a TO",
        "!(",
        "\u0000",
        "\ud800",
        "|||",
        "a | -",
        "()",
        "'; DROP TABLE",
        "%",
        "*a*"
      })
  void search_anyText_isNoError(String words) {
    assertDoesNotThrow(() -> index.search(search(words)));
    assertDoesNotThrow(() -> index.byCategory(search(words)));
  }

  @Test
  void search_noise_isNoError() throws Exception {
    add("some name", Category.OTHER, 1);
    SeededRandom random = new SeededRandom(4);
    String signs = "ab \"'()|+-~*\\!:[]{}^?&\u00e4\u0301\ud83d\ude00";
    for (int i = 0; i < 2000; i++) {
      StringBuilder words = new StringBuilder();
      for (int n = random.nextInt(300); n > 0; n--) {
        words.append(signs.charAt(random.nextInt(signs.length())));
      }
      String text = words.toString();
      assertDoesNotThrow(() -> index.search(search(text)), text);
    }
  }

  @Test
  void hiddenAndRemoved_areNotFound() throws Exception {
    add("a", Category.OTHER, 1);
    Entry entry = store.entry(Torrents.metainfo("a").id()).orElseThrow();
    store.log(LogLine.about(entry.id(), 1, "m", Action.HIDE, ""));
    index.update(entry, Standing.HIDDEN, store.torrent(entry));
    index.refresh();
    assertEquals(List.of(), names(search("")));
    again();
    assertEquals(List.of(), names(search("")));
  }

  @Test
  void open_afterCommit_takesUpWhatCameSince() throws Exception {
    add("a", Category.OTHER, 1);
    index.commit(store.sequence());
    store.add(List.of(Torrents.entry("b", Category.OTHER, 2)));
    store.log(LogLine.about(Torrents.metainfo("a").id(), 1, "m", Action.HIDE, ""));
    again();
    assertEquals(List.of("b"), names(search("")));
  }

  @Test
  void open_damaged_isMadeAgain() throws Exception {
    add("a", Category.OTHER, 1);
    add("b", Category.OTHER, 2);
    index.commit(store.sequence());
    index.close();
    List<Path> files;
    try (Stream<Path> list = Files.list(folder.resolve("search"))) {
      files = list.filter(file -> !file.getFileName().toString().equals("write.lock")).toList();
    }
    assertFalse(files.isEmpty());
    index = SearchIndex.open(folder.resolve("search"), store);
    for (Path file : files) {
      index.close();
      if (Files.exists(file)) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
      }
      index = SearchIndex.open(folder.resolve("search"), store);
      assertEquals(List.of("b", "a"), names(search("")), file.toString());
    }
  }

  @Test
  void open_aheadOfItsStore_isMadeAgain() throws Exception {
    add("a", Category.OTHER, 1);
    index.commit(store.sequence());
    close();
    try (Stream<Path> list = Files.list(folder.resolve("store"))) {
      for (Path file : list.toList()) {
        Files.delete(file);
      }
    }
    open();
    assertTrue(names(search("")).isEmpty());
  }
}
