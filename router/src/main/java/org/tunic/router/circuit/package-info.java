/**
 * Circuits: the relay's part of one ({@link org.tunic.router.circuit.RelayCircuit}), the whole of
 * one as its origin sees it ({@link org.tunic.router.circuit.OriginCircuit}), and how they are
 * made.
 *
 * <p>A relay's circuit has two halves. The forward half, with its cipher and the queue to the next
 * hop, belongs to the previous channel's event loop; the backward half to the next channel's; the
 * life of the circuit to the previous channel's, which commands the other half by queue. Streams
 * are in {@code router.stream}, choosing relays in {@code router.path}.
 *
 * <p>Spec: tor-spec/circuit-management, tor-spec/create-created-cells,
 * tor-spec/routing-relay-cells.
 */
@NullMarked
package org.tunic.router.circuit;

import org.jspecify.annotations.NullMarked;
