/**
 * Detached signatures: what authorities send each other between computing a consensus and
 * publishing it.
 *
 * <p>Here live reading and writing. Checking them against the consensus at hand is {@code
 * authority.voting}.
 *
 * <p>Spec: dir-spec/exchanging-detached-signatures. Threads: immutable values.
 */
@NullMarked
package org.tunic.directory.doc.detachedsig;

import org.jspecify.annotations.NullMarked;
