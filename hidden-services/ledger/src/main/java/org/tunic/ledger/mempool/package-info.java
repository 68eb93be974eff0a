/**
 * Transactions that wait for a block, and the policy of what may wait.
 *
 * <p>Policy is ours alone: a block with what is refused here is still a good block. Reasons are
 * Bitcoin Core's words.
 *
 * <p>Spec: BIP 125 (replacement, without the opting in), Bitcoin Core's policy
 *
 * <p>Threads: the thread of the chain.
 */
@NullMarked
package org.tunic.ledger.mempool;

import org.jspecify.annotations.NullMarked;
