package org.tunic.router.circuit;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.router.cell.CellCommand;
import org.tunic.router.cell.ChannelMessage;
import org.tunic.router.cell.CircuitPaddingNegotiate;
import org.tunic.router.cell.Create2;
import org.tunic.router.cell.Created2;
import org.tunic.router.cell.Destroy;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.RelayCommand;
import org.tunic.router.cell.RelayHeader;
import org.tunic.router.cell.RelayMessage;
import org.tunic.router.channel.CellQueue;
import org.tunic.router.channel.Channel;
import org.tunic.router.channel.CircuitHalf;
import org.tunic.router.circuit.padding.HopPadding;
import org.tunic.router.circuit.padding.PaddedCircuit;

/**
 * The side of a relay's circuit towards the next hop.
 *
 * <p>Spec: tor-spec/circuit-management, tor-spec/routing-relay-cells
 *
 * <p>Threads: event loop of the next channel, but for {@link #toNext}, whose producer is the
 * previous channel's loop.
 */
final class NextHop implements CircuitHalf {
  private final RelayCircuit circuit;
  final Channel channel;
  private int id;

  /** Set before CREATED2 is reported, hence before the previous channel's loop uses it. */
  CellQueue toNext;

  /** Null unless the origin asked for padding. */
  private @Nullable HopPadding padding;

  private boolean relaying;
  private boolean gone;

  @SuppressWarnings("NullAway.Init") // toNext: see its comment
  NextHop(RelayCircuit circuit, Channel channel) {
    this.circuit = circuit;
    this.channel = channel;
  }

  void create(Create2 message) {
    if (gone) {
      return;
    }
    id = channel.newCircuitId();
    if (id == 0 || !channel.attach(id, this)) {
      gone = true;
      tell(new RelayCircuit.Event.NextDestroyed(this, DestroyReason.RESOURCELIMIT, false));
      return;
    }
    toNext = channel.openQueue(id, circuit.circuits.contexts().of(circuit.previous.loop()));
    channel.send(id, message);
  }

  void startRelaying() {
    relaying = true;
    if (gone) {
      // DESTROY was faster than this task: give the queue back at once.
      tell(new RelayCircuit.Event.NextDestroyed(this, DestroyReason.DESTROYED, stop()));
    }
  }

  /** Threads: any. Runs {@code then} on the previous channel's loop once this half has stopped. */
  void destroyLater(DestroyReason reason, @Nullable Runnable then) {
    channel
        .loop()
        .execute(
            () -> {
              if (!gone) {
                stop();
                if (id != 0) {
                  channel.send(id, new Destroy(reason));
                }
              }
              if (then != null) {
                circuit.previous.loop().execute(then);
              }
            });
  }

  void onPaddingNegotiate(CircuitPaddingNegotiate wish) {
    if (!relaying) {
      return;
    }
    if (padding == null) {
      LoopScratch ours = circuit.circuits.scratch(channel.loop());
      padding = new HopPadding(new Padded(ours), circuit.circuits.padding(), ours.random);
    }
    padding.onNegotiate(wish);
  }

  /** The backward direction, for the machine that pads it. */
  private final class Padded implements PaddedCircuit {
    private final LoopScratch ours;

    Padded(LoopScratch ours) {
      this.ours = ours;
    }

    @Override
    public void send(RelayMessage message) {
      ByteWriter body = new ByteWriter();
      message.encode(body);
      body.toBytes().copyTo(ours.body, RelayHeader.DATA);
      send(message.command(), body.length());
    }

    @Override
    public void sendPadding() {
      send(RelayCommand.DROP, 0);
    }

    private void send(int relayCommand, int length) {
      ours.finishBody(relayCommand, 0, length);
      originate(ours.body);
    }

    @Override
    public int queuedCells() {
      return circuit.toPrevious.size();
    }

    @Override
    public long nanoTime() {
      return ours.nanoClock.getAsLong();
    }

    @Override
    public void after(long nanos, Runnable task) {
      var _ = channel.loop().schedule(task, nanos, TimeUnit.NANOSECONDS);
    }
  }

  void originate(byte[] body) {
    if (relaying && !circuit.toPrevious.full()) { // the next cell backward ends the circuit
      circuit.layer.originate(body, 0, circuit.toPrevious.array(), circuit.toPrevious.offset());
      circuit.toPrevious.commit(CellCommand.RELAY_CODE);
      circuit.toPrevious.flush();
    }
  }

  @Override
  public void onRelayCell(int command, byte[] cell, int offset) {
    if (!relaying || command != CellCommand.RELAY_CODE) {
      // RELAY_EARLY never travels backward: it would let hops signal to each other.
      if (!gone) {
        fail(DestroyReason.PROTOCOL);
      }
      return;
    }
    circuit.layer.backward(cell, offset, circuit.toPrevious.array(), circuit.toPrevious.offset());
    if (circuit.toPrevious.full()) {
      circuit.circuits.tooManyCells(circuit.previous, false);
      fail(DestroyReason.RESOURCELIMIT);
    } else {
      circuit.toPrevious.commit(CellCommand.RELAY_CODE);
      if (padding != null) {
        padding.onCellSent();
      }
    }
  }

  private void fail(DestroyReason reason) {
    stop();
    channel.send(id, new Destroy(reason));
    tell(new RelayCircuit.Event.Failed(reason));
  }

  @Override
  public void onBatchEnd() {
    if (relaying) {
      circuit.toPrevious.flush();
    }
  }

  @Override
  public void onMessage(ChannelMessage message) {
    switch (message) {
      case Created2 created -> tell(new RelayCircuit.Event.NextCreated(this, created));
      case Destroy(DestroyReason reason) -> {
        tell(new RelayCircuit.Event.NextDestroyed(this, reason, stop()));
      }
      default -> fail(DestroyReason.PROTOCOL);
    }
  }

  @Override
  public void onChannelClosed(DestroyReason why) {
    stop();
    tell(new RelayCircuit.Event.NextChannelClosed(this));
  }

  /**
   * Stops for good; returns whether the backward queue went back to the previous channel's loop.
   */
  private boolean stop() {
    boolean was = relaying;
    if (was) {
      circuit.toPrevious.handOver(circuit.circuits.contexts().of(circuit.previous.loop()));
    }
    relaying = false;
    gone = true;
    if (padding != null) {
      padding.close();
    }
    return was;
  }

  private void tell(RelayCircuit.Event event) {
    circuit.previous.loop().execute(() -> circuit.on(event));
  }
}
