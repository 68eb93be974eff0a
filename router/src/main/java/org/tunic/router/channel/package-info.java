/**
 * Channels: negotiation, the table of circuits, the outgoing queues and who connects to whom.
 *
 * <p>Read {@link org.tunic.router.channel.Channel} first, then {@link
 * org.tunic.router.channel.CellQueue}, the way of a cell from one event loop to another. What does
 * not live here: sockets and TLS ({@code router.link}), what a circuit does with its cells ({@code
 * router.circuit}).
 *
 * <p>Spec: tor-spec/channels, tor-spec/negotiating-channels
 *
 * <p>Threads: a channel belongs to the event loop of its socket; the manager may be called from
 * any.
 */
@NullMarked
package org.tunic.router.channel;

import org.jspecify.annotations.NullMarked;
