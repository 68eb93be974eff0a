/**
 * Onion services, version 3: what visitor and host have in common.
 *
 * <p>{@link org.tunic.onion.descriptor} brings descriptors to directories and from them, {@link
 * org.tunic.onion.client} visits, {@link org.tunic.onion.host} hosts. Applications see accepted
 * streams and their own address, never a circuit, a peer address or a key.
 *
 * <p>Spec: rend-spec. Threads: conversations on virtual threads.
 */
@NullMarked
package org.tunic.onion;

import org.jspecify.annotations.NullMarked;
