package org.tunic.ledger.store;

import org.tunic.ledger.primitive.Hash256;

/**
 * All coins in short, as {@code gettxoutsetinfo} tells them.
 *
 * <p>Threads: immutable.
 *
 * @param count of coins
 * @param totalSat their sum
 * @param hash Bitcoin Core's {@code hash_serialized_3}
 */
public record CoinStats(long count, long totalSat, Hash256 hash) {}
