package org.tunic.ledger.consensus;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tunic.ledger.primitive.Block;
import org.tunic.ledger.primitive.OutPoint;
import org.tunic.ledger.primitive.Transaction;
import org.tunic.ledger.primitive.TxInput;
import org.tunic.ledger.primitive.TxOutput;
import org.tunic.ledger.script.SignatureHashes;

/**
 * Judges a block by the coins it spends, and says what it does to them.
 *
 * <p>Coins that the block needs are looked up at once; scripts are checked last, all of them
 * together, since they cost most.
 *
 * <p>Threads: any, because it has no state of its own.
 */
public final class BlockConnector {
  private final ScriptChecks scripts;

  /** Checks scripts by {@code scripts}. */
  public BlockConnector(ScriptChecks scripts) {
    this.scripts = scripts;
  }

  /**
   * Connects {@code block}, which {@link BlockRules} found good.
   *
   * @param medians of the chain it stands on
   * @param coins as they are before the block
   */
  public BlockChange connect(Block block, BlockPlace place, MedianTimes medians, CoinSource coins)
      throws RejectedException {
    return new Connection(block, place, medians, coins).run();
  }

  private final class Connection {
    private final Block block;
    private final BlockPlace place;
    private final MedianTimes medians;
    private final Map<OutPoint, Coin> available;
    private final Map<OutPoint, Coin> created = new LinkedHashMap<>();
    private final Map<OutPoint, Coin> spent = new LinkedHashMap<>();
    private final List<ScriptChecks.Spend> spends = new ArrayList<>();
    private long feesSat;
    private long signatureCost;

    Connection(Block block, BlockPlace place, MedianTimes medians, CoinSource coins) {
      this.block = block;
      this.place = place;
      this.medians = medians;
      this.available = coins.find(wanted(block));
    }

    /** What it spends, and what it makes, which must not be there yet (BIP 30). */
    private static Set<OutPoint> wanted(Block block) {
      Set<OutPoint> wanted = new LinkedHashSet<>();
      for (Transaction transaction : block.transactions()) {
        for (int i = 0; i < transaction.outputs().size(); i++) {
          wanted.add(new OutPoint(transaction.txid(), i));
        }
        if (!transaction.isCoinbase()) {
          transaction.inputs().forEach(input -> wanted.add(input.previous()));
        }
      }
      return wanted;
    }

    BlockChange run() throws RejectedException {
      for (Transaction transaction : block.transactions()) {
        for (int i = 0; i < transaction.outputs().size(); i++) {
          if (available.containsKey(new OutPoint(transaction.txid(), i))) {
            throw RejectedException.invalid("bad-txns-BIP30");
          }
        }
      }
      for (Transaction transaction : block.transactions()) {
        add(transaction);
      }
      long reward = place.params().subsidy().at(place.height()) + feesSat;
      long claimed = 0;
      for (TxOutput output : block.transactions().getFirst().outputs()) {
        claimed += output.amountSat();
      }
      if (claimed > reward) {
        throw RejectedException.invalid("bad-cb-amount");
      }
      scripts.check(spends, place.flags());
      return new BlockChange(created, spent);
    }

    private void add(Transaction transaction) throws RejectedException {
      List<Coin> coins = List.of();
      List<TxOutput> outputs = List.of();
      if (!transaction.isCoinbase()) {
        coins = take(transaction);
        outputs = coins.stream().map(Coin::output).toList();
        feesSat += CoinRules.fee(transaction, coins, place);
        if (feesSat > place.params().maxMoneySat()) {
          throw RejectedException.invalid("bad-txns-accumulated-fee-outofrange");
        }
        if (place.hasRelativeLockTimes()
            && !SequenceLocks.of(transaction, coins, medians)
                .isFinal(place.height(), place.previousMedianTime())) {
          throw RejectedException.invalid("bad-txns-nonfinal");
        }
      }
      signatureCost += TransactionRules.signatureCost(transaction, outputs);
      if (signatureCost > BlockRules.MAX_SIGNATURE_COST) {
        throw RejectedException.invalid("bad-blk-sigops");
      }
      if (!transaction.isCoinbase()) {
        spends.add(new ScriptChecks.Spend(new SignatureHashes(transaction, outputs)));
      }
      BlockChange.addOutputs(transaction, place.height(), created);
    }

    private List<Coin> take(Transaction transaction) throws RejectedException {
      List<Coin> coins = new ArrayList<>(transaction.inputs().size());
      for (TxInput input : transaction.inputs()) {
        OutPoint point = input.previous();
        Coin coin = created.remove(point);
        if (coin == null) {
          coin = available.get(point);
          if (coin == null || spent.put(point, coin) != null) {
            throw RejectedException.invalid("bad-txns-inputs-missingorspent");
          }
        }
        coins.add(coin);
      }
      return coins;
    }
  }
}
