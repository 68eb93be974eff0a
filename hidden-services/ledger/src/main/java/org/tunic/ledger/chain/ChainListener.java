package org.tunic.ledger.chain;

import org.tunic.ledger.header.HeaderEntry;
import org.tunic.ledger.primitive.Block;

/**
 * Told what the chain does, in order, after it is on disk as far as it will be.
 *
 * <p>Threads: called from the thread of the chain; must not call the chain.
 */
public interface ChainListener {
  /** {@code entry} is the tip now. */
  void connected(HeaderEntry entry, Block block);

  /** The parent of {@code entry} is the tip again. */
  void disconnected(HeaderEntry entry, Block block);
}
