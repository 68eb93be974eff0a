package org.tunic.bench.index;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.index.IndexSettings;
import org.tunic.index.Swarms;
import org.tunic.index.TorrentIndex;
import org.tunic.index.metainfo.Metainfo;
import org.tunic.index.metainfo.MetainfoException;
import org.tunic.index.metainfo.MetainfoParser;
import org.tunic.index.search.Search;
import org.tunic.index.search.Search.Order;
import org.tunic.index.store.Category;
import org.tunic.index.store.IndexStore;
import org.tunic.index.store.NewEntry;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.bencode.BencodeWriter;

/**
 * Prints what an index of many torrents costs: import, disk, memory, searches, catalogue, opening.
 *
 * <p>The torrents are made up: names of three to eight words of a vocabulary of 20,000 with a
 * frequency that falls as in languages, one to twelve files, a hundred pieces. They are parsed as
 * uploads are and written in batches of {@link IndexStore#MAX_BATCH}, each forced to the disk.
 *
 * <p>Argument: how many; a million without.
 *
 * <p>Threads: main thread.
 */
public final class IndexBench {
  private static final int TORRENTS = 1_000_000;
  private static final int VOCABULARY = 20_000;
  private static final int PIECES = 100;
  private static final int SEARCHES = 2000;
  private static final int PAGE = 30;
  private static final double MB = 1e6;

  private final int count;
  private final PrintStream out;
  private final SeededRandom random = new SeededRandom(7);
  private final String[] words = new String[VOCABULARY];

  private IndexBench(int count, PrintStream out) {
    this.count = count;
    this.out = out;
    for (int i = 0; i < VOCABULARY; i++) {
      StringBuilder word = new StringBuilder();
      for (int n = 2 + random.nextInt(3); n > 0; n--) {
        word.append("bcdfghklmnprstvw".charAt(random.nextInt(16)));
        word.append("aeiou".charAt(random.nextInt(5)));
      }
      words[i] = word.toString();
    }
  }

  /** Runs the measurement. */
  public static void main(String[] args) throws IOException, MetainfoException {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : TORRENTS;
    Path folder = Files.createTempDirectory("tunic-index-bench");
    try {
      new IndexBench(count, System.out).run(folder);
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** Rare words are rare: the rank falls with the square of a uniform draw. */
  private String word() {
    double draw = random.nextDouble();
    return words[(int) (draw * draw * draw * VOCABULARY)];
  }

  private String name(int most) {
    StringBuilder name = new StringBuilder(word());
    for (int n = 2 + random.nextInt(most - 2); n > 0; n--) {
      name.append('.').append(word());
    }
    return name.toString();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private NewEntry torrent(int number) throws MetainfoException {
    int files = 1 + random.nextInt(12);
    BencodeWriter info = new BencodeWriter(4096).dictionary().text("files").list();
    for (int i = 0; i < files; i++) {
      long length = i == 0 ? PIECES * 16_384L : 0;
      info.dictionary().text("length").integer(length).text("path").list();
      info.text(utf8(name(4) + i + ".dat")).end().end();
    }
    info.end().text("name").text(utf8(name(8)));
    info.text("piece length").integer(16_384);
    info.text("pieces").text(random.bytes(PIECES * 20)).end();
    byte[] torrent =
        new BencodeWriter(4096)
            .dictionary()
            .text("info")
            .encoded(Bytes.copyOf(info.toArray()))
            .end()
            .toArray();
    Metainfo read = MetainfoParser.parse(torrent);
    Category[] categories = Category.values();
    return new NewEntry(
        read,
        categories[random.nextInt(categories.length)],
        List.of(word()),
        "",
        "",
        1_700_000_000L + number);
  }

  private TorrentIndex open(Path folder) throws IOException {
    return TorrentIndex.open(
        folder,
        IndexSettings.of("bench", List.of()),
        IndexStore.Limits.DEFAULT,
        Swarms.NONE,
        InstantSource.system());
  }

  private static double seconds(long fromNanos) {
    return (System.nanoTime() - fromNanos) / 1e9;
  }

  private static double cpuSeconds() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
            .getProcessCpuTime()
        / 1e9;
  }

  private void say(String what, String figure, Object... values) {
    out.printf(Locale.ROOT, "%-44s " + figure + "%n", prepend(what, values));
  }

  private static Object[] prepend(String first, Object[] rest) {
    Object[] all = new Object[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }

  private void run(Path folder) throws IOException, MetainfoException {
    try (TorrentIndex index = open(folder)) {
      long from = System.nanoTime();
      double cpu = cpuSeconds();
      List<NewEntry> batch = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        batch.add(torrent(i));
        if (batch.size() == IndexStore.MAX_BATCH || i == count - 1) {
          index.add(batch);
          batch.clear();
        }
      }
      index.refresh();
      say("import, parsed, forced and searchable", "%.0f torrents/s", count / seconds(from));
      say("CPU of the import, making them up included", "%.1f s", cpuSeconds() - cpu);
      disk(folder);
      memory("heap after the import");
      searches(index);
      from = System.nanoTime();
      index.catalogue();
      say("catalogue with root", "%.1f s", seconds(from));
      memory("heap with the catalogue");
    }
    long from = System.nanoTime();
    try (TorrentIndex index = open(folder)) {
      say("opened again, with " + index.store().size(), "%.1f s", seconds(from));
      memory("heap after opening");
    }
  }

  private void disk(Path folder) throws IOException {
    long search = size(folder.resolve("search"));
    long all = size(folder);
    say("disk: journal", "%.0f MB", Files.size(folder.resolve("journal")) / MB);
    say("disk: search index", "%.0f MB", search / MB);
    say("disk: torrents", "%.0f MB", (all - search - Files.size(folder.resolve("journal"))) / MB);
  }

  private static long size(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private void memory(String what) {
    System.gc();
    say(what, "%.0f MB", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MB);
  }

  private void searches(TorrentIndex index) throws IOException {
    search(index, "search, one word, newest first", Order.DATE, 1);
    search(index, "search, two words, newest first", Order.DATE, 2);
    search(index, "search, three words, largest first", Order.SIZE, 3);
    search(index, "no words, newest first (what feeds ask)", Order.DATE, 0);
    search(index, "no words, most seeders first", Order.SEEDERS, 0);
  }

  private void search(TorrentIndex index, String what, Order order, int howMany)
      throws IOException {
    long[] nanos = new long[SEARCHES];
    long found = 0;
    // The first tenth is for the compiler and the page cache.
    for (int i = -SEARCHES / 10; i < SEARCHES; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = 0; n < howMany; n++) {
        text.append(word()).append(' ');
      }
      Search search = new Search(text.toString(), Set.of(), order, false, 0, PAGE);
      long from = System.nanoTime();
      int total = index.search().search(search).total();
      if (howMany > 0) {
        index.search().byCategory(search);
      }
      if (i >= 0) {
        nanos[i] = System.nanoTime() - from;
        found += total;
      }
    }
    Arrays.sort(nanos);
    say(
        what,
        "p50 %.2f ms, p99 %.2f ms, %d found on average",
        nanos[SEARCHES / 2] / 1e6,
        nanos[SEARCHES * 99 / 100] / 1e6,
        found / SEARCHES);
  }
}
