/**
 * The SOCKS port of a client: SOCKS 4, 4a and 5 on one port, from the first byte of an application
 * to the moment its connection and an overlay stream are bridged.
 *
 * <p>Here: the parser, replies, isolation keys, the listener. Not here: which circuit a stream
 * takes (the function handed to {@link org.tunic.router.stream.socks.SocksListener} decides), name
 * lookups (a host name stays text until an exit resolves it), copying bytes ({@code
 * stream.bridge}).
 *
 * <p>Spec: socks-extensions. Threads: the event loop of each accepted connection.
 */
@NullMarked
package org.tunic.router.stream.socks;

import org.jspecify.annotations.NullMarked;
