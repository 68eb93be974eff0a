/**
 * Names of relays: the digest of an RSA identity key, the Ed25519 identity key, and the pair.
 *
 * <p>Small values for maps, link specifiers and documents. Keys one can compute with live in {@code
 * crypto.key}.
 *
 * <p>Spec: tor-spec/relay-keys
 *
 * <p>Threads: immutable.
 */
@NullMarked
package org.tunic.crypto.identity;

import org.jspecify.annotations.NullMarked;
