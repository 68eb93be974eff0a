/**
 * What two peers say to each other, with everything taken out that tells who they are: {@link
 * org.tunic.gateway.peer.WireFilter} for one direction, {@link
 * org.tunic.gateway.peer.ExtensionHandshake} for the one message that tells most.
 *
 * <p>Not here: how connections come about.
 *
 * <p>Spec: BEP 3, BEP 6, BEP 10. Threads: event loop of the channel that is read from.
 */
@NullMarked
package org.tunic.gateway.peer;

import org.jspecify.annotations.NullMarked;
