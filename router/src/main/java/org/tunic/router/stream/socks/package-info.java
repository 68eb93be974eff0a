/**
 * The ports of a client where applications connect: SOCKS 4, 4a and 5, and HTTP CONNECT, from the
 * first byte of an application to the moment its connection and an overlay stream are bridged.
 *
 * <p>Here: the parsers and answers of the two protocols, and what is the same for both: the address
 * map, what a request becomes ({@link org.tunic.router.stream.socks.EntryDecision}), isolation
 * keys, the listener. Not here: which circuit a stream takes (the functions handed to {@link
 * org.tunic.router.stream.socks.EntryListener} decide), name lookups (a host name stays text until
 * an exit resolves it), copying bytes ({@code stream.bridge}).
 *
 * <p>Spec: socks-extensions. Threads: the event loop of each accepted connection.
 */
@NullMarked
package org.tunic.router.stream.socks;

import org.jspecify.annotations.NullMarked;
