package org.tunic.ledger.chain;

import java.nio.file.Path;
import java.util.List;
import org.tunic.ledger.header.HeaderEntry;
import org.tunic.ledger.params.ChainParams;
import org.tunic.ledger.params.TestChains;
import org.tunic.ledger.primitive.Block;
import org.tunic.testing.SeededRandom;

/**
 * A node that mines and reorganises until somebody ends it, or halts by itself in the middle of
 * catching up. Says {@code height hash} on its output of each tip that is on the disk.
 */
final class DoomedNode {
  static final ChainParams PARAMS = TestChains.ripening(2);

  private DoomedNode() {}

  public static void main(String[] args) throws Exception {
    TestChain test = new TestChain(Path.of(args[1]), PARAMS);
    switch (args[0]) {
      case "mine" -> mine(test, Long.parseLong(args[2]));
      case "catch-up" -> catchUp(test, Integer.parseInt(args[2]));
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void mine(TestChain test, long seed) throws Exception {
    SeededRandom random = new SeededRandom(seed);
    while (true) {
      HeaderEntry tip = test.chain.tip();
      int back = Math.min(tip.height(), random.nextInt(5) == 0 ? 1 + random.nextInt(4) : 0);
      HeaderEntry fork = tip.ancestor(tip.height() - back).orElseThrow();
      for (Block block : test.branch(fork, back + 1)) {
        test.chain.accept(block);
      }
      System.out.println(test.chain.tip().height() + " " + test.chain.tip().hash());
    }
  }

  /** Far behind the best header, blocks are not forced to the disk. */
  private static void catchUp(TestChain test, int connected) throws Exception {
    List<Block> blocks = test.branch(test.chain.tip(), connected + 30);
    for (Block block : blocks.subList(0, connected)) {
      test.chain.accept(block);
    }
    System.out.println(test.chain.tip().height() + " " + test.chain.tip().hash());
    Runtime.getRuntime().halt(9);
  }
}
