package org.tunic.router.link;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * Which of the machine's addresses connections come from: OutboundBindAddress.
 *
 * <p>Threads: immutable.
 *
 * @param addresses at most one of each family; for a family without one the system chooses
 */
public record OutboundAddresses(List<InetAddress> addresses) {
  /** The system chooses. */
  public static final OutboundAddresses ANY = new OutboundAddresses(List.of());

  /** Copies the list. */
  public OutboundAddresses {
    addresses = List.copyOf(addresses);
  }

  /** The address for a connection to {@code target}; none to this machine itself, as C tor. */
  public Optional<InetAddress> towards(InetAddress target) {
    return target.isLoopbackAddress()
        ? Optional.empty()
        : addresses.stream()
            .filter(a -> a instanceof Inet4Address == target instanceof Inet4Address)
            .findFirst();
  }

  /**
   * Connects.
   *
   * @param bootstrap complete but for its addresses; its options may be added to
   * @param socketType class of its sockets
   */
  public ChannelFuture connect(Bootstrap bootstrap, Class<?> socketType, InetSocketAddress target) {
    Optional<InetAddress> from = towards(target.getAddress());
    if (from.isEmpty()) {
      return bootstrap.connect(target);
    }
    if (socketType == EpollSocketChannel.class) {
      // Else each connection takes one of this address's 28 000 ports for itself.
      bootstrap.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
    }
    return bootstrap.connect(target, new InetSocketAddress(from.get(), 0));
  }

  /** How many there are. */
  @Override
  public String toString() {
    return addresses.size() + " outbound addresses";
  }
}
