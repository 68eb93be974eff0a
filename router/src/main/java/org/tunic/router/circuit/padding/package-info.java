/**
 * Padding of circuits: two machines of cells that mean nothing, which make a visitor's introduction
 * and rendezvous circuits begin as a general circuit begins. Which circuit pads, and how its cells
 * are sealed, is {@code router.circuit}'s business; padding of connections is {@code
 * router.channel}'s.
 *
 * <p>Spec: padding-spec/circuit-level-padding. Threads: see each class; nothing here blocks.
 */
@NullMarked
package org.tunic.router.circuit.padding;

import org.jspecify.annotations.NullMarked;
