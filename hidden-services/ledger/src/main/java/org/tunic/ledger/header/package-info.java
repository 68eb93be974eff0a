/**
 * The tree of headers: which are known, which follow the rules, and which chain has most work.
 *
 * <p>Begin with {@link org.tunic.ledger.header.HeaderTree}.
 *
 * <p>Spec: Bitcoin Core's validation of headers, BIP 113 (median time)
 *
 * <p>Threads: the thread of the chain.
 */
@NullMarked
package org.tunic.ledger.header;

import org.jspecify.annotations.NullMarked;
