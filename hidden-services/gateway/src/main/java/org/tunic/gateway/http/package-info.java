/**
 * The port that a client takes for its tracker or its proxy. Loopback is not trust, since any web
 * page can make a browser call it: {@link org.tunic.gateway.http.LocalRules} says who may ask.
 *
 * <p>Spec: RFC 9112; BEP 3. Threads: event loop of the channel.
 */
@NullMarked
package org.tunic.gateway.http;

import org.jspecify.annotations.NullMarked;
