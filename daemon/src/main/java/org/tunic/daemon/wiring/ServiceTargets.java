package org.tunic.daemon.wiring;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ReflectiveChannelFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.tunic.daemon.config.OnionServiceOptions.Target;
import org.tunic.onion.host.ServiceTarget;
import org.tunic.onion.host.VisitorStream;
import org.tunic.router.cell.EndReason;
import org.tunic.router.link.Transport;
import org.tunic.router.stream.bridge.ByteBridge;
import org.tunic.router.stream.exit.TcpDialer;
import org.tunic.router.stream.exit.UnixDialer;

/**
 * Joins visitors' streams with the servers that HiddenServicePort names.
 *
 * <p>Spec: tor(1), HiddenServicePort and HiddenServiceExportCircuitID. Threads: any; each stream on
 * the event loop of its circuit.
 */
final class ServiceTargets {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

  /** As long as a server may leave the tail of a stream that ended unread. */
  private static final Duration STALL_LIMIT = Duration.ofMinutes(10);

  private final TcpDialer tcp;
  private final UnixDialer unix;

  ServiceTargets(Transport transport) {
    this.tcp =
        new TcpDialer(new ReflectiveChannelFactory<>(transport.socketType()), CONNECT_TIMEOUT);
    this.unix = new UnixDialer(transport);
  }

  /**
   * The target of a HiddenServicePort line.
   *
   * @param tellCircuit whether the server is told a number for the circuit, in the PROXY protocol
   */
  ServiceTarget target(Target target, boolean tellCircuit) {
    return stream -> dial(stream, target, tellCircuit);
  }

  private void dial(VisitorStream stream, Target target, boolean tellCircuit) {
    ChannelFuture dialed =
        switch (target) {
          case Target.Tcp(InetSocketAddress address) -> tcp.dial(stream.loop(), address);
          case Target.Unix(Path path) -> unix.dial(stream.loop(), path);
        };
    dialed.addListener(
        _ -> {
          if (stream.loop().inEventLoop()) {
            dialed(stream, dialed, tellCircuit);
          } else {
            stream.loop().execute(() -> dialed(stream, dialed, tellCircuit));
          }
        });
  }

  private static void dialed(VisitorStream stream, ChannelFuture dialed, boolean tellCircuit) {
    Channel socket = dialed.channel();
    if (!dialed.isSuccess()) {
      stream.refuse(TcpDialer.reason(dialed.cause()));
      return;
    }
    if (stream.abandoned()) {
      stream.refuse(EndReason.DONE);
      socket.close();
      return;
    }
    if (tellCircuit) {
      socket.writeAndFlush(
          Unpooled.copiedBuffer(
              proxyLine(stream.circuitNumber(), stream.port()), StandardCharsets.US_ASCII));
    }
    ByteBridge.join(stream.accept(), socket, STALL_LIMIT);
  }

  /** The line of the PROXY protocol in which the source address is the number of a circuit. */
  static String proxyLine(int circuitNumber, int virtualPort) {
    return "PROXY TCP6 fc00:dead:beef:4dad::%x:%x ::1 %d %d\r\n"
        .formatted(
            circuitNumber >>> 16, circuitNumber & 0xffff, circuitNumber & 0xffff, virtualPort);
  }
}
