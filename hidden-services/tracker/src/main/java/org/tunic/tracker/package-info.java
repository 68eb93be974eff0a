/**
 * A BitTorrent tracker behind an onion address: {@link org.tunic.tracker.Tracker} answers requests
 * that {@code request} read from the swarms that {@code swarm} keeps, in the words of {@code
 * bencode}; {@code http} brings them over any Netty channel.
 *
 * <p>It sees nobody's address. Which address of a peer others are told is what {@link
 * org.tunic.tracker.request.AddressRules} allows of what the peer said itself.
 *
 * <p>Not here: sockets, key files, the command ({@code daemon.tracker}).
 *
 * <p>Spec: BEP 3, BEP 7, BEP 21, BEP 23, BEP 24, BEP 31, BEP 48. Threads: any.
 */
@NullMarked
package org.tunic.tracker;

import org.jspecify.annotations.NullMarked;
