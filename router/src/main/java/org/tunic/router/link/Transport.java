package org.tunic.router.link;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The way to sockets: native epoll where it loads, else the JDK's selector.
 *
 * <p>Measured as a relay: epoll 1.29, NIO 1.41, io_uring 1.57 CPU s/GiB (java-stack, section 5).
 *
 * <p>Threads: immutable.
 *
 * @param name {@code epoll} or {@code nio}
 * @param ioHandlers makes the handler of an event loop
 * @param socketType class of connecting sockets
 * @param serverSocketType class of listening sockets
 * @param datagramType class of datagram sockets, for name look-ups
 * @param unixType class of connecting sockets of the file system
 * @param unixAddress what names such a socket
 */
public record Transport(
    String name,
    Supplier<IoHandlerFactory> ioHandlers,
    Class<? extends SocketChannel> socketType,
    Class<? extends ServerSocketChannel> serverSocketType,
    Class<? extends DatagramChannel> datagramType,
    Class<? extends Channel> unixType,
    Function<Path, SocketAddress> unixAddress) {

  /** The JDK's own transport. */
  public static final Transport NIO =
      new Transport(
          "nio",
          NioIoHandler::newFactory,
          NioSocketChannel.class,
          NioServerSocketChannel.class,
          NioDatagramChannel.class,
          NioDomainSocketChannel.class,
          UnixDomainSocketAddress::of);

  /** The best one of this machine. */
  public static Transport best() {
    if (!Epoll.isAvailable()) {
      return NIO;
    }
    return new Transport(
        "epoll",
        EpollIoHandler::newFactory,
        EpollSocketChannel.class,
        EpollServerSocketChannel.class,
        EpollDatagramChannel.class,
        EpollDomainSocketChannel.class,
        path -> new DomainSocketAddress(path.toFile()));
  }

  /** Event loops on threads of their own; one a core is right for a relay. */
  public EventLoopGroup newLoops(int count, ThreadFactory threads) {
    return new MultiThreadIoEventLoopGroup(count, threads, ioHandlers.get());
  }
}
