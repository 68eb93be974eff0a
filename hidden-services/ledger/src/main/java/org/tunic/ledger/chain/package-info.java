/**
 * The chain: takes headers and blocks, follows the chain with most work, and takes blocks back when
 * another one wins.
 *
 * <p>Begin with {@link org.tunic.ledger.chain.Chain}.
 *
 * <p>Threads: one, the thread of the chain.
 */
@NullMarked
package org.tunic.ledger.chain;

import org.jspecify.annotations.NullMarked;
