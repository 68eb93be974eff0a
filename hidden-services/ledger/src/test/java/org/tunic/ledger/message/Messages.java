package org.tunic.ledger.message;

import java.util.ArrayList;
import java.util.List;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.ledger.chain.Miner;
import org.tunic.ledger.header.HeaderTree;
import org.tunic.ledger.params.ChainParams;
import org.tunic.ledger.params.Chains;
import org.tunic.ledger.primitive.Block;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.primitive.OutPoint;
import org.tunic.ledger.primitive.Transaction;

/** One message of each kind. */
final class Messages {
  private Messages() {}

  static Block block() {
    ChainParams regtest = Chains.regtest();
    Transaction[] spends = new Transaction[5];
    for (int i = 0; i < spends.length; i++) {
      spends[i] = Miner.spend(new OutPoint(Hash256.ZERO, i), 5, 6);
    }
    return new Miner(regtest).block(new HeaderTree(regtest).genesis(), spends);
  }

  static List<Message> all() {
    Block block = block();
    List<Message> all = new ArrayList<>(List.of(Bare.values()));
    all.add(
        new VersionMessage(
            VersionMessage.PROTOCOL, 1 | 8 | 1024, 1_800_000_000L, -5, "/Tunic:0.1/", 7, true));
    all.add(new SendCompact(true, 2));
    all.add(new FeeFilter(1000));
    all.add(new Heartbeat(true, -1));
    all.add(new Heartbeat(false, 1L << 63));
    Bytes key = Bytes.copyOf(new byte[32]);
    all.add(
        new Addresses(
            true,
            List.of(
                new PeerAddress(5, 1033, PeerAddress.TOR_V3, key, 18_444),
                new PeerAddress(6, 300, 99, key.slice(0, 7), 1))));
    all.add(new Addresses(false, List.of(new PeerAddress(5, 1, 2, key.slice(0, 16), 65_535))));
    for (Inventory.Kind kind : Inventory.Kind.values()) {
      all.add(
          new Inventory(
              kind,
              List.of(
                  new Inventory.Item(Inventory.Item.WTX, block.hash()),
                  new Inventory.Item(
                      Inventory.Item.BLOCK | Inventory.Item.WITNESS_FLAG, block.hash()))));
    }
    List<Hash256> hashes = List.of(block.hash(), Hash256.ZERO);
    all.add(new Locator(true, 70_016, hashes, Hash256.ZERO));
    all.add(new Locator(false, 70_015, hashes, block.hash()));
    all.add(new Headers(List.of(block.header(), Chains.regtest().genesis().header())));
    all.add(new BlockMessage(block));
    all.add(new TransactionMessage(block.transactions().getLast()));
    all.add(CompactBlock.of(block, 77));
    all.add(new GetBlockTransactions(block.hash(), List.of(0, 1, 5, 600)));
    all.add(new BlockTransactions(block.hash(), block.transactions()));
    all.add(new UnknownMessage("sendtxrcncl", Bytes.copyOf(new byte[] {1, 2, 3})));
    return all;
  }
}
