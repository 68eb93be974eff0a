package org.tunic.router.link;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.function.LongSupplier;
import org.tunic.crypto.bytes.Bytes;

/**
 * A TLS connection on which cells can be exchanged.
 *
 * <p>Threads: event loop of the socket.
 */
public final class TlsLink {
  private final Channel socket;
  private final CellFramer framer;
  private final Bytes tlsCertificate;
  private final TlsExporter exporter;
  private final InetSocketAddress remote;

  TlsLink(
      Channel socket,
      CellFramer framer,
      Bytes tlsCertificate,
      TlsExporter exporter,
      InetSocketAddress remote) {
    this.socket = socket;
    this.framer = framer;
    this.tlsCertificate = tlsCertificate;
    this.exporter = exporter;
    this.remote = remote;
  }

  /** The socket: encrypted bytes below, cells above. */
  public Channel socket() {
    return socket;
  }

  /** What cuts the bytes into cells. */
  public CellFramer framer() {
    return framer;
  }

  /** DER of the certificate that the accepting side showed: the peer's, or ours if we accepted. */
  public Bytes tlsCertificate() {
    return tlsCertificate;
  }

  /** Where the peer's end of the TCP connection is. */
  public InetSocketAddress remote() {
    return remote;
  }

  /**
   * Keying material of this connection (RFC 5705), until {@link #forgetSecrets}.
   *
   * @throws IllegalStateException if there is none
   */
  public Bytes export(String label, Bytes context, int length) {
    return Bytes.copyOf(exporter.export(label, context.toArray(), length));
  }

  /**
   * Limits what this connection carries, besides what limits all.
   *
   * @param rate bytes a second, each way
   * @param burst bytes at once
   */
  public void limit(long rate, long burst, LongSupplier nanoClock) {
    LinkTraffic traffic = socket.pipeline().get(LinkTraffic.class);
    if (traffic != null) {
      traffic.limit(rate, burst, nanoClock);
    }
  }

  /** Nothing more will be exported. */
  public void forgetSecrets() {
    exporter.close();
  }
}
