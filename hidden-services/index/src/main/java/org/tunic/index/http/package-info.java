/**
 * The site over HTTP/1: {@link org.tunic.index.http.IndexServer} serves any Netty channel, a TCP
 * connection or the stream of an onion service alike. It never opens one.
 *
 * <p>Spec: RFC 9112. Threads: event loop of the channel; requests are answered on the workers.
 */
@NullMarked
package org.tunic.index.http;

import org.jspecify.annotations.NullMarked;
