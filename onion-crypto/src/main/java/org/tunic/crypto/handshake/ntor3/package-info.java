/**
 * The ntor v3 handshake (CREATE2 type 3): one-way authenticated Diffie–Hellman over curve25519 in
 * which each side sends the other an encrypted message of any length.
 *
 * <p>The client knows the relay's Ed25519 identity and onion key. What the messages say (circuit
 * extensions) is the caller's; the purpose string ties a handshake to one use.
 *
 * <p>Spec: tor-spec/create-created-cells#ntor-v3
 *
 * <p>Threads: handshake pool.
 */
@NullMarked
package org.tunic.crypto.handshake.ntor3;

import org.jspecify.annotations.NullMarked;
