/**
 * The consensus, in its plain ("ns") and its microdescriptor flavour: what the network looks like
 * for the next interval, as more than half of the authorities signed it.
 *
 * <p>An {@link org.tunic.directory.doc.consensus.UnverifiedConsensus} is what anybody may have
 * sent; only checking its signatures makes a {@link org.tunic.directory.doc.consensus.Consensus}.
 * Votes and the computing of a consensus are {@code doc.vote}'s and {@code authority}'s.
 *
 * <p>Spec: dir-spec/consensus-formats. Threads: immutable values.
 */
@NullMarked
package org.tunic.directory.doc.consensus;

import org.jspecify.annotations.NullMarked;
