/**
 * The tor1 construction: AES in counter mode and a running digest per direction.
 *
 * <p>AES-128 and SHA-1 for hops of a circuit, AES-256 and SHA3-256 for the hop between a client and
 * an onion service.
 *
 * <p>Spec: tor-spec/routing-relay-cells, rend-spec/rendezvous-protocol
 *
 * <p>Threads: one event loop per direction.
 */
@NullMarked
package org.tunic.crypto.relaycell.tor1;

import org.jspecify.annotations.NullMarked;
