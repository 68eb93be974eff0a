/**
 * Keys one can compute with: Ed25519 key pairs over expanded secrets, X25519 onion keys, RSA keys
 * with bare PKCS#1 signatures; the Edwards arithmetic beneath, made for key blinding too.
 *
 * <p>What does not live here: names of relays ({@code crypto.identity}), certificates ({@code
 * crypto.cert}) and key files on disk, which the daemon's keystore reads.
 *
 * <p>Spec: tor-spec/relay-keys, dir-spec/converting-to-ed25519, RFC 7748, RFC 8032
 *
 * <p>Threads: keys are immutable until closed; their owner says when.
 */
@NullMarked
package org.tunic.crypto.key;

import org.jspecify.annotations.NullMarked;
