/**
 * The ledger on disk: blocks in files of Bitcoin Core's format, everything else in RocksDB.
 *
 * <p>One batch per block carries coins, undo data, index and tip, so that they agree whenever the
 * machine stops. Batches are written in order; one that is forced forces all before it, and the
 * bytes of their blocks first. What a crash can leave (a torn block, a block whose index was not
 * written, an index whose block was not) is put right by {@code LedgerStore.open}, which says what
 * it did.
 *
 * <p>Threads: the thread of the chain.
 */
@NullMarked
package org.tunic.ledger.store;

import org.jspecify.annotations.NullMarked;
