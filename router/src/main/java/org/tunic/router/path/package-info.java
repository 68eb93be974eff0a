/**
 * Choosing the relays of a circuit: bandwidth weights, flags, families, subnets, exit policies.
 *
 * <p>{@link org.tunic.router.path.PathSelector} is made once per network view and then answers each
 * choice without looking at every relay. Which relay may be the first hop over months is the guard
 * room's business; this room only asks it. No I/O here; randomness is passed in.
 *
 * <p>Spec: path-spec/path-selection-constraints, path-spec/general-operation
 *
 * <p>Threads: immutable.
 */
@NullMarked
package org.tunic.router.path;

import org.jspecify.annotations.NullMarked;
