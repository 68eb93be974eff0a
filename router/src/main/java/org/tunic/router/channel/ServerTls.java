package org.tunic.router.channel;

import org.tunic.crypto.cert.RelayCredentials;
import org.tunic.router.link.TlsContext;

/**
 * The TLS context of a set of credentials; both change together, since CERTS type 5 certifies the
 * certificate that TLS shows.
 *
 * <p>Threads: immutable; closed by the manager when the next set is there.
 */
record ServerTls(RelayCredentials credentials, TlsContext context) {
  static ServerTls of(TlsContext.Engine engine, RelayCredentials credentials) {
    return new ServerTls(
        credentials,
        TlsContext.forServer(
            engine, credentials.linkKey().jdkKey(), credentials.tlsCertificate().jdkCertificate()));
  }
}
