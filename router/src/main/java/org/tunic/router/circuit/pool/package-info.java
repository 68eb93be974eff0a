/**
 * The client's circuits: which to keep ready, which stream goes on which, what to do when one
 * fails.
 *
 * <p>{@link org.tunic.router.circuit.pool.CircuitPool} is an actor: one virtual thread runs it and
 * owns all of its state, the guard set too; others post to its mailbox and get futures. It decides
 * only. Choosing relays is {@code router.path}, guards are {@code router.guard}, cells and
 * handshakes are {@code router.circuit}, reached through {@link
 * org.tunic.router.circuit.pool.CircuitBuilder}. One-hop directory circuits are not here.
 *
 * <p>Spec: path-spec/when-we-build, path-spec/attaching-streams-to-circuits
 */
@NullMarked
package org.tunic.router.circuit.pool;

import org.jspecify.annotations.NullMarked;
