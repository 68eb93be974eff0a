package org.tunic.ledger.chain;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.tunic.ledger.BitcoinVectors;
import org.tunic.ledger.consensus.BlockConnector;
import org.tunic.ledger.consensus.RejectedException;
import org.tunic.ledger.consensus.ScriptChecks;
import org.tunic.ledger.header.HeaderEntry;
import org.tunic.ledger.params.ChainParams;
import org.tunic.ledger.primitive.Block;
import org.tunic.ledger.script.ScriptVerifier;

/** A chain in a folder, with a miner and a log of what it did. */
public final class TestChain implements AutoCloseable {
  static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);

  final Chain chain;
  final Miner miner;
  final List<String> events = new ArrayList<>();
  private final ExecutorService pool = Executors.newFixedThreadPool(2);

  public TestChain(Path folder, ChainParams params) throws IOException {
    this.miner = new Miner(params);
    BlockConnector connector =
        new BlockConnector(new ScriptChecks(new ScriptVerifier(BitcoinVectors.curve()), pool, 2));
    ChainListener log =
        new ChainListener() {
          @Override
          public void connected(HeaderEntry entry, Block block) {
            events.add("+" + entry.height());
          }

          @Override
          public void disconnected(HeaderEntry entry, Block block) {
            events.add("-" + entry.height());
          }
        };
    this.chain = Chain.open(folder, params, connector, () -> NOW, log);
  }

  /** The chain. */
  public Chain chain() {
    return chain;
  }

  /** Makes blocks for it. */
  public Miner miner() {
    return miner;
  }

  /** A good block upon the tip. */
  Block extend() throws RejectedException, IOException {
    Block block = miner.block(chain.tip());
    chain.accept(block);
    return block;
  }

  /** As many. */
  public List<Block> extend(int count) throws RejectedException, IOException {
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(extend());
    }
    return blocks;
  }

  /** Blocks upon {@code from} that only their headers are told of. */
  List<Block> branch(HeaderEntry from, int count) throws RejectedException, IOException {
    List<Block> blocks = new ArrayList<>();
    HeaderEntry at = from;
    for (int i = 0; i < count; i++) {
      Block block = miner.block(at);
      at = chain.accept(block.header());
      blocks.add(block);
    }
    return blocks;
  }

  @Override
  public void close() throws IOException {
    chain.close();
    pool.shutdown();
  }
}
