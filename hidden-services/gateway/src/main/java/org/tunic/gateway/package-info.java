/**
 * Makes a BitTorrent client that knows nothing of onions an anonymous peer: {@link
 * org.tunic.gateway.Gateway} stands between the client and its trackers, gives each torrent an
 * onion service, and each onion peer an address of this host that stands in for it.
 *
 * <p>In {@code announce}: what trackers are told and what of their answers is passed on; in {@code
 * peer}: what peers say to each other; in {@code standin}: addresses; in {@code http}: the tracker
 * port.
 *
 * <p>Not here: sockets, files, the command ({@code daemon.gateway}).
 *
 * <p>Spec: BEP 3, BEP 10. Threads: any.
 */
@NullMarked
package org.tunic.gateway;

import org.jspecify.annotations.NullMarked;
