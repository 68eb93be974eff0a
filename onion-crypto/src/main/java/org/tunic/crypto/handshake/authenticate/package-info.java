/**
 * AUTHENTICATE type 3 (Ed25519-SHA256-RFC5705): the initiator of a channel proves who it is.
 *
 * <p>The transcript digests and the TLS exporter come from the router; the certificates are judged
 * in {@code crypto.cert}.
 *
 * <p>Spec: tor-spec/negotiating-channels#AUTHENTICATE-cells
 *
 * <p>Threads: any.
 */
@NullMarked
package org.tunic.crypto.handshake.authenticate;

import org.jspecify.annotations.NullMarked;
