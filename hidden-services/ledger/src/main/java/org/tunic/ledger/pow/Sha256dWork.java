package org.tunic.ledger.pow;

import org.tunic.ledger.primitive.BlockHeader;
import org.tunic.ledger.primitive.Hash256;

/**
 * Bitcoin's: the name of the block itself.
 *
 * <p>Threads: any, because it has no state.
 */
public final class Sha256dWork implements PowFunction {
  @Override
  public Hash256 hash(BlockHeader header) {
    return header.hash();
  }

  @Override
  public Grinder grinder(Hash256 previous) {
    return BlockHeader::hash;
  }

  @Override
  public boolean isExpensive() {
    return false;
  }
}
