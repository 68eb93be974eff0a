/**
 * The handshake between a client and an onion service (hs-ntor): the client's half travels in
 * INTRODUCE1 with a message sealed to the service, the service's in RENDEZVOUS1. Client and service
 * side by side.
 *
 * <p>The layouts of those messages live in {@code router.cell}; here are their sealed parts and the
 * keys of the hop that results, which is always a tor1 hop of AES-256 and SHA3-256.
 *
 * <p>Spec: rend-spec/introduction-protocol, rend-spec/rendezvous-protocol
 *
 * <p>Threads: each object belongs to one thread at a time; 60 to 150 µs a step.
 */
@NullMarked
package org.tunic.crypto.handshake.hsntor;

import org.jspecify.annotations.NullMarked;
