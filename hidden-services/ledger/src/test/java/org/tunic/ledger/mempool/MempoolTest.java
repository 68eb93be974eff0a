package org.tunic.ledger.mempool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Ripemd160;
import org.tunic.crypto.digest.Sha;
import org.tunic.ledger.BitcoinVectors;
import org.tunic.ledger.chain.Chain;
import org.tunic.ledger.chain.Miner;
import org.tunic.ledger.chain.TestChain;
import org.tunic.ledger.consensus.RejectedException;
import org.tunic.ledger.curve.Curve;
import org.tunic.ledger.params.ChainParams;
import org.tunic.ledger.params.TestChains;
import org.tunic.ledger.primitive.Block;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.primitive.OutPoint;
import org.tunic.ledger.primitive.Script;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.TxInput;
import org.tunic.ledger.primitive.TxOutput;
import org.tunic.ledger.script.ScriptVerifier;
import org.tunic.ledger.script.Scripts;
import org.tunic.ledger.script.SignatureHashes;
import org.tunic.ledger.store.MemoryFolder;

/** What may wait for a block, what replaces what, and what blocks do to those that wait. */
class MempoolTest {
  private static final ChainParams PARAMS = TestChains.ripening(2);
  private static final long REWARD = PARAMS.subsidy().at(1);
  private static final long FEE = 1000;
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);
  private static final MempoolLimits LOOSE =
      new MempoolLimits(50_000, 1000, Duration.ofHours(336), 5, false);

  @TempDir(factory = MemoryFolder.class)
  Path folder;

  private TestChain test;
  private Mempool pool;
  private List<OutPoint> rewards;

  @BeforeEach
  void open() throws Exception {
    test = new TestChain(folder, PARAMS);
    pool = new Mempool(LOOSE, new ScriptVerifier(BitcoinVectors.curve()));
    rewards = test.extend(8).stream().map(Miner::reward).toList();
  }

  @AfterEach
  void close() throws IOException {
    test.close();
  }

  private Surroundings surroundings() {
    Chain chain = test.chain();
    return new Surroundings(
        chain.placeUpon(chain.tip()), Chain.medians(chain.tip()), chain.coins());
  }

  private List<MempoolEntry> accept(Transaction tx) throws RejectedException {
    return pool.accept(tx, surroundings(), NOW);
  }

  private void rejects(String reason, Transaction tx) {
    int before = pool.size();
    RejectedException refusal = assertThrows(RejectedException.class, () -> accept(tx), reason);
    assertEquals(reason, refusal.reason());
    assertEquals(before, pool.size());
  }

  private static Transaction child(Transaction parent, int output, long... amounts) {
    return Miner.spend(new OutPoint(parent.txid(), output), amounts);
  }

  @Test
  void accept_goodTransactionAndItsChild_bothWait() throws Exception {
    Transaction parent = Miner.spend(rewards.getFirst(), REWARD - FEE);
    accept(parent);
    Transaction child = child(parent, 0, REWARD - 2 * FEE);
    accept(child);
    assertEquals(2, pool.size());
    assertEquals(FEE, pool.find(child.txid()).orElseThrow().feeSat());
    assertEquals(parent.virtualSize() + child.virtualSize(), pool.virtualBytes());
    rejects("txn-already-in-mempool", parent);
  }

  @Test
  void accept_whatCannotGetIntoTheNextBlock_isRefused() throws Exception {
    OutPoint reward = rewards.getFirst();
    int next = test.chain().tip().height() + 1;
    rejects("coinbase", test.miner().coinbase(next, 1));
    rejects("bad-txns-vout-negative", Miner.spend(reward, -1));
    rejects("non-final", Miner.lockedSpend(reward, 0, next, REWARD - FEE));
    rejects("non-BIP68-final", Miner.lockedSpend(reward, 100, 0, REWARD - FEE));
    rejects("bad-txns-in-belowout", Miner.spend(reward, REWARD + 1));
    rejects("min relay fee not met", Miner.spend(reward, REWARD));
    rejects("bad-txns-premature-spend-of-coinbase", Miner.spend(rewards.get(7), REWARD - FEE));
    OutPoint nowhere = new OutPoint(Hash256.ZERO, 3);
    rejects("bad-txns-inputs-missingorspent", Miner.spend(nowhere, 1));
    Transaction mined = Miner.spend(reward, REWARD - FEE);
    test.chain().accept(test.miner().block(test.chain().tip(), mined));
    rejects("txn-already-known", mined);
  }

  @Test
  void accept_scriptThatFails_isRefused() throws Exception {
    Transaction funding =
        new Transaction(
            2,
            Miner.spend(rewards.getFirst(), 1).inputs(),
            List.of(new TxOutput(REWARD, Script.of(new byte[] {0x00}))),
            0);
    test.chain().accept(test.miner().block(test.chain().tip(), funding));
    rejects("mandatory-script-verify-flag-failed (EVAL_FALSE)", child(funding, 0, REWARD - FEE));
  }

  /** Under the rules for relaying: a signed spend of a witness key hash, and one signed wrongly. */
  @Test
  void accept_standardSpend_waitsIfItIsSigned() throws Exception {
    Curve curve = BitcoinVectors.curve();
    pool = new Mempool(MempoolLimits.DEFAULT, new ScriptVerifier(curve));
    byte[] secret = new byte[32];
    secret[31] = 7;
    byte[] key = curve.publicKey(secret);
    byte[] keyHash = Ripemd160.of(Sha.sha256(key));
    TxOutput output = new TxOutput(REWARD, Scripts.payToWitness(0, keyHash));
    Transaction funding =
        new Transaction(2, Miner.spend(rewards.getFirst(), 1).inputs(), List.of(output), 0);
    rejects("bad-txns-nonstandard-inputs", funding);
    test.chain().accept(test.miner().block(test.chain().tip(), funding));
    TxInput input =
        new TxInput(new OutPoint(funding.txid(), 0), Script.EMPTY, TxInput.FINAL, List.of());
    TxOutput to = new TxOutput(REWARD - FEE, output.scriptPubKey());
    Transaction unsigned = new Transaction(2, List.of(input), List.of(to), 0);
    byte[] hash =
        new SignatureHashes(unsigned, List.of(output))
            .segwit(0, Scripts.payToPublicKeyHash(keyHash).toArray(), 1);
    byte[] der = curve.signEcdsa(hash, secret);
    byte[] signature = Arrays.copyOf(der, der.length + 1);
    signature[der.length] = 1;
    Transaction signed =
        new Transaction(
            2,
            List.of(input.withWitness(List.of(Bytes.copyOf(signature), Bytes.copyOf(key)))),
            List.of(to),
            0);
    signature[der.length] = 2; // signs without the outputs, which nobody did
    Transaction forged =
        new Transaction(
            2,
            List.of(input.withWitness(List.of(Bytes.copyOf(signature), Bytes.copyOf(key)))),
            List.of(to),
            0);
    rejects("mandatory-script-verify-flag-failed (NULLFAIL)", forged);
    accept(signed);
    assertEquals(FEE, pool.find(signed.txid()).orElseThrow().feeSat());
    rejects("txn-same-nonwitness-data-in-mempool", forged);
  }

  @Test
  void accept_betterPayingConflict_replacesTheFamily() throws Exception {
    Transaction first = Miner.spend(rewards.getFirst(), REWARD - FEE);
    accept(first);
    accept(child(first, 0, REWARD - 2 * FEE));
    // The same fee for more bytes.
    rejects("insufficient fee", Miner.spend(rewards.getFirst(), REWARD / 2, REWARD / 2 - FEE));
    // Better for its size, but it does not pay for both that go and for its own relaying.
    rejects("insufficient fee", Miner.spend(rewards.getFirst(), REWARD - 2 * FEE));
    Transaction better = Miner.spend(rewards.getFirst(), REWARD - 3 * FEE);
    assertEquals(2, accept(better).size());
    assertEquals(List.of(better), pool.all().stream().map(MempoolEntry::transaction).toList());
    assertEquals(better.virtualSize(), pool.virtualBytes());
  }

  @Test
  void accept_replacementThatSpendsWhatItReplacesOrMore_isRefused() throws Exception {
    Transaction first = Miner.spend(rewards.get(0), REWARD - FEE);
    Transaction other = Miner.spend(rewards.get(1), REWARD - FEE);
    accept(first);
    accept(other);
    List<TxOutput> to = List.of(new TxOutput(REWARD, Miner.ANYBODY));
    TxInput reward = new TxInput(rewards.get(0), Script.EMPTY, TxInput.FINAL, List.of());
    TxInput own =
        new TxInput(new OutPoint(first.txid(), 0), Script.EMPTY, TxInput.FINAL, List.of());
    rejects("bad-txns-spends-conflicting-tx", new Transaction(2, List.of(reward, own), to, 0));
    TxInput unconfirmed =
        new TxInput(new OutPoint(other.txid(), 0), Script.EMPTY, TxInput.FINAL, List.of());
    rejects(
        "replacement-adds-unconfirmed", new Transaction(2, List.of(reward, unconfirmed), to, 0));
  }

  @Test
  void accept_familyOfMoreThanTheBound_isRefused() throws Exception {
    Transaction at = Miner.spend(rewards.getFirst(), REWARD / 2, REWARD / 2 - FEE);
    accept(at);
    Transaction first = at;
    for (int i = 1; i < LOOSE.maxFamily(); i++) {
      at = child(at, 0, at.outputs().getFirst().amountSat() - FEE);
      accept(at);
    }
    rejects("too-long-mempool-chain", child(at, 0, 1000));
    // Few ancestors, but one more descendant of the first.
    rejects("too-long-mempool-chain", child(first, 1, 1000));
  }

  @Test
  void connected_block_takesMinedOnesAndDropsConflicts() throws Exception {
    Transaction mined = Miner.spend(rewards.get(0), REWARD - FEE);
    Transaction loser = Miner.spend(rewards.get(1), REWARD - FEE);
    Transaction orphaned = child(loser, 0, REWARD - 2 * FEE);
    Transaction stays = child(mined, 0, REWARD - 2 * FEE);
    for (Transaction tx : List.of(mined, loser, orphaned, stays)) {
      accept(tx);
    }
    Transaction winner = Miner.spend(rewards.get(1), REWARD - 9 * FEE);
    Block block = test.miner().block(test.chain().tip(), mined, winner);
    test.chain().accept(block);
    pool.connected(block);
    assertEquals(List.of(stays), pool.all().stream().map(MempoolEntry::transaction).toList());
  }

  @Test
  void reorganised_chain_bringsBackWhatItCan() throws Exception {
    Transaction mined = Miner.spend(rewards.get(0), REWARD - FEE);
    Block block = test.miner().block(test.chain().tip(), mined);
    test.chain().accept(block);
    Transaction upon = child(mined, 0, REWARD - 2 * FEE);
    Transaction reward = Miner.spend(rewards.get(7), REWARD - FEE);
    accept(upon);
    accept(reward);
    test.chain().invalidate(test.chain().tip());
    pool.reorganised(block.transactions(), surroundings(), NOW);
    // The coinbase is gone with its block, and the last reward is unripe again.
    assertEquals(List.of(mined, upon), pool.all().stream().map(MempoolEntry::transaction).toList());
  }

  @Test
  void expire_afterTwoWeeks_dropsTheFamily() throws Exception {
    Transaction parent = Miner.spend(rewards.getFirst(), REWARD - FEE);
    accept(parent);
    pool.accept(child(parent, 0, 5), surroundings(), NOW.plus(Duration.ofHours(300)));
    pool.expire(NOW.plus(Duration.ofHours(336)));
    assertEquals(2, pool.size());
    pool.expire(NOW.plus(Duration.ofHours(337)));
    assertEquals(0, pool.size());
    assertEquals(0, pool.virtualBytes());
  }

  /** The bound on memory: what pays least for its size goes, or does not come. */
  @Test
  void accept_whenFull_dropsWhatPaysLeast() throws Exception {
    // 9 bytes and the script of five: 1500 outputs are 21 kvB.
    Transaction cheap = Miner.spend(rewards.get(0), many(1500, REWARD / 1500 - 20));
    Transaction dear = Miner.spend(rewards.get(1), many(1500, REWARD / 1500 - 1000));
    accept(cheap);
    accept(dear);
    rejects("mempool full", Miner.spend(rewards.get(2), many(1500, REWARD / 1500 - 15)));
    assertEquals(2, pool.size());
    accept(Miner.spend(rewards.get(3), many(1500, REWARD / 1500 - 30)));
    assertTrue(pool.virtualBytes() <= LOOSE.maxVirtualBytes());
    assertTrue(pool.find(cheap.txid()).isEmpty());
    assertTrue(pool.find(dear.txid()).isPresent());
  }

  private static long[] many(int count, long amount) {
    long[] many = new long[count];
    Arrays.fill(many, amount);
    return many;
  }
}
