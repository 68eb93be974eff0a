/**
 * Visiting onion services: from an address to a stream.
 *
 * <p>{@link org.tunic.onion.client.OnionClient} keeps one circuit for each service and isolation
 * key; a {@code Meeting} makes it: descriptor, rendezvous point, introduction, end-to-end
 * handshake. No room for what a SOCKS port says.
 *
 * <p>Spec: rend-spec/introduction-protocol, rend-spec/rendezvous-protocol. Threads: one virtual
 * thread for each meeting.
 */
@NullMarked
package org.tunic.onion.client;

import org.jspecify.annotations.NullMarked;
