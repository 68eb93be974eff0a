package org.tunic.ledger.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.ledger.consensus.RejectedException;
import org.tunic.ledger.header.HeaderEntry;
import org.tunic.ledger.params.Activation;
import org.tunic.ledger.params.ChainParams;
import org.tunic.ledger.params.TestChains;
import org.tunic.ledger.primitive.Block;
import org.tunic.ledger.primitive.BlockHeader;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.primitive.OutPoint;
import org.tunic.ledger.primitive.Script;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.TxInput;
import org.tunic.ledger.primitive.TxOutput;
import org.tunic.ledger.script.Scripts;
import org.tunic.ledger.store.MemoryFolder;

/** A wrong block for each reason: refused in Bitcoin's words, and the tip stays. */
class RejectionTest {
  private static final ChainParams PARAMS = TestChains.ripening(3);
  private static final long REWARD = PARAMS.subsidy().at(1);
  private static final Bytes NONCE = Bytes.copyOf(new byte[32]);

  @TempDir(factory = MemoryFolder.class)
  Path folder;

  private TestChain test;
  private List<OutPoint> rewards;

  @BeforeEach
  void open() throws Exception {
    open(PARAMS);
  }

  private void open(ChainParams params) throws Exception {
    test = new TestChain(folder.resolve("chain" + params.activation().hashCode()), params);
    rewards = test.extend(8).stream().map(Miner::reward).toList();
  }

  @AfterEach
  void close() throws IOException {
    test.close();
  }

  private HeaderEntry tip() {
    return test.chain.tip();
  }

  private void rejects(String reason, Block block) {
    HeaderEntry before = tip();
    RejectedException refusal =
        assertThrows(RejectedException.class, () -> test.chain.accept(block), reason);
    assertEquals(reason, refusal.reason());
    assertEquals(before, tip());
  }

  /** A block with one transaction that breaks a rule. */
  private void rejectsWith(String reason, Transaction transaction) {
    rejects(reason, test.miner.block(tip(), transaction));
  }

  private void rejectsChanged(String reason, UnaryOperator<List<Transaction>> change) {
    rejects(reason, test.miner.block(tip(), change));
  }

  private static Transaction paying(OutPoint from, Script to, long amountSat) {
    return new Transaction(
        2,
        List.of(new TxInput(from, Script.EMPTY, TxInput.FINAL, List.of())),
        List.of(new TxOutput(amountSat, to)),
        0);
  }

  private Transaction coinbase(Script scriptSig, TxOutput... outputs) {
    return new Transaction(
        2,
        List.of(new TxInput(OutPoint.NONE, scriptSig, TxInput.FINAL, List.of())),
        List.of(outputs),
        0);
  }

  // ---- the block alone

  @Test
  void merkleRoot_wrong_isMutationOfAGenuineBlock() throws Exception {
    Block genuine = test.miner.block(tip());
    Transaction other = test.miner.coinbase(tip().height() + 1, REWARD);
    rejects("bad-txnmrklroot", new Block(genuine.header(), List.of(other)));
    test.chain.accept(genuine);
    assertEquals(genuine.hash(), tip().hash());
  }

  /** CVE-2012-2459: the genuine block must still be taken afterwards. */
  @Test
  void transactions_doubledAtTheEnd_areMutationOfAGenuineBlock() throws Exception {
    Transaction one = Miner.spend(rewards.get(0), REWARD);
    Transaction two = Miner.spend(rewards.get(1), REWARD);
    Block genuine = test.miner.block(tip(), one, two);
    List<Transaction> doubled = new ArrayList<>(genuine.transactions());
    doubled.add(two);
    rejects("bad-txns-duplicate", new Block(genuine.header(), doubled));
    test.chain.accept(genuine);
    assertEquals(genuine.hash(), tip().hash());
  }

  @Test
  void coinbase_missingOrTwiceOrOfWrongLength_isRefused() {
    rejects("bad-blk-length", test.miner.work(tip(), List.of()));
    rejectsChanged("bad-cb-missing", list -> List.of(Miner.spend(rewards.getFirst(), 1)));
    rejectsChanged(
        "bad-cb-multiple",
        list -> List.of(list.getFirst(), test.miner.coinbase(tip().height() + 1, 0)));
    TxOutput output = new TxOutput(1, Miner.ANYBODY);
    rejectsChanged("bad-cb-length", l -> List.of(coinbase(Script.of(new byte[1]), output)));
    rejectsChanged("bad-cb-length", l -> List.of(coinbase(Script.of(new byte[101]), output)));
  }

  @Test
  void transaction_malformed_isRefused() {
    TxInput input = new TxInput(rewards.getFirst(), Script.EMPTY, TxInput.FINAL, List.of());
    TxOutput one = new TxOutput(1, Miner.ANYBODY);
    rejectsWith("bad-txns-vin-empty", new Transaction(2, List.of(), List.of(one), 0));
    rejectsWith("bad-txns-vout-empty", new Transaction(2, List.of(input), List.of(), 0));
    rejectsWith("bad-txns-vout-negative", Miner.spend(rewards.getFirst(), -1));
    rejectsWith(
        "bad-txns-vout-toolarge", Miner.spend(rewards.getFirst(), PARAMS.maxMoneySat() + 1));
    rejectsWith(
        "bad-txns-txouttotal-toolarge", Miner.spend(rewards.getFirst(), PARAMS.maxMoneySat(), 1));
    // CVE-2018-17144
    rejectsWith(
        "bad-txns-inputs-duplicate", new Transaction(2, List.of(input, input), List.of(one), 0));
    TxInput none = new TxInput(OutPoint.NONE, Script.EMPTY, TxInput.FINAL, List.of());
    rejectsWith("bad-txns-prevout-null", new Transaction(2, List.of(input, none), List.of(one), 0));
  }

  @Test
  void signatureOperations_tooMany_areRefused() {
    byte[] checks = new byte[20_001];
    Arrays.fill(checks, (byte) 0xac);
    rejectsWith("bad-blk-sigops", paying(rewards.getFirst(), Script.of(checks), REWARD));
  }

  // ---- its place

  @Test
  void lockTime_notYetPassed_isRefused() {
    int next = tip().height() + 1;
    rejectsWith("bad-txns-nonfinal", Miner.lockedSpend(rewards.getFirst(), 0, next, REWARD));
    rejectsWith(
        "bad-txns-nonfinal", Miner.lockedSpend(rewards.getFirst(), 0, tip().medianTime(), REWARD));
  }

  @Test
  void lockTime_justPassed_isTaken() throws Exception {
    Transaction byHeight = Miner.lockedSpend(rewards.get(0), 0, tip().height(), REWARD);
    Transaction byTime = Miner.lockedSpend(rewards.get(1), 0, tip().medianTime() - 1, REWARD);
    test.chain.accept(test.miner.block(tip(), byHeight, byTime));
    assertEquals(9, tip().height());
  }

  @Test
  void heightInCoinbase_wrong_isRefused() {
    rejectsChanged(
        "bad-cb-height", list -> List.of(test.miner.coinbase(tip().height() + 2, REWARD)));
  }

  @Test
  void witnesses_notAsCommitted_areMutationOfAGenuineBlock() throws Exception {
    Script hash = Scripts.payToWitness(0, org.tunic.crypto.digest.Sha.sha256(new byte[] {0x51}));
    Transaction funding = paying(rewards.getFirst(), hash, REWARD);
    test.chain.accept(test.miner.block(tip(), funding));
    TxInput input =
        new TxInput(
            new OutPoint(funding.txid(), 0),
            Script.EMPTY,
            TxInput.FINAL,
            List.of(Bytes.copyOf(new byte[] {0x51})));
    Transaction spend =
        new Transaction(2, List.of(input), List.of(new TxOutput(1, Miner.ANYBODY)), 0);
    Block genuine = test.miner.block(tip(), spend);
    rejects("bad-witness-nonce-size", withNonce(genuine, List.of(NONCE, NONCE)));
    rejects("bad-witness-nonce-size", withNonce(genuine, List.of(NONCE.slice(0, 31))));
    byte[] other = new byte[32];
    other[0] = 1;
    rejects("bad-witness-merkle-match", withNonce(genuine, List.of(Bytes.copyOf(other))));
    // Without a commitment there must be no witness at all.
    Block uncommitted =
        test.miner.work(tip(), List.of(test.miner.coinbase(tip().height() + 1, REWARD), spend));
    rejects("unexpected-witness", uncommitted);
    test.chain.accept(genuine);
    assertEquals(genuine.hash(), tip().hash());
  }

  private static Block withNonce(Block block, List<Bytes> nonce) {
    List<Transaction> all = new ArrayList<>(block.transactions());
    Transaction old = all.getFirst();
    all.set(
        0,
        new Transaction(
            old.version(),
            List.of(old.inputs().getFirst().withWitness(nonce)),
            old.outputs(),
            old.lockTime()));
    return new Block(block.header(), all);
  }

  @Test
  void weight_tooLarge_isRefused() {
    // Witness bytes alone: the block without them is small.
    List<Bytes> heavy = Collections.nCopies(8000, Bytes.copyOf(new byte[520]));
    TxInput input = new TxInput(rewards.getFirst(), Script.EMPTY, TxInput.FINAL, heavy);
    rejectsWith(
        "bad-blk-weight",
        new Transaction(2, List.of(input), List.of(new TxOutput(1, Miner.ANYBODY)), 0));
  }

  // ---- the coins

  @Test
  void coins_missingSpentOrUnripe_areRefused() throws Exception {
    rejectsWith("bad-txns-inputs-missingorspent", Miner.spend(new OutPoint(Hash256.ZERO, 0), 1));
    Transaction once = Miner.spend(rewards.getFirst(), REWARD);
    Transaction again = Miner.spend(rewards.getFirst(), REWARD - 1);
    rejects("bad-txns-inputs-missingorspent", test.miner.block(tip(), once, again));
    // An output of a later transaction of the block is not there yet.
    Transaction child = Miner.spend(new OutPoint(once.txid(), 0), REWARD);
    rejects("bad-txns-inputs-missingorspent", test.miner.block(tip(), child, once));
    rejectsWith("bad-txns-premature-spend-of-coinbase", Miner.spend(rewards.get(6), REWARD));
    test.chain.accept(test.miner.block(tip(), once, child, Miner.spend(rewards.get(5), REWARD)));
    rejectsWith("bad-txns-inputs-missingorspent", again);
  }

  @Test
  void amounts_madeOfNothing_areRefused() throws Exception {
    rejectsWith("bad-txns-in-belowout", Miner.spend(rewards.getFirst(), REWARD + 1));
    int next = tip().height() + 1;
    rejectsChanged("bad-cb-amount", list -> List.of(test.miner.coinbase(next, REWARD + 1)));
    Transaction paysFee = Miner.spend(rewards.getFirst(), REWARD - 7);
    rejectsChanged(
        "bad-cb-amount", list -> List.of(test.miner.coinbase(next, REWARD + 8), paysFee));
    test.chain.accept(
        test.miner.block(tip(), list -> List.of(test.miner.coinbase(next, REWARD + 7), paysFee)));
    assertEquals(next, tip().height());
  }

  @Test
  void relativeLockTime_notYetPassed_isRefused() throws Exception {
    // The first reward stands at height 1, the next block at 9: it is 8 blocks old there.
    rejectsWith("bad-txns-nonfinal", Miner.lockedSpend(rewards.getFirst(), 9, 0, REWARD));
    long oneStep = 1L << 22 | 1;
    rejectsWith("bad-txns-nonfinal", Miner.lockedSpend(rewards.getFirst(), oneStep, 0, REWARD));
    test.chain.accept(test.miner.block(tip(), Miner.lockedSpend(rewards.getFirst(), 8, 0, REWARD)));
    assertEquals(9, tip().height());
  }

  @Test
  void script_thatFails_isRefused() throws Exception {
    Script never = Script.of(new byte[] {0x00});
    Transaction funding = paying(rewards.getFirst(), never, REWARD);
    test.chain.accept(test.miner.block(tip(), funding));
    rejectsWith(
        "mandatory-script-verify-flag-failed (EVAL_FALSE)",
        Miner.spend(new OutPoint(funding.txid(), 0), REWARD));
  }

  /** The same check when the inputs are divided among threads. */
  @Test
  void script_thatFailsAmongMany_isRefused() throws Exception {
    long part = REWARD / 20;
    long[] parts = new long[20];
    Arrays.fill(parts, part);
    Transaction split = Miner.spend(rewards.getFirst(), parts);
    List<TxOutput> outputs = new ArrayList<>(split.outputs());
    outputs.set(17, new TxOutput(part, Script.of(new byte[] {0x00})));
    Transaction funding = new Transaction(2, split.inputs(), outputs, 0);
    test.chain.accept(test.miner.block(tip(), funding));
    List<TxInput> inputs = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      inputs.add(
          new TxInput(new OutPoint(funding.txid(), i), Script.EMPTY, TxInput.FINAL, List.of()));
    }
    List<TxOutput> to = List.of(new TxOutput(1, Miner.ANYBODY));
    rejectsWith(
        "mandatory-script-verify-flag-failed (EVAL_FALSE)", new Transaction(2, inputs, to, 0));
    inputs.remove(17);
    test.chain.accept(test.miner.block(tip(), new Transaction(2, inputs, to, 0)));
    assertEquals(10, tip().height());
  }

  /** Without heights in coinbases two could be equal; the coins of the first must not be lost. */
  @Test
  void transaction_thatIsThereUnspent_isRefused() throws Exception {
    test.close();
    ChainParams old = PARAMS.with(PARAMS.activation().with("bip34", Activation.NEVER));
    open(old);
    Transaction first = test.chain.block(tip().hash()).orElseThrow().transactions().getFirst();
    rejects("bad-txns-BIP30", test.miner.work(tip(), List.of(first)));
  }

  // ---- what the block stands on

  @Test
  void header_ofUnknownOrBadParent_isRefused() {
    Block bad = test.miner.block(tip(), Miner.spend(new OutPoint(Hash256.ZERO, 1), 1));
    rejects("bad-txns-inputs-missingorspent", bad);
    rejects("duplicate-invalid", bad);
    BlockHeader orphan =
        new BlockHeader(
            0x2000_0000,
            Hash256.ZERO,
            bad.header().merkleRoot(),
            bad.header().timeSeconds(),
            bad.header().bits(),
            0);
    while (!PARAMS.limit().isMetBy(orphan.hash())) {
      orphan = orphan.withNonce(orphan.nonce() + 1);
    }
    rejects("prev-blk-not-found", new Block(orphan, bad.transactions()));
  }
}
