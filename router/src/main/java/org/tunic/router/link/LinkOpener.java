package org.tunic.router.link;

/**
 * Takes over a connection once TLS is done. Exactly one of {@link #onOpen} and {@link #onFailed} is
 * called, once.
 *
 * <p>Threads: event loop of the socket.
 */
public interface LinkOpener {
  /** TCP is connected, TLS begins; only for connections that we open. */
  void onTcpConnected();

  /** TLS is done; what is returned gets the cells. Writing may begin at once. */
  CellSink onOpen(TlsLink link);

  /** There will be no connection; the socket is closed or about to be. */
  void onFailed(LinkFailure why);
}
