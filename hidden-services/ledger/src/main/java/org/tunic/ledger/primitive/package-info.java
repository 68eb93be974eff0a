/**
 * Transactions, headers and blocks: their bytes, their identifiers, their merkle trees.
 *
 * <p>Everything here is an immutable value. Readers check each count against the bytes that are
 * left before they allocate, so a short message cannot ask for much memory. No rule of consensus
 * lives here: whatever can be written can be read.
 *
 * <p>Spec: Bitcoin's developer reference, BIP 141 (“Transaction ID”, “Commitment structure”), BIP
 * 144.
 *
 * <p>Threads: any, because all values are immutable; a reader or writer belongs to one.
 */
@NullMarked
package org.tunic.ledger.primitive;

import org.jspecify.annotations.NullMarked;
