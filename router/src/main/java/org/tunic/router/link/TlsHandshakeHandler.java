package org.tunic.router.link;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.InetSocketAddress;
import java.security.cert.CertificateEncodingException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;

/**
 * Waits behind the TLS handler for its handshake, then gives its place to the framer.
 *
 * <p>Threads: event loop of the socket.
 */
final class TlsHandshakeHandler extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(TlsHandshakeHandler.class);

  private final TlsContext.Session session;
  private final @Nullable Bytes ownCertificate; // null for the side that connected
  private final LinkOpener opener;
  private boolean decided;

  TlsHandshakeHandler(
      TlsContext.Session session, @Nullable Bytes ownCertificate, LinkOpener opener) {
    this.session = session;
    this.ownCertificate = ownCertificate;
    this.opener = opener;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (!(event instanceof SslHandshakeCompletionEvent completion) || decided) {
      return;
    }
    if (!completion.isSuccess()) {
      fail(ctx, reason(completion.cause()));
      return;
    }
    try {
      session.exporter().handshakeCompleted();
      open(ctx);
    } catch (SSLPeerUnverifiedException | CertificateEncodingException e) {
      fail(ctx, LinkFailure.TLS);
    }
  }

  private void open(ChannelHandlerContext ctx)
      throws SSLPeerUnverifiedException, CertificateEncodingException {
    Bytes certificate =
        ownCertificate != null
            ? ownCertificate
            : Bytes.copyOf(
                session.handler().engine().getSession().getPeerCertificates()[0].getEncoded());
    decided = true;
    CellFramer framer = new CellFramer();
    TlsLink link =
        new TlsLink(
            ctx.channel(),
            framer,
            certificate,
            session.exporter(),
            (InetSocketAddress) ctx.channel().remoteAddress());
    framer.receive(opener.onOpen(link));
    ctx.pipeline().replace(this, "cells", framer);
  }

  private static LinkFailure reason(Throwable cause) {
    if (cause instanceof SslHandshakeTimeoutException) {
      return LinkFailure.TIMEOUT;
    }
    return cause instanceof SSLException ? LinkFailure.TLS : LinkFailure.NETWORK;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(ctx, LinkFailure.NETWORK);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("connection failed before TLS was done: {}", cause.getClass().getSimpleName());
    fail(ctx, cause instanceof SSLException ? LinkFailure.TLS : LinkFailure.NETWORK);
  }

  private void fail(ChannelHandlerContext ctx, LinkFailure why) {
    if (!decided) {
      decided = true;
      session.exporter().close();
      ctx.close();
      opener.onFailed(why);
    }
  }
}
