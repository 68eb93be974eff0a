/**
 * Joins an overlay stream and a TCP connection, or any two Netty channels, byte for byte.
 *
 * <p>Here: copying with backpressure, ends and their reasons. Not here: how either channel came to
 * be ({@code stream.exit}, {@code stream.socks}).
 *
 * <p>Spec: tor-spec/closing-streams. Threads: each half on the event loop of the channel it reads.
 */
@NullMarked
package org.tunic.router.stream.bridge;

import org.jspecify.annotations.NullMarked;
