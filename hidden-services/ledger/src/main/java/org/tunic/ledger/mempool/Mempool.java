package org.tunic.ledger.mempool;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.tunic.ledger.consensus.Coin;
import org.tunic.ledger.consensus.CoinRules;
import org.tunic.ledger.consensus.RejectedException;
import org.tunic.ledger.consensus.TransactionRules;
import org.tunic.ledger.primitive.Block;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.primitive.OutPoint;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.TxInput;
import org.tunic.ledger.primitive.TxOutput;
import org.tunic.ledger.script.ScriptError;
import org.tunic.ledger.script.ScriptFlags;
import org.tunic.ledger.script.ScriptVerifier;
import org.tunic.ledger.script.SignatureHashes;

/**
 * Transactions that keep all rules and wait for a block.
 *
 * <p>Any of them may be replaced by one that pays more, whether it said so or not. Families are
 * bounded, so that taking one out never touches many. When it is full those go first that pay least
 * for their size, with all that spend them.
 *
 * <p>Threads: the thread of the chain.
 */
public final class Mempool {
  private static final int MIN_STRIPPED_BYTES = 65;
  private static final long MAX_SIGNATURE_COST = 16_000;
  private static final int MAX_REPLACED = 100;

  private final MempoolLimits limits;
  private final ScriptVerifier verifier;
  private final Map<Hash256, MempoolEntry> entries = new LinkedHashMap<>();
  private final Map<OutPoint, MempoolEntry> spenders = new HashMap<>();
  private final NavigableSet<MempoolEntry> byFee =
      new TreeSet<>(
          Comparator.comparingLong(MempoolEntry::satPerKvb)
              .thenComparing(entry -> entry.transaction().txid()));
  private long virtualBytes;

  /** An empty one. */
  public Mempool(MempoolLimits limits, ScriptVerifier verifier) {
    this.limits = limits;
    this.verifier = verifier;
  }

  // ---- looking

  /** Transactions that wait. */
  public int size() {
    return entries.size();
  }

  /** Their virtual bytes. */
  public long virtualBytes() {
    return virtualBytes;
  }

  /** One by its hash without witnesses. */
  public Optional<MempoolEntry> find(Hash256 txid) {
    return Optional.ofNullable(entries.get(txid));
  }

  /** All, those that are spent before those that spend them. */
  public List<MempoolEntry> all() {
    return List.copyOf(entries.values());
  }

  // ---- taking

  /**
   * Takes a transaction.
   *
   * @return what it replaced
   * @throws RejectedException with Bitcoin Core's words
   */
  public List<MempoolEntry> accept(Transaction tx, Surroundings chain, Instant now)
      throws RejectedException {
    checkAlone(tx, chain);
    Set<MempoolEntry> conflicts = conflicts(tx);
    List<Coin> coins = coins(tx, chain);
    if (!CoinRules.isSequenceFinal(tx, coins, chain.next(), chain.medians())) {
      throw StandardRules.policy("non-BIP68-final");
    }
    long fee = CoinRules.fee(tx, coins, chain.next());
    List<TxOutput> spent = coins.stream().map(Coin::output).toList();
    if (limits.requireStandard()) {
      StandardRules.checkInputs(tx, spent);
    }
    if (TransactionRules.signatureCost(tx, spent) > MAX_SIGNATURE_COST) {
      throw StandardRules.policy("bad-txns-too-many-sigops");
    }
    if (fee < limits.fee(tx.virtualSize())) {
      throw StandardRules.policy("min relay fee not met");
    }
    MempoolEntry entry = new MempoolEntry(tx, fee, now);
    Set<MempoolEntry> ancestors = ancestors(tx);
    Set<MempoolEntry> replaced = replaced(entry, conflicts, ancestors);
    checkFamily(ancestors, replaced);
    checkScripts(tx, spent, chain);
    replaced.forEach(this::remove);
    insert(entry);
    makeRoom(entry);
    return List.copyOf(replaced);
  }

  private void checkAlone(Transaction tx, Surroundings chain) throws RejectedException {
    TransactionRules.check(tx, chain.next().params().maxMoneySat());
    if (tx.isCoinbase()) {
      throw RejectedException.invalid("coinbase");
    }
    if (limits.requireStandard()) {
      StandardRules.check(tx);
    }
    if (tx.strippedLength() < MIN_STRIPPED_BYTES) {
      throw StandardRules.policy("tx-size-small");
    }
    if (!TransactionRules.isFinal(tx, chain.next().height(), chain.next().previousMedianTime())) {
      throw new RejectedException(RejectedException.Kind.TOO_EARLY, "non-final");
    }
    MempoolEntry known = entries.get(tx.txid());
    if (known != null) {
      throw StandardRules.policy(
          known.transaction().wtxid().equals(tx.wtxid())
              ? "txn-already-in-mempool"
              : "txn-same-nonwitness-data-in-mempool");
    }
  }

  private Set<MempoolEntry> conflicts(Transaction tx) {
    Set<MempoolEntry> conflicts = new LinkedHashSet<>();
    for (TxInput input : tx.inputs()) {
      MempoolEntry other = spenders.get(input.previous());
      if (other != null) {
        conflicts.add(other);
      }
    }
    return conflicts;
  }

  private List<Coin> coins(Transaction tx, Surroundings chain) throws RejectedException {
    Set<OutPoint> wanted = new HashSet<>();
    tx.inputs().forEach(input -> wanted.add(input.previous()));
    for (int i = 0; i < tx.outputs().size(); i++) {
      wanted.add(new OutPoint(tx.txid(), i));
    }
    Map<OutPoint, Coin> confirmed = chain.coins().find(wanted);
    List<Coin> coins = new ArrayList<>(tx.inputs().size());
    for (TxInput input : tx.inputs()) {
      Coin coin = confirmed.get(input.previous());
      if (coin == null) {
        coin = unconfirmed(input.previous(), chain).orElse(null);
      }
      if (coin == null) {
        boolean mined =
            confirmed.keySet().stream().anyMatch(point -> point.txid().equals(tx.txid()));
        throw mined
            ? StandardRules.policy("txn-already-known")
            : new RejectedException(
                RejectedException.Kind.MISSING_PREVIOUS, "bad-txns-inputs-missingorspent");
      }
      coins.add(coin);
    }
    return coins;
  }

  /** An output of a transaction that waits, as if the next block made it. */
  private Optional<Coin> unconfirmed(OutPoint point, Surroundings chain) {
    MempoolEntry parent = entries.get(point.txid());
    if (parent == null || point.index() >= parent.transaction().outputs().size()) {
      return Optional.empty();
    }
    TxOutput output = parent.transaction().outputs().get((int) point.index());
    return Optional.of(new Coin(output, chain.next().height(), false));
  }

  private void checkScripts(Transaction tx, List<TxOutput> spent, Surroundings chain)
      throws RejectedException {
    SignatureHashes hashes = new SignatureHashes(tx, spent);
    ScriptFlags consensus = chain.next().flags();
    ScriptFlags flags = limits.requireStandard() ? ScriptFlags.STANDARD : consensus;
    for (int i = 0; i < spent.size(); i++) {
      ScriptError error = verifier.verify(hashes, i, flags);
      if (error != ScriptError.OK) {
        boolean policy = verifier.verify(hashes, i, consensus) == ScriptError.OK;
        throw policy
            ? StandardRules.policy("mempool-script-verify-flag-failed (" + error + ")")
            : RejectedException.invalid("mandatory-script-verify-flag-failed (" + error + ")");
      }
    }
  }

  // ---- families and replacement

  private Set<MempoolEntry> ancestors(Transaction tx) {
    Set<MempoolEntry> found = new LinkedHashSet<>();
    Deque<Transaction> left = new ArrayDeque<>(List.of(tx));
    while (!left.isEmpty()) {
      for (TxInput input : left.removeFirst().inputs()) {
        MempoolEntry parent = entries.get(input.previous().txid());
        if (parent != null && found.add(parent)) {
          left.add(parent.transaction());
        }
      }
    }
    return found;
  }

  /** {@code entry} and all that spend it, directly or not. */
  private Set<MempoolEntry> withDescendants(MempoolEntry entry) {
    Set<MempoolEntry> found = new LinkedHashSet<>(List.of(entry));
    Deque<MempoolEntry> left = new ArrayDeque<>(found);
    while (!left.isEmpty()) {
      Transaction tx = left.removeFirst().transaction();
      for (int i = 0; i < tx.outputs().size(); i++) {
        MempoolEntry child = spenders.get(new OutPoint(tx.txid(), i));
        if (child != null && found.add(child)) {
          left.add(child);
        }
      }
    }
    return found;
  }

  /** What goes when {@code entry} comes, if it pays enough for that (BIP 125, rules 3 to 5). */
  private Set<MempoolEntry> replaced(
      MempoolEntry entry, Set<MempoolEntry> conflicts, Set<MempoolEntry> ancestors)
      throws RejectedException {
    Set<MempoolEntry> replaced = new LinkedHashSet<>();
    for (MempoolEntry conflict : conflicts) {
      if (ancestors.contains(conflict)) {
        throw RejectedException.invalid("bad-txns-spends-conflicting-tx");
      }
      if (entry.satPerKvb() <= conflict.satPerKvb()) {
        throw StandardRules.policy("insufficient fee");
      }
      replaced.addAll(withDescendants(conflict));
      if (replaced.size() > MAX_REPLACED) {
        throw StandardRules.policy("too many potential replacements");
      }
    }
    if (replaced.isEmpty()) {
      return replaced;
    }
    Set<OutPoint> oldInputs = new HashSet<>();
    long fees = 0;
    for (MempoolEntry old : replaced) {
      fees += old.feeSat();
    }
    conflicts.forEach(
        old -> old.transaction().inputs().forEach(input -> oldInputs.add(input.previous())));
    for (TxInput input : entry.transaction().inputs()) {
      if (entries.containsKey(input.previous().txid()) && !oldInputs.contains(input.previous())) {
        throw StandardRules.policy("replacement-adds-unconfirmed");
      }
    }
    if (entry.feeSat() < fees + limits.fee(entry.virtualSize())) {
      throw StandardRules.policy("insufficient fee");
    }
    return replaced;
  }

  private void checkFamily(Set<MempoolEntry> ancestors, Set<MempoolEntry> replaced)
      throws RejectedException {
    if (ancestors.size() + 1 > limits.maxFamily()) {
      throw StandardRules.policy("too-long-mempool-chain");
    }
    for (MempoolEntry ancestor : ancestors) {
      Set<MempoolEntry> family = withDescendants(ancestor);
      family.removeAll(replaced);
      if (family.size() + 1 > limits.maxFamily()) {
        throw StandardRules.policy("too-long-mempool-chain");
      }
    }
  }

  // ---- coming and going

  private void insert(MempoolEntry entry) {
    entries.put(entry.transaction().txid(), entry);
    byFee.add(entry);
    entry.transaction().inputs().forEach(input -> spenders.put(input.previous(), entry));
    virtualBytes += entry.virtualSize();
  }

  private void remove(MempoolEntry entry) {
    if (entries.remove(entry.transaction().txid()) != null) {
      byFee.remove(entry);
      entry.transaction().inputs().forEach(input -> spenders.remove(input.previous()));
      virtualBytes -= entry.virtualSize();
    }
  }

  private void makeRoom(MempoolEntry added) throws RejectedException {
    while (virtualBytes > limits.maxVirtualBytes()) {
      MempoolEntry worst = byFee.first();
      withDescendants(worst).forEach(this::remove);
    }
    if (!entries.containsKey(added.transaction().txid())) {
      throw StandardRules.policy("mempool full");
    }
  }

  /** Drops those that no block took in time, with all that spend them. */
  public void expire(Instant now) {
    Instant oldest = now.minus(limits.expiry());
    List<MempoolEntry> old =
        entries.values().stream().filter(e -> e.entered().isBefore(oldest)).toList();
    old.forEach(entry -> withDescendants(entry).forEach(this::remove));
  }

  /** A block took some, and made others impossible. */
  public void connected(Block block) {
    for (Transaction tx : block.transactions()) {
      MempoolEntry mined = entries.get(tx.txid());
      if (mined != null) {
        remove(mined);
      }
      for (TxInput input : tx.inputs()) {
        MempoolEntry conflict = spenders.get(input.previous());
        if (conflict != null) {
          withDescendants(conflict).forEach(this::remove);
        }
      }
    }
  }

  /**
   * The chain is another: those of blocks that were taken back come again if they can, and those
   * that wait are judged anew.
   *
   * @param returned transactions of blocks that were taken back, in their order
   */
  public void reorganised(Collection<Transaction> returned, Surroundings chain, Instant now) {
    List<Transaction> all = new ArrayList<>(returned);
    entries.values().forEach(entry -> all.add(entry.transaction()));
    Map<Hash256, Instant> times = new HashMap<>();
    entries.values().forEach(e -> times.put(e.transaction().txid(), e.entered()));
    entries.clear();
    spenders.clear();
    byFee.clear();
    virtualBytes = 0;
    for (Transaction tx : all) {
      try {
        if (!tx.isCoinbase()) {
          accept(tx, chain, times.getOrDefault(tx.txid(), now));
        }
      } catch (RejectedException _) {
        // It cannot wait upon this chain; whoever made it hears of it by asking.
      }
    }
  }
}
