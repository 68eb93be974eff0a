/**
 * The ntor handshake (CREATE2 type 2): one-way authenticated Diffie–Hellman over curve25519.
 *
 * <p>The client knows the relay's RSA identity and onion key; the relay proves that it has both the
 * onion key's secret and the identity.
 *
 * <p>Spec: tor-spec/create-created-cells#ntor
 *
 * <p>Threads: handshake pool.
 */
@NullMarked
package org.tunic.crypto.handshake.ntor;

import org.jspecify.annotations.NullMarked;
