package org.tunic.router.stream.exit;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.nio.file.Path;
import org.tunic.router.link.Transport;
import org.tunic.router.stream.bridge.ByteBridge;

/**
 * Opens connections to sockets of the file system, ready to be bridged: reading is off.
 *
 * <p>Threads: any.
 */
public final class UnixDialer {
  private final Bootstrap template;
  private final Transport transport;

  /**
   * @param transport that of the loops that will be given to {@link #dial}
   */
  public UnixDialer(Transport transport) {
    this.transport = transport;
    this.template =
        new Bootstrap()
            .channel(transport.unixType())
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .option(ChannelOption.RECVBUF_ALLOCATOR, ByteBridge.receiveAllocator())
            .handler(ByteBridge.noHandler());
  }

  /**
   * Starts to connect.
   *
   * @param loop to register the socket with
   */
  public ChannelFuture dial(EventLoop loop, Path path) {
    return template.clone(loop).connect(transport.unixAddress().apply(path));
  }
}
