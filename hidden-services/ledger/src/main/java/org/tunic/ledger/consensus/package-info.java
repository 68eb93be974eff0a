/**
 * The rules that all nodes of a chain must judge alike: of transactions, headers and blocks, with
 * and without what they spend.
 *
 * <p>Reasons of refusal are Bitcoin Core's words, in its order of checking, since tests and other
 * programs compare them. Nothing here keeps anything; where a rule needs the chain behind a block
 * or the coins it spends, the caller hands them over.
 *
 * <p>Spec: BIP 30, 34, 65, 66, 68, 113, 141, 147; Bitcoin Core's validation.
 *
 * <p>Threads: any.
 */
@NullMarked
package org.tunic.ledger.consensus;

import org.jspecify.annotations.NullMarked;
