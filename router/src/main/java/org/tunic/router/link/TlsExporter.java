package org.tunic.router.link;

/**
 * The keying material exporter of one TLS connection, which binds AUTHENTICATE to it.
 *
 * <p>Two implementations, for the JDK's engine and for BoringSSL; tests hold them against each
 * other in every pairing. Usable from the completion of the handshake to {@link #close}.
 *
 * <p>Spec: RFC 5705, RFC 8446 section 7.5
 *
 * <p>Threads: event loop of the socket.
 */
interface TlsExporter extends AutoCloseable {
  /** Called once when the handshake is complete, before anything else can run on the engine. */
  void handshakeCompleted();

  /**
   * Exports keying material.
   *
   * @param label US-ASCII
   * @param context may be empty but is there: TLS 1.2 tells none from empty
   * @param length bytes wanted
   * @throws IllegalStateException if the engine did not tell its secret, or after {@link #close}
   */
  byte[] export(String label, byte[] context, int length);

  /** Forgets the secret. Closing twice, or before the handshake is complete, is harmless. */
  @Override
  void close();
}
