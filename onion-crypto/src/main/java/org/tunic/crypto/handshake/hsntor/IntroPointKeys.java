package org.tunic.crypto.handshake.hsntor;

import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.NtorPublicKey;

/**
 * The two keys of a service at one introduction point, as the descriptor names them.
 *
 * <p>Spec: rend-spec/protocol-overview#imd:per-service
 *
 * <p>Threads: immutable.
 *
 * @param authKey AUTH_KEY: the service established the introduction point with it
 * @param encKey B: what clients seal INTRODUCE1 to
 */
public record IntroPointKeys(Ed25519Identity authKey, NtorPublicKey encKey) {}
