package org.tunic.ledger.header;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tunic.ledger.consensus.RejectedException;
import org.tunic.ledger.params.ChainParams;
import org.tunic.ledger.params.Chains;
import org.tunic.ledger.params.TestChains;
import org.tunic.ledger.pow.PowFunction;
import org.tunic.ledger.pow.Target;
import org.tunic.ledger.primitive.BlockHeader;
import org.tunic.ledger.primitive.Hash256;

class HeaderTreeTest {
  private static final ChainParams REGTEST = Chains.regtest();
  private static final long NOW = 1_800_000_000L;

  private final HeaderTree tree = new HeaderTree(REGTEST);

  /** A header upon {@code parent} with its work done, the merkle root telling it from others. */
  static BlockHeader mined(
      ChainParams chain, HeaderEntry parent, int version, long time, int bits, int salt) {
    Hash256 root = Hash256.sha256d(new byte[] {(byte) salt, (byte) (salt >>> 8)});
    BlockHeader header = new BlockHeader(version, parent.hash(), root, time, bits, 0);
    PowFunction.Grinder grinder = chain.pow().grinder(parent.hash());
    Target target = Target.ofBits(bits).orElseThrow();
    for (int nonce = 1; !target.isMetBy(grinder.hash(header)); nonce++) {
      header = header.withNonce(nonce);
    }
    return header;
  }

  private static BlockHeader next(HeaderEntry parent, int salt) {
    long time = parent.header().timeSeconds() + 600;
    return mined(REGTEST, parent, 4, time, REGTEST.limit().bits(), salt);
  }

  private HeaderEntry extend(HeaderEntry from, int count, int salt) throws RejectedException {
    HeaderEntry tip = from;
    for (int i = 0; i < count; i++) {
      tip = tree.accept(next(tip, salt), NOW);
    }
    return tip;
  }

  private void rejects(String reason, BlockHeader header) {
    RejectedException refusal =
        assertThrows(RejectedException.class, () -> tree.accept(header, NOW));
    assertEquals(reason, refusal.reason());
  }

  @Test
  void accept_longerChain_becomesBestAndFirstSeenStays() throws Exception {
    HeaderEntry first = extend(tree.genesis(), 3, 1);
    assertSame(first, tree.best());
    extend(tree.genesis(), 3, 2);
    assertSame(first, tree.best());
    HeaderEntry longer = extend(tree.best().parent().orElseThrow(), 2, 3);
    assertSame(longer, tree.best());
    assertEquals(4, longer.height());
    assertEquals(2, HeaderTree.fork(first, longer).height());
  }

  @Test
  void accept_eachBreach_isRefusedInBitcoinsWords() throws Exception {
    HeaderEntry tip = extend(tree.genesis(), 12, 1);
    long time = tip.header().timeSeconds() + 1;
    int bits = REGTEST.limit().bits();
    rejects("time-too-old", mined(REGTEST, tip, 4, tip.medianTime(), bits, 5));
    rejects("time-too-new", mined(REGTEST, tip, 4, NOW + 7201, bits, 5));
    rejects("bad-diffbits", mined(REGTEST, tip, 4, time, 0x2070_0000, 5));
    rejects("bad-version(0x00000003)", mined(REGTEST, tip, 3, time, bits, 5));
    BlockHeader good = mined(REGTEST, tip, 4, time, bits, 5);
    BlockHeader unworked = good;
    while (REGTEST.limit().isMetBy(unworked.hash())) {
      unworked = unworked.withNonce(unworked.nonce() + 1);
    }
    rejects("high-hash", unworked);
    rejects("high-hash", new BlockHeader(4, tip.hash(), Hash256.ZERO, time, 0x2100_ffff, 0));
    HeaderEntry elsewhere = new HeaderTree(REGTEST).genesis();
    BlockHeader orphan = next(new HeaderTree(REGTEST).accept(next(elsewhere, 77), NOW), 78);
    rejects("prev-blk-not-found", orphan);
    assertEquals(13, tree.accept(good, NOW).height());
  }

  @Test
  void accept_atTheEdgesOfTime_isTaken() throws Exception {
    HeaderEntry tip = extend(tree.genesis(), 12, 1);
    int bits = REGTEST.limit().bits();
    tree.accept(mined(REGTEST, tip, 4, tip.medianTime() + 1, bits, 5), NOW);
    tree.accept(mined(REGTEST, tip, 4, NOW + 7200, bits, 6), NOW);
  }

  @Test
  void invalidate_marksDescendantsAndFallsBack() throws Exception {
    HeaderEntry fork = extend(tree.genesis(), 2, 1);
    HeaderEntry good = extend(fork, 2, 2);
    HeaderEntry bad = extend(fork, 1, 3);
    HeaderEntry worse = extend(bad, 3, 3);
    assertSame(worse, tree.best());
    assertEquals(4, tree.invalidate(bad).size());
    assertSame(good, tree.best());
    rejects("bad-prevblk", next(worse, 9));
    rejects("duplicate-invalid", worse.header());
  }

  @Test
  void ancestor_anyHeight_isFoundByFewSteps() throws Exception {
    List<HeaderEntry> chain = new ArrayList<>(List.of(tree.genesis()));
    for (int i = 0; i < 300; i++) {
      chain.add(extend(chain.getLast(), 1, 1));
    }
    for (HeaderEntry from : chain) {
      for (int height = 0; height <= from.height(); height += 7) {
        assertSame(chain.get(height), from.ancestor(height).orElseThrow());
      }
    }
    assertTrue(chain.getLast().ancestor(301).isEmpty());
    List<Hash256> locator = tree.locator(chain.getLast());
    assertEquals(chain.getLast().hash(), locator.getFirst());
    assertEquals(tree.genesis().hash(), locator.getLast());
    assertTrue(locator.size() < 22, "locator of " + locator.size());
  }

  /** With our own rule a chain that races ahead of its schedule gets harder. */
  @Test
  void accept_onOwnChain_asksForTheBitsOfAsert() throws Exception {
    ChainParams chain = Chains.demo(Chains.demoGenesis(NOW), 1);
    HeaderTree own = new HeaderTree(chain);
    HeaderEntry tip = own.genesis();
    long time = NOW + 5;
    int bits = chain.nextBits(0, NOW);
    tip = own.accept(mined(chain, tip, 4, time, bits, 1), NOW + 600);
    int harder = chain.nextBits(1, time - 4);
    assertTrue(Target.ofBits(harder).orElseThrow().value().compareTo(chain.limit().value()) < 0);
    HeaderEntry parent = tip;
    // Cheap checks come before the hash: these headers had no work done at all.
    RejectedException wrong =
        assertThrows(
            RejectedException.class,
            () ->
                own.accept(
                    new BlockHeader(4, parent.hash(), Hash256.ZERO, time + 1, harder, 0),
                    NOW + 600));
    assertEquals("bad-diffbits", wrong.reason());
    RejectedException early =
        assertThrows(
            RejectedException.class,
            () ->
                own.accept(
                    new BlockHeader(
                        4, parent.hash(), Hash256.ZERO, NOW + 1201, chain.nextBits(1, time), 0),
                    NOW + 600));
    assertEquals("time-too-new", early.reason());
    assertEquals(RejectedException.Kind.TOO_EARLY, early.kind());
  }

  @Test
  void accept_scryptChain_judgesByScrypt() throws Exception {
    ChainParams chain = TestChains.ltcRegtest();
    HeaderTree litecoin = new HeaderTree(chain);
    HeaderEntry genesis = litecoin.genesis();
    BlockHeader header =
        mined(chain, genesis, 4, genesis.header().timeSeconds() + 150, chain.limit().bits(), 1);
    assertEquals(1, litecoin.accept(header, NOW).height());
  }
}
