/**
 * The ledger: a node that speaks Bitcoin's protocol on chains of the network's own.
 *
 * <p>Rooms, from the bottom: {@code primitive} (transactions and blocks as bytes), {@code curve}
 * (signatures), {@code script} (what a signature signs, and the interpreter), {@code address},
 * {@code pow}, {@code params} (all that differs between chains), {@code consensus} (rules), {@code
 * header} (the tree of headers), {@code store} (the disk), {@code chain} (following the best
 * chain).
 *
 * <p>Threads: each room says.
 */
@NullMarked
package org.tunic.ledger;

import org.jspecify.annotations.NullMarked;
