package org.tunic.router.channel;

import java.util.function.UnaryOperator;
import org.tunic.crypto.bytes.Bytes;

/**
 * What a negotiation needs of the TLS connection under it.
 *
 * <p>Threads: event loop of the socket.
 *
 * @param certificate DER of the certificate that the responder showed in TLS
 * @param authenticationExporter from a context (CID, 32 bytes) to the exporter's output for
 *     AUTHENTICATE (32 bytes)
 */
record TlsBinding(Bytes certificate, UnaryOperator<Bytes> authenticationExporter) {}
