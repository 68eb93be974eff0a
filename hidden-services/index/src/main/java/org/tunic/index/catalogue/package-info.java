/**
 * What the index lists, in a form that others can check: each entry in the one sequence of bytes
 * that stands for it ({@link org.tunic.index.catalogue.CatalogueEntry}), all of them under one root
 * ({@link org.tunic.index.catalogue.MerkleTree}), and the root as a ledger anchors it ({@link
 * org.tunic.index.catalogue.Commitment}).
 *
 * <p>The bytes are fixed: a root that was anchored must be found again by programs to come.
 *
 * <p>Not here: the ledger; how a catalogue is served ({@code web}).
 *
 * <p>Spec: RFC 8949, RFC 6962. Threads: any.
 */
@NullMarked
package org.tunic.index.catalogue;

import org.jspecify.annotations.NullMarked;
