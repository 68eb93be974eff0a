package org.tunic.ledger.mempool;

import org.tunic.ledger.consensus.BlockPlace;
import org.tunic.ledger.consensus.CoinSource;
import org.tunic.ledger.consensus.MedianTimes;

/**
 * The chain as the mempool sees it when it judges a transaction.
 *
 * <p>Threads: that of the chain.
 *
 * @param next where the next block stands
 * @param medians of the chain it stands on
 * @param coins of the tip
 */
public record Surroundings(BlockPlace next, MedianTimes medians, CoinSource coins) {}
