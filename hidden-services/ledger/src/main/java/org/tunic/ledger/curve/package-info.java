/**
 * Signatures on secp256k1, by libsecp256k1 through JNI alone.
 *
 * <p>There is no second engine: two engines that differ about one signature are two chains. Without
 * the library nothing of the ledger starts ({@link org.tunic.ledger.curve.CurveMissingException}).
 *
 * <p>Threads: any.
 */
@NullMarked
package org.tunic.ledger.curve;

import org.jspecify.annotations.NullMarked;
