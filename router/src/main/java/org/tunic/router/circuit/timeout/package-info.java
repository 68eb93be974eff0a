/**
 * How long a circuit may take to be built: learned from how long circuits took.
 *
 * <p>Pure computation on a history of build times, and its form in the state file, which C tor
 * reads and writes too. When a circuit has timed out and what becomes of it then is decided in
 * {@code router.circuit.pool}, whose thread owns a {@link
 * org.tunic.router.circuit.timeout.BuildTimeouts}.
 *
 * <p>Spec: path-spec/learning-timeouts. Threads: those of its users; its types say which.
 */
@NullMarked
package org.tunic.router.circuit.timeout;

import org.jspecify.annotations.NullMarked;
