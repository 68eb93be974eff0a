package org.tunic.ledger.header;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tunic.ledger.consensus.RejectedException;
import org.tunic.ledger.params.ChainParams;
import org.tunic.ledger.params.Chains;
import org.tunic.ledger.pow.Asert;
import org.tunic.ledger.pow.PowFunction;
import org.tunic.ledger.primitive.BlockHeader;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.testing.SeededRandom;

/** A chain is looked at before it is kept, at little cost to us. */
class HeaderPresyncTest {
  private static final long NOW = 1_800_000_000L;
  private static final int LENGTH = 2000;

  private int hashed;
  private final ChainParams chain = counting();
  private final HeaderTree tree = new HeaderTree(chain);

  /** Regtest's easy target with our own rule of difficulty, and work that is counted. */
  private ChainParams counting() {
    ChainParams base = Chains.regtest();
    PowFunction counting =
        new PowFunction() {
          @Override
          public Hash256 hash(BlockHeader header) {
            hashed++;
            return header.hash();
          }

          @Override
          public Grinder grinder(Hash256 previous) {
            return BlockHeader::hash;
          }

          @Override
          public boolean isExpensive() {
            return true;
          }
        };
    long start = base.genesis().header().timeSeconds();
    Asert asert = new Asert(300, 10_800, base.limit(), 0, start - 300, base.limit().bits());
    return new ChainParams(
        base.name(),
        base.magic(),
        base.defaultPort(),
        base.addresses(),
        base.genesis(),
        counting,
        base.limit(),
        Optional.of(asert),
        600,
        base.subsidy(),
        base.coinbaseMaturity(),
        base.maxMoneySat(),
        base.activation());
  }

  /** Headers on schedule, with their work done or not. */
  private List<BlockHeader> headers(int count, boolean worked, int salt) {
    List<BlockHeader> headers = new ArrayList<>();
    BlockHeader at = chain.genesis().header();
    for (int height = 1; height <= count; height++) {
      int bits = chain.nextBits(height - 1, at.timeSeconds());
      Hash256 root = Hash256.sha256d(new byte[] {(byte) salt, (byte) height, (byte) (height >> 8)});
      BlockHeader next = new BlockHeader(4, at.hash(), root, at.timeSeconds() + 300, bits, salt);
      while (worked && !chain.limit().isMetBy(next.hash())) {
        next = next.withNonce(next.nonce() + 1);
      }
      headers.add(next);
      at = next;
    }
    return headers;
  }

  private HeaderPresync presync(long blocksOfWork, long seed) {
    BigInteger minimum = chain.limit().work().multiply(BigInteger.valueOf(blocksOfWork));
    return new HeaderPresync(chain, tree.genesis(), minimum, new SeededRandom(seed));
  }

  private String refusal(HeaderPresync presync, List<BlockHeader> headers) {
    return assertThrows(RejectedException.class, () -> presync.take(headers, NOW)).reason();
  }

  @Test
  void take_chainOfEnoughWork_isHashedInPartAndThenKept() throws Exception {
    List<BlockHeader> headers = headers(LENGTH, true, 1);
    HeaderPresync presync = presync(LENGTH, 1);
    assertEquals(List.of(), presync.take(headers.subList(0, 900), NOW));
    assertEquals(headers.get(899).hash(), presync.wantedAfter());
    assertEquals(HeaderPresync.Phase.CLAIM, presync.phase());
    assertEquals(List.of(), presync.take(headers.subList(900, LENGTH), NOW));
    assertEquals(HeaderPresync.Phase.REPLAY, presync.phase());
    assertEquals(tree.genesis().hash(), presync.wantedAfter());
    assertTrue(hashed < LENGTH / 30, "hashed " + hashed);
    assertEquals(1, tree.size());
    for (BlockHeader header : presync.take(headers, NOW)) {
      tree.accept(header, NOW);
    }
    assertEquals(HeaderPresync.Phase.DONE, presync.phase());
    assertEquals(LENGTH, tree.best().height());
  }

  /** However often it comes: a chain with too little work leaves nothing and costs little. */
  @Test
  void take_chainOfTooLittleWorkAHundredTimes_leavesNothing() throws Exception {
    List<BlockHeader> headers = headers(200, true, 1);
    for (int round = 0; round < 100; round++) {
      HeaderPresync presync = presync(LENGTH, round);
      presync.take(headers, NOW);
      assertEquals(HeaderPresync.Phase.CLAIM, presync.phase());
    }
    assertEquals(1, tree.size());
    assertTrue(hashed < 100 * 200 / 30, "hashed " + hashed);
  }

  @Test
  void take_chainWithoutWork_isFoundOut() {
    List<BlockHeader> headers = headers(LENGTH, false, 1);
    for (int round = 0; round < 20; round++) {
      assertEquals("high-hash", refusal(presync(LENGTH, round), headers));
    }
    assertTrue(hashed < 20 * 10, "hashed " + hashed);
  }

  @Test
  void take_anotherChainTheSecondTime_isFoundOut() throws Exception {
    List<BlockHeader> good = headers(LENGTH, true, 1);
    List<BlockHeader> other = headers(LENGTH, true, 2);
    for (int round = 0; round < 20; round++) {
      HeaderPresync presync = presync(LENGTH, round);
      presync.take(good, NOW);
      assertEquals("another-chain", refusal(presync, other.subList(0, 40)));
    }
  }

  @Test
  void take_eachBreach_isNamed() {
    List<BlockHeader> good = headers(30, true, 1);
    assertEquals("bad-prevblk", refusal(presync(LENGTH, 1), good.subList(1, 30)));
    BlockHeader first = good.getFirst();
    Hash256 genesis = tree.genesis().hash();
    long time = first.timeSeconds();
    assertEquals(
        "bad-diffbits",
        refusal(
            presync(LENGTH, 1),
            List.of(new BlockHeader(4, genesis, Hash256.ZERO, time, 0x2070_0000, 1))));
    assertEquals(
        "time-too-old",
        refusal(
            presync(LENGTH, 1),
            List.of(new BlockHeader(4, genesis, Hash256.ZERO, time - 300, first.bits(), 1))));
    assertEquals(
        "time-too-new",
        refusal(
            presync(LENGTH, 1),
            List.of(new BlockHeader(4, genesis, Hash256.ZERO, NOW + 601, first.bits(), 1))));
  }
}
