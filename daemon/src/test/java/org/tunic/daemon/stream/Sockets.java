package org.tunic.daemon.stream;

import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.tunic.directory.policy.IpLiteral;

/** One kind of transport with loops to run on. Threads: any. */
final class Sockets implements AutoCloseable {
  /** The transports the daemon has. */
  enum Kind {
    EPOLL,
    NIO
  }

  final EventLoopGroup group;
  final ChannelFactory<ServerChannel> listeners;
  final ChannelFactory<SocketChannel> sockets;
  final ChannelFactory<DatagramChannel> datagrams;

  Sockets(Kind kind) {
    boolean epoll = kind == Kind.EPOLL;
    group =
        new MultiThreadIoEventLoopGroup(
            2, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    listeners = epoll ? EpollServerSocketChannel::new : NioServerSocketChannel::new;
    sockets = epoll ? EpollSocketChannel::new : NioSocketChannel::new;
    datagrams = epoll ? EpollDatagramChannel::new : NioDatagramChannel::new;
  }

  EventLoop loop() {
    return group.next();
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(IpLiteral.parseAddress("127.0.0.1").orElseThrow(), port);
  }

  /** Lets what is being closed come to its end: a loop that stops first leaks its buffers. */
  @Override
  public void close() {
    group.shutdownGracefully(200, 2000, TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }
}
