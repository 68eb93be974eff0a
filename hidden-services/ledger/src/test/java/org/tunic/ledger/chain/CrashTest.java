package org.tunic.ledger.chain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.ledger.header.HeaderEntry;
import org.tunic.ledger.primitive.Block;
import org.tunic.ledger.store.MemoryFolder;
import org.tunic.testing.SeededRandom;

/**
 * A node that is killed opens again with tip and coins agreeing, loses nothing it said was on the
 * disk, and says what it put right. {@code KILLS} in the environment asks for more of them.
 */
class CrashTest {
  private static final int KILLS = Integer.parseInt(System.getenv().getOrDefault("KILLS", "2"));

  private static final Pattern TIP = Pattern.compile("[0-9]+ [0-9a-f]{64}");

  @TempDir(factory = MemoryFolder.class)
  Path folder;

  private Process start(String... arguments) throws IOException {
    List<String> command =
        Stream.concat(
                Stream.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-Xmx256m",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    DoomedNode.class.getName()),
                Stream.of(arguments))
            .toList();
    return new ProcessBuilder(command).redirectError(folder.resolve("errors").toFile()).start();
  }

  @Test
  void node_killedAgainAndAgain_losesNothingItAcknowledged() throws Exception {
    SeededRandom random = new SeededRandom(6);
    Path data = folder.resolve("data");
    int acknowledged = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Process node = start("mine", data.toString(), Integer.toString(kill));
      String last = "";
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(node.getInputStream(), UTF_8))) {
        int doom = 1 + random.nextInt(20);
        for (int i = 0; i < doom; ) {
          String line = lines.readLine();
          assertTrue(line != null, () -> errors());
          if (TIP.matcher(line).matches()) { // others are what the node logs at its start
            last = line;
            i++;
          }
        }
        long until = System.nanoTime() + random.nextInt(20) * 1_000_000L;
        while (System.nanoTime() < until) {
          Thread.onSpinWait();
        }
        node.destroyForcibly().waitFor();
      }
      acknowledged = Integer.parseInt(last.substring(0, last.indexOf(' ')));
      checkAgreement(data, acknowledged, "kill " + kill + " " + random);
    }
    assertTrue(acknowledged > 0);
  }

  private String errors() {
    try {
      return Files.readString(folder.resolve("errors"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** The coins of the chain in {@code data} are those that its blocks make. */
  private void checkAgreement(Path data, int acknowledged, String about) throws Exception {
    Path other = folder.resolve("straight-" + Math.abs(about.hashCode()));
    try (TestChain again = new TestChain(data, DoomedNode.PARAMS);
        TestChain straight = new TestChain(other, DoomedNode.PARAMS)) {
      HeaderEntry tip = again.chain.tip();
      assertTrue(
          tip.height() >= acknowledged,
          () -> about + ": " + tip.height() + " after " + acknowledged);
      List<Block> blocks = blocks(again.chain);
      // As one branch: forced to the disk once in a hundred blocks.
      for (Block block : blocks) {
        straight.chain.accept(block.header());
      }
      for (Block block : blocks) {
        straight.chain.accept(block);
      }
      assertEquals(tip.hash(), straight.chain.tip().hash(), about);
      assertEquals(straight.chain.stats(), again.chain.stats(), about);
    }
  }

  private static List<Block> blocks(Chain chain) throws IOException {
    List<Block> blocks = new java.util.ArrayList<>();
    for (int height = 1; height <= chain.tip().height(); height++) {
      HeaderEntry entry = chain.tip().ancestor(height).orElseThrow();
      blocks.add(chain.block(entry.hash()).orElseThrow());
    }
    return blocks;
  }

  /** What an operating system that went down has not written: the end of the blocks. */
  @Test
  void node_whoseBlocksDidNotReachTheDisk_takesThemBackAndSaysSo() throws Exception {
    Path data = folder.resolve("data");
    Process node = start("catch-up", data.toString(), "12");
    String said = new String(node.getInputStream().readAllBytes(), UTF_8);
    assertEquals(9, node.waitFor(), this::errors);
    assertTrue(said.startsWith("12 "), said);
    Path blocks = data.resolve("blk00000.dat");
    long whole = Files.size(blocks);
    try (FileChannel file = FileChannel.open(blocks, StandardOpenOption.WRITE)) {
      file.truncate(whole / 2 + 3); // in the middle of the seventh block
    }
    try (TestChain again = new TestChain(data, DoomedNode.PARAMS)) {
      assertEquals(6, again.chain.tip().height());
      assertEquals(6, again.chain.stats().count());
      assertEquals(42, again.chain.headers().best().height());
      assertEquals(2, again.chain.recovered().size(), again.chain.recovered()::toString);
      assertTrue(
          again.chain.recovered().getLast().startsWith("6 blocks had not reached the disk"),
          again.chain.recovered()::toString);
      again.extend(1);
      assertEquals(7, again.chain.tip().height());
    }
  }
}
