/**
 * Votes: what one authority says about every relay it knows, signed by it.
 *
 * <p>Here live reading (with the check of the certificate inside and of the signature), the exact
 * text that we write, and the shared-random lines. Which flag a relay deserves and how votes become
 * a consensus is {@code directory.authority}.
 *
 * <p>Spec: dir-spec/consensus-formats, srv-spec. Threads: immutable values.
 */
@NullMarked
package org.tunic.directory.doc.vote;

import org.jspecify.annotations.NullMarked;
