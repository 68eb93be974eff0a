package org.tunic.ledger.consensus;

import java.util.Collection;
import java.util.Map;
import org.tunic.ledger.primitive.OutPoint;

/**
 * Where coins are looked up: the disk, or a layer before it.
 *
 * <p>Threads: that of the caller.
 */
@FunctionalInterface
public interface CoinSource {
  /** The coins among {@code wanted} that can be spent; what is missing cannot. */
  Map<OutPoint, Coin> find(Collection<OutPoint> wanted);
}
