package org.tunic.ledger.params;

import java.util.Optional;
import org.tunic.ledger.address.AddressFormat;
import org.tunic.ledger.pow.Asert;
import org.tunic.ledger.pow.PowFunction;
import org.tunic.ledger.pow.Target;
import org.tunic.ledger.primitive.Block;

/**
 * One chain.
 *
 * <p>Threads: immutable.
 *
 * @param name as options and folders say
 * @param magic first four bytes of each message, read little-endian
 * @param defaultPort of peers, 1 to 65535
 * @param genesis the first block, whose coins nobody can spend
 * @param limit the easiest target
 * @param asert how the target moves; empty if it stays at the limit
 * @param futureLimitSeconds how far the time of a block may be ahead of the clock
 * @param coinbaseMaturity confirmations before new coins may be spent
 * @param maxMoneySat no amount is larger
 */
public record ChainParams(
    String name,
    int magic,
    int defaultPort,
    AddressFormat addresses,
    Block genesis,
    PowFunction pow,
    Target limit,
    Optional<Asert> asert,
    int futureLimitSeconds,
    Subsidy subsidy,
    int coinbaseMaturity,
    long maxMoneySat,
    Activation activation) {

  /** The same chain with rules from other heights. */
  public ChainParams with(Activation other) {
    return new ChainParams(
        name,
        magic,
        defaultPort,
        addresses,
        genesis,
        pow,
        limit,
        asert,
        futureLimitSeconds,
        subsidy,
        coinbaseMaturity,
        maxMoneySat,
        other);
  }

  /** The bits of the block after the one at {@code height} with {@code timeSeconds}. */
  public int nextBits(int height, long timeSeconds) {
    return asert.map(rule -> rule.next(height, timeSeconds)).orElseGet(limit::bits);
  }
}
