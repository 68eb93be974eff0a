/**
 * {@code tunic gateway}: its options, and the sockets of loopback between it and the client. What
 * it does is {@code org.tunic.gateway}'s, and {@code wiring.GatewayService} puts it together.
 *
 * <p>Threads: main thread for the options; each connection on its own event loop.
 */
@NullMarked
package org.tunic.daemon.gateway;

import org.jspecify.annotations.NullMarked;
