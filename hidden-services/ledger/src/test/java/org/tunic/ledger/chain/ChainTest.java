package org.tunic.ledger.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.ledger.consensus.RejectedException;
import org.tunic.ledger.header.HeaderEntry;
import org.tunic.ledger.params.ChainParams;
import org.tunic.ledger.params.Chains;
import org.tunic.ledger.params.TestChains;
import org.tunic.ledger.primitive.Block;
import org.tunic.ledger.primitive.OutPoint;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.store.CoinStats;
import org.tunic.ledger.store.MemoryFolder;
import org.tunic.ledger.store.StoreException;

/** Following the best chain, taking blocks back, and going on after a stop. */
class ChainTest {
  private static final ChainParams PARAMS = TestChains.ripening(3);
  private static final long REWARD = PARAMS.subsidy().at(1);

  @TempDir(factory = MemoryFolder.class)
  Path folder;

  private TestChain test;

  @BeforeEach
  void open() throws IOException {
    test = new TestChain(folder, PARAMS);
  }

  @AfterEach
  void close() throws IOException {
    test.close();
  }

  private void reopen() throws IOException {
    test.close();
    open();
  }

  @Test
  void accept_chainOfBlocks_isFollowedAndTold() throws Exception {
    test.extend(3);
    assertEquals(3, test.chain.tip().height());
    assertEquals(List.of("+1", "+2", "+3"), test.events);
    assertEquals(3, test.chain.stats().count());
    assertEquals(3 * REWARD, test.chain.stats().totalSat());
    assertFalse(test.chain.accept(test.chain.block(test.chain.tip().hash()).orElseThrow()));
  }

  @Test
  void accept_blocksInAnyOrder_areConnectedWhenWhole() throws Exception {
    List<Block> blocks = test.branch(test.chain.tip(), 4);
    for (int i : new int[] {3, 1, 2}) {
      test.chain.accept(blocks.get(i));
      assertEquals(0, test.chain.tip().height());
    }
    test.chain.accept(blocks.getFirst());
    assertEquals(4, test.chain.tip().height());
  }

  @Test
  void accept_betterBranch_reorganisesAndCoinsFollow() throws Exception {
    List<Block> old = test.extend(6);
    Transaction spend = Miner.spend(Miner.reward(old.getFirst()), REWARD / 2, REWARD / 2);
    test.chain.accept(test.miner.block(test.chain.tip(), spend));
    assertEquals(8, test.chain.stats().count());
    HeaderEntry fork = test.chain.tip().ancestor(4).orElseThrow();
    CoinStats beforeFork = statsAt(old.subList(0, 4));
    List<Block> better = test.branch(fork, 4);
    test.events.clear();
    for (Block block : better) {
      test.chain.accept(block);
    }
    assertEquals(List.of("-7", "-6", "-5", "+5", "+6", "+7", "+8"), test.events);
    assertEquals(better.getLast().hash(), test.chain.tip().hash());
    assertEquals(8, test.chain.stats().count());
    assertEquals(beforeFork.totalSat() + 4 * REWARD, test.chain.stats().totalSat());
    assertEquals(0, test.chain.coins().find(List.of(new OutPoint(spend.txid(), 0))).size());
  }

  /** Coins of a chain that was built straight. */
  private CoinStats statsAt(List<Block> blocks) throws Exception {
    Path other = folder.resolve("straight");
    try (TestChain straight = new TestChain(other, PARAMS)) {
      for (Block block : blocks) {
        straight.chain.accept(block);
      }
      return straight.chain.stats();
    }
  }

  @Test
  void accept_branchThatTurnsBad_endsAtTheOldTip() throws Exception {
    test.extend(3);
    HeaderEntry oldTip = test.chain.tip();
    CoinStats before = test.chain.stats();
    Block good = test.branch(test.chain.headers().genesis(), 1).getFirst();
    HeaderEntry first = test.chain.accept(good.header());
    Block bad = test.miner.block(first, Miner.spend(new OutPoint(good.hash(), 0), 1));
    HeaderEntry second = test.chain.accept(bad.header());
    List<Block> more = test.branch(second, 2);
    test.chain.accept(bad);
    test.chain.accept(more.get(0));
    test.chain.accept(more.get(1));
    test.events.clear();
    test.chain.accept(good); // now the branch is whole and has more work
    assertEquals(List.of("-3", "-2", "-1", "+1", "-1", "+1", "+2", "+3"), test.events);
    assertEquals(oldTip, test.chain.tip());
    assertEquals(before, test.chain.stats());
    assertEquals(HeaderEntry.State.INVALID, second.state());
    assertEquals(oldTip, test.chain.headers().best());
    reopen();
    assertEquals(oldTip.hash(), test.chain.tip().hash());
    RejectedException refusal =
        assertThrows(RejectedException.class, () -> test.chain.accept(bad.header()));
    assertEquals("duplicate-invalid", refusal.reason());
  }

  @Test
  void open_afterClose_goesOnWithEqualCoins() throws Exception {
    test.extend(5);
    test.branch(test.chain.tip(), 2);
    CoinStats before = test.chain.stats();
    HeaderEntry tip = test.chain.tip();
    reopen();
    assertEquals(List.of(), test.chain.recovered());
    assertEquals(tip.hash(), test.chain.tip().hash());
    assertEquals(7, test.chain.headers().best().height());
    assertEquals(before, test.chain.stats());
    test.extend(1);
    assertEquals(6, test.chain.tip().height());
  }

  @Test
  void open_folderOfAnotherChain_isRefused() throws Exception {
    test.close();
    StoreException refusal =
        assertThrows(StoreException.class, () -> new TestChain(folder, Chains.testnet()));
    assertTrue(refusal.getMessage().contains("another chain (regtest"), refusal.getMessage());
    open();
  }

  @Test
  void open_folderInUse_isRefused() {
    assertThrows(StoreException.class, () -> new TestChain(folder, PARAMS));
  }

  @Test
  void invalidate_ofTip_goesBackOneBlock() throws Exception {
    test.extend(4);
    HeaderEntry tip = test.chain.tip();
    test.chain.invalidate(tip.parent().orElseThrow());
    assertEquals(2, test.chain.tip().height());
    test.extend(1);
    assertEquals(3, test.chain.tip().height());
  }
}
