package org.tunic.ledger.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.ledger.header.HeaderEntry;
import org.tunic.ledger.params.ChainParams;
import org.tunic.ledger.params.TestChains;
import org.tunic.ledger.primitive.Block;
import org.tunic.ledger.primitive.OutPoint;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.store.MemoryFolder;
import org.tunic.testing.SeededRandom;

/** Coins after any sequence of connects and disconnects are those of a straight build. */
class CoinsPropertyTest {
  private static final ChainParams PARAMS = TestChains.ripening(1);
  private static final int BLOCKS = 60;

  @TempDir(factory = MemoryFolder.class)
  Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void coins_afterRandomReorganisations_areThoseOfAStraightBuild(long seed) throws Exception {
    SeededRandom random = new SeededRandom(seed);
    List<Block> best = new ArrayList<>();
    try (TestChain test = new TestChain(folder.resolve("random"), PARAMS)) {
      List<HeaderEntry> known = new ArrayList<>(List.of(test.chain.tip()));
      for (int i = 0; i < BLOCKS; i++) {
        HeaderEntry parent =
            random.nextInt(3) == 0
                ? known.get(Math.max(0, known.size() - 1 - random.nextInt(8)))
                : test.chain.tip();
        Block block = test.miner.block(parent, spends(test.chain, parent, random));
        test.chain.accept(block);
        known.add(test.chain.headers().find(block.hash()).orElseThrow());
      }
      for (int height = 1; height <= test.chain.tip().height(); height++) {
        HeaderEntry entry = test.chain.tip().ancestor(height).orElseThrow();
        best.add(test.chain.block(entry.hash()).orElseThrow());
      }
      try (TestChain straight = new TestChain(folder.resolve("straight"), PARAMS)) {
        for (Block block : best) {
          straight.chain.accept(block);
        }
        assertEquals(straight.chain.stats(), test.chain.stats(), random::toString);
      }
    }
  }

  /** Spends some coin of the chain below {@code parent}, in one or two steps within the block. */
  private static Transaction[] spends(Chain chain, HeaderEntry parent, SeededRandom random)
      throws Exception {
    if (parent.height() < 2 || random.nextInt(4) == 0) {
      return new Transaction[0];
    }
    HeaderEntry below = parent.parent().orElseThrow();
    Block source = chain.block(below.hash()).orElseThrow();
    Transaction coinbase = source.transactions().getFirst();
    long amount = coinbase.outputs().getFirst().amountSat();
    if (amount < 10 || spentIn(chain, parent, coinbase)) {
      return new Transaction[0];
    }
    Transaction first = Miner.spend(new OutPoint(coinbase.txid(), 0), amount / 2, amount / 2);
    return random.nextBoolean()
        ? new Transaction[] {first}
        : new Transaction[] {first, Miner.spend(new OutPoint(first.txid(), 1), amount / 3)};
  }

  private static boolean spentIn(Chain chain, HeaderEntry entry, Transaction coinbase)
      throws Exception {
    return chain.block(entry.hash()).orElseThrow().transactions().stream()
        .flatMap(tx -> tx.inputs().stream())
        .anyMatch(input -> input.previous().txid().equals(coinbase.txid()));
  }
}
