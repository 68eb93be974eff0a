/**
 * All that differs between chains: {@link org.tunic.ledger.params.ChainParams}, and the chains
 * there are.
 *
 * <p>Threads: any.
 */
@NullMarked
package org.tunic.ledger.params;

import org.jspecify.annotations.NullMarked;
