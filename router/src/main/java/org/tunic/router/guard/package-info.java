/**
 * Entry guards: which few relays may see our address, kept for months and across restarts.
 *
 * <p>{@link org.tunic.router.guard.GuardSet} decides which guard a circuit gets and when a circuit
 * may be used, {@link org.tunic.router.guard.GuardSelection} which guards there are (no I/O, time
 * and randomness passed in), {@link org.tunic.router.guard.GuardStore} keeps the samples on disk in
 * C tor's {@code state} file. Weights, families and subnets belong to {@code router.path}; who
 * builds circuits and reports how they went is {@code router.circuit.pool}, whose thread owns the
 * guard set.
 *
 * <p>Spec: guard-spec, path-spec/guard-nodes
 */
@NullMarked
package org.tunic.router.guard;

import org.jspecify.annotations.NullMarked;
