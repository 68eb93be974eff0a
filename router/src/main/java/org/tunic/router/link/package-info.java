/**
 * Sockets, TLS and framing: from bytes to whole cells and back.
 *
 * <p>The only room that sees Netty's TLS types; Netty's channel is called a socket here. What does
 * not live here: what cells mean ({@code router.cell}) and which may come when ({@code
 * router.channel}).
 *
 * <p>Spec: tor-spec/channels, tor-spec/cell-packet-format
 *
 * <p>Threads: everything of one socket belongs to its event loop.
 */
@NullMarked
package org.tunic.router.link;

import org.jspecify.annotations.NullMarked;
