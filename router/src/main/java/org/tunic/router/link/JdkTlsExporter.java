package org.tunic.router.link;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLKeyException;

/**
 * The exporter of the JDK's engine, which has had one since release 25.
 *
 * <p>Threads: event loop of the socket.
 */
final class JdkTlsExporter implements TlsExporter {
  private final SSLEngine engine;
  private boolean closed;

  JdkTlsExporter(SSLEngine engine) {
    this.engine = engine;
  }

  @Override
  public void handshakeCompleted() {}

  @Override
  public byte[] export(String label, byte[] context, int length) {
    if (closed || !(engine.getSession() instanceof ExtendedSSLSession session)) {
      throw new IllegalStateException("no TLS session to export from");
    }
    try {
      return session.exportKeyingMaterialData(label, context, length);
    } catch (SSLKeyException e) {
      throw new IllegalStateException("the TLS session exports nothing", e);
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
