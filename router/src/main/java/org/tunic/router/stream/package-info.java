/**
 * Streams of a circuit: the stream table of one hop ({@link org.tunic.router.stream.HopEndpoint}),
 * its window flow control, and {@link org.tunic.router.stream.DataStream}, a Tor stream as a Netty
 * channel.
 *
 * <p>Lives here: BEGIN, BEGIN_DIR, CONNECTED, DATA, END, SENDME as seen by either end of a hop.
 * Does not live here: relay-cell cryptography and forwarding ({@code router.circuit}), and what is
 * done with a stream once it is open ({@code stream.exit}, {@code stream.begindir}, {@code
 * stream.socks}).
 *
 * <p>Spec: tor-spec/opening-streams, tor-spec/flow-control. Threads: everything runs on the event
 * loop of the circuit's first (origin) or previous (relay) channel.
 */
@NullMarked
package org.tunic.router.stream;

import org.jspecify.annotations.NullMarked;
