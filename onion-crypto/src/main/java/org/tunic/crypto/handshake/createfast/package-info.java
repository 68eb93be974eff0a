/**
 * The CREATE_FAST handshake: two random strings and KDF-TOR, secret only as far as TLS keeps it so.
 *
 * <p>For one-hop directory circuits of nodes that do not know an onion key yet.
 *
 * <p>Spec: tor-spec/create-created-cells#create_fast
 *
 * <p>Threads: any; cheap enough for event loops.
 */
@NullMarked
package org.tunic.crypto.handshake.createfast;

import org.jspecify.annotations.NullMarked;
