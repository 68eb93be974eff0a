/**
 * The tracker over HTTP/1: {@link org.tunic.tracker.http.TrackerServer} serves any Netty channel, a
 * TCP connection or the stream of an onion service alike. It never opens one.
 *
 * <p>Spec: RFC 9112; BEP 3. Threads: event loop of the channel.
 */
@NullMarked
package org.tunic.tracker.http;

import org.jspecify.annotations.NullMarked;
