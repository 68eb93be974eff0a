/**
 * An index of torrents behind an onion address: {@link org.tunic.index.TorrentIndex} keeps what
 * {@code store} must not lose, what {@code search} finds it by and what {@code catalogue} says of
 * it together; {@code web} shows it as pages, feeds and Torznab, and {@code http} brings these over
 * any Netty channel.
 *
 * <p>It sees nobody's address, and its pages need no script.
 *
 * <p>Not here: sockets, key files, the command ({@code daemon.index}); swarms ({@code tracker}).
 *
 * <p>Spec: BEP 3, BEP 52. Threads: any.
 */
@NullMarked
package org.tunic.index;

import org.jspecify.annotations.NullMarked;
