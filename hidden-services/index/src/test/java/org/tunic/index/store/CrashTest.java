package org.tunic.index.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.index.Torrents;
import org.tunic.index.store.IndexStore.Limits;
import org.tunic.testing.SeededRandom;

/**
 * An index that is killed opens again with all that it acknowledged. {@code KILLS} in the
 * environment asks for more of them.
 */
class CrashTest {
  private static final int KILLS = Integer.parseInt(System.getenv().getOrDefault("KILLS", "3"));
  private static final String DID = "did ";

  @TempDir Path folder;

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            DoomedIndex.class.getName(),
            folder.resolve("data").toString())
        .redirectError(folder.resolve("errors").toFile())
        .start();
  }

  @Test
  void index_killedAgainAndAgain_losesNothingItAcknowledged() throws Exception {
    SeededRandom random = new SeededRandom(5);
    for (int kill = 0; kill < KILLS; kill++) {
      Process process = start();
      int last = -1;
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
        int doom = 1 + random.nextInt(30);
        for (int i = 0; i < doom; i++) {
          String line = lines.readLine();
          if (line == null) {
            throw new AssertionError(Files.readString(folder.resolve("errors")));
          }
          last = Integer.parseInt(line.substring(DID.length()));
        }
        long until = System.nanoTime() + random.nextInt(10) * 1_000_000L;
        while (System.nanoTime() < until) {
          Thread.onSpinWait();
        }
        process.destroyForcibly().waitFor();
      }
      try (IndexStore store = IndexStore.open(folder.resolve("data"), Limits.DEFAULT)) {
        assertTrue(store.size() > last, kill + ": " + store.size() + " after " + last);
        for (int i = 0; i <= last; i++) {
          var torrent = Torrents.metainfo(DoomedIndex.name(i));
          assertEquals(torrent, store.torrent(store.entry(torrent.id()).orElseThrow()));
          assertTrue(store.account("a" + i).isPresent(), "account " + i);
          assertEquals(Optional.of(Standing.HIDDEN), store.standing(torrent.id()));
          assertEquals("reason " + i, store.lastLine(torrent.id()).orElseThrow().reason());
        }
      }
    }
  }
}
