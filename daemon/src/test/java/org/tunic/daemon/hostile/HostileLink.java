package org.tunic.daemon.hostile;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.util.List;
import org.tunic.router.cell.CellCommand;
import org.tunic.router.cell.CellEncoder;
import org.tunic.router.cell.ChannelMessage;
import org.tunic.router.cell.ChannelViolation;
import org.tunic.router.cell.Destroy;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.NetInfo;
import org.tunic.router.cell.Versions;
import org.tunic.router.link.CellFramer;
import org.tunic.router.link.CellSink;

/**
 * A TLS connection to the victim, as far into the protocol as the attack wants it.
 *
 * <p>Threads: event loop of the attacker.
 */
final class HostileLink implements CellSink {
  private static final int FIRST_CIRCUIT = 0x80000000;

  private final Attacker attacker;
  private final Channel socket;
  private final CellFramer framer;
  private final Attack attack;
  private int nextCircuit = FIRST_CIRCUIT;

  HostileLink(Attacker attacker, Channel socket, CellFramer framer, Attack attack) {
    this.attacker = attacker;
    this.socket = socket;
    this.framer = framer;
    this.attack = attack;
    framer.receive(this);
  }

  /** TLS is done. */
  void onTls() {
    if (attack != Attack.TLS) {
      send(CellEncoder.encode(0, new Versions(List.of(4, 5))));
    }
  }

  void send(byte[] bytes) {
    socket.write(Unpooled.wrappedBuffer(bytes));
  }

  void flush() {
    socket.flush();
  }

  boolean isOpen() {
    return socket.isActive();
  }

  void close() {
    socket.close();
  }

  @Override
  public void onCell(int id, int command, ByteBuf in, int at, int header, int length) {
    switch (CellCommand.of(command)) {
      case VERSIONS -> framer.useWideCircuitIds();
      case NETINFO -> netInfo();
      case CREATED_FAST -> attacker.created.incrementAndGet();
      case CREATED2 -> {
        attacker.created.incrementAndGet();
        send(CellEncoder.encode(id, new Destroy(DestroyReason.NONE)));
        flush();
      }
      case DESTROY -> attacker.destroyed.incrementAndGet();
      case null, default -> {}
    }
  }

  private void netInfo() {
    if (attack == Attack.VERSIONS) {
      return;
    }
    send(
        CellEncoder.encode(
            0, new NetInfo(0, NetInfo.Address.of(InetAddress.getLoopbackAddress()), List.of())));
    flush();
    attacker.opened.incrementAndGet();
    attacker.onOpen(this, attack);
  }

  /** A cell of this body with a circuit id of its own. */
  void create(ChannelMessage message) {
    send(CellEncoder.encode(nextCircuit++, message));
  }

  @Override
  public void onReadComplete() {}

  @Override
  public void onWritabilityChanged() {}

  @Override
  public void onViolation(ChannelViolation violation) {
    close();
  }

  @Override
  public void onClosed() {
    attacker.closed.incrementAndGet();
  }
}
