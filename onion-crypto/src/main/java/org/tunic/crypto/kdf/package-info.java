/**
 * Key derivation: KDF-TOR of CREATE_FAST, HKDF-SHA256 of ntor and SHAKE-256 of ntor v3.
 *
 * <p>What is derived, and the labels, belong to the handshakes that use them.
 *
 * <p>Spec: tor-spec/setting-circuit-keys
 *
 * <p>Threads: any.
 */
@NullMarked
package org.tunic.crypto.kdf;

import org.jspecify.annotations.NullMarked;
