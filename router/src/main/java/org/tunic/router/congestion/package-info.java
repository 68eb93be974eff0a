/**
 * How much may be in flight: the parameters of flow control and the Vegas congestion window, as
 * pure computation.
 *
 * <p>What a window is applied to, and the messages that open it, are {@code router.stream}'s.
 *
 * <p>Spec: proposals/324, tor-spec/flow-control
 *
 * <p>Threads: a {@link org.tunic.router.congestion.Vegas} belongs to the event loop of its circuit.
 */
@NullMarked
package org.tunic.router.congestion;

import org.jspecify.annotations.NullMarked;
