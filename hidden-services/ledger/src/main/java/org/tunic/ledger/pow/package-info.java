/**
 * Proof of work: which number a header is judged by, how targets are written, and how the target
 * follows the hash rate.
 *
 * <p>The name of a block is the double SHA-256 of its header on every chain; only the number that
 * must not exceed the target is the business of {@link org.tunic.ledger.pow.PowFunction}.
 *
 * <p>Spec: Bitcoin's developer reference (“Target nBits”), ASERT (aserti3-2d), RFC 9106
 *
 * <p>Threads: each class says.
 */
@NullMarked
package org.tunic.ledger.pow;

import org.jspecify.annotations.NullMarked;
