package org.tunic.router.circuit;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.relaycell.tor1.Tor1OriginLayer;
import org.tunic.crypto.secret.SecretBytes;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.CellCommand;
import org.tunic.router.cell.ChannelMessage;
import org.tunic.router.cell.CircuitViolation;
import org.tunic.router.cell.Created2;
import org.tunic.router.cell.CreatedFast;
import org.tunic.router.cell.Destroy;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.Extend2;
import org.tunic.router.cell.Extended2;
import org.tunic.router.cell.ProtocolViolation;
import org.tunic.router.cell.RelayCommand;
import org.tunic.router.cell.RelayHeader;
import org.tunic.router.cell.RelayMessage;
import org.tunic.router.cell.Resolve;
import org.tunic.router.cell.Truncated;
import org.tunic.router.channel.CellQueue;
import org.tunic.router.channel.Channel;
import org.tunic.router.channel.CircuitHalf;
import org.tunic.router.circuit.padding.CircuitPadding;
import org.tunic.router.circuit.padding.OriginPadding;
import org.tunic.router.circuit.padding.PaddedCircuit;
import org.tunic.router.circuit.padding.PaddingMachine;
import org.tunic.router.stream.DataStream;
import org.tunic.router.stream.FlowControl;
import org.tunic.router.stream.HopEndpoint;
import org.tunic.router.stream.HopSender;
import org.tunic.router.stream.OutgoingResolve;
import org.tunic.router.stream.PreviousHop;
import org.tunic.router.stream.StreamAcceptor;

/**
 * A circuit as its origin sees it: the hops, each with a cipher layer and a stream table of its
 * own.
 *
 * <p>{@link OriginCircuits} drives its building from a virtual thread through {@link #create} and
 * {@link #extend}; everything else happens on the loop of the first hop's channel. Public methods
 * that return a future may be called from any thread.
 *
 * <p>Spec: tor-spec/create-created-cells, tor-spec/routing-relay-cells. Threads: event loop of the
 * first hop's channel, unless a method says otherwise.
 */
public final class OriginCircuit implements CircuitHalf {
  private static final Logger log = LoggerFactory.getLogger(OriginCircuit.class);

  /** Spec: tor-spec/relay-early. */
  private static final int MAX_RELAY_EARLY = 8;

  /** The hop that machines pad with: the second, counted from 0. */
  private static final int PADDING_HOP = 1;

  private enum State {
    BUILDING,
    OPEN,
    CLOSED
  }

  private final long id;
  private final Channel channel;
  private final Consumer<CircuitEvent> events;
  private final LoopScratch scratch;
  private final CircuitPadding paddingRules;
  private final List<Hop> hops = new ArrayList<>();
  private final CompletableFuture<DestroyReason> closed = new CompletableFuture<>();

  private int circId;
  private @Nullable CellQueue queue;
  private State state = State.BUILDING;
  private int relayEarlyLeft;

  private @Nullable ServiceMessages serviceMessages;

  /** Null where the second hop has no machines, or there is none. */
  private @Nullable OriginPadding padding;

  /** Kept only until its machine ends; what else comes is dropped. */
  private boolean lingering;

  /** The answer that {@link #create} or {@link #extend} waits for. */
  private @Nullable CompletableFuture<ChannelMessage> awaited;

  OriginCircuit(
      long id,
      Channel channel,
      Consumer<CircuitEvent> events,
      LoopScratch scratch,
      CircuitPadding paddingRules) {
    this.id = id;
    this.channel = channel;
    this.events = events;
    this.scratch = scratch;
    this.paddingRules = paddingRules;
  }

  /** The circuit's number: unique in this process, counted from 1. Threads: any. */
  public long id() {
    return id;
  }

  /** Completes when the circuit is closed, with why. Threads: any. */
  public CompletableFuture<DestroyReason> closed() {
    return closed;
  }

  /** False once the circuit is closed or closing. Threads: any. */
  public boolean isOpen() {
    return !closed.isDone();
  }

  /** The channel to the first hop. Threads: any. */
  public Channel channel() {
    return channel;
  }

  /**
   * Opens a stream at the last hop with BEGIN. Threads: any.
   *
   * @return the stream, BEGIN sent, reading off: see {@link DataStream#connected()}. Fails with
   *     {@link CircuitFailedException} when the circuit is closed or full
   */
  public CompletableFuture<DataStream> begin(Begin begin) {
    return open(hop -> hop.endpoint.begin(begin));
  }

  /** Opens a directory stream at the last hop with BEGIN_DIR; otherwise as {@link #begin}. */
  public CompletableFuture<DataStream> beginDir() {
    return open(hop -> hop.endpoint.beginDir());
  }

  /** Asks the last hop for a name with RESOLVE; otherwise as {@link #begin}. */
  public CompletableFuture<OutgoingResolve> resolve(Resolve question) {
    return open(hop -> hop.endpoint.resolve(question));
  }

  private <T> CompletableFuture<T> open(Function<Hop, @Nullable T> opener) {
    return OriginCircuits.onLoop(
        channel.loop(),
        () -> {
          T stream = state == State.OPEN ? opener.apply(hops.getLast()) : null;
          if (stream == null) {
            throw new CircuitFailedException(
                hops.size(), DestroyReason.FINISHED, "circuit takes no more streams");
          }
          return stream;
        });
  }

  // ---- onion services ----

  /**
   * Messages about the circuit from its last hop that only onion services know, such as INTRODUCE2.
   * Threads: the circuit's event loop; must not block.
   */
  public interface ServiceMessages {
    /**
     * @param relayCommand from ESTABLISH_INTRO to INTRODUCE_ACK
     * @param body the whole of it
     */
    void onMessage(int relayCommand, Bytes body);
  }

  /** Tells somebody of the messages of onion services, from now on. Threads: any. */
  public void listen(ServiceMessages listener) {
    onLoop(
        () -> {
          serviceMessages = listener;
          return null;
        });
  }

  /**
   * Sends a message of onion services to the last hop.
   *
   * @return fails with {@link CircuitFailedException} when the circuit is closed. Threads: any
   */
  public CompletableFuture<Void> tell(RelayMessage message) {
    return tell(_ -> message);
  }

  /**
   * Sends a message that is bound to this circuit.
   *
   * @param maker is given KH of the last hop, 20 bytes, for the time of the call; runs on the loop
   */
  public CompletableFuture<Void> tell(Function<SecretBytes, RelayMessage> maker) {
    return onLoop(
        () -> {
          Hop last = lastOpen();
          send(last, maker.apply(last.binding));
          return null;
        });
  }

  private static void send(Hop to, RelayMessage message) {
    ByteWriter body = new ByteWriter();
    message.encode(body);
    to.endpoint.sendMessage(message.command(), 0, body.toArray());
  }

  /**
   * Adds the other end of a rendezvous as the last hop: the service for a client, the client for a
   * service.
   *
   * @param first sent to the rendezvous point just before: a service's RENDEZVOUS1, to which the
   *     client's first stream may be the answer; null for a client, who sent ESTABLISH_RENDEZVOUS
   *     long ago
   * @param layer under the keys of the meeting, seen from our side; the circuit closes it
   * @param flow what both ends agreed on
   * @param streams what a service does with its client's streams; null for a client, who is asked
   *     for none
   * @return done when streams may be opened; fails with {@link CircuitFailedException} when the
   *     circuit is closed. Threads: any
   */
  public CompletableFuture<Void> meet(
      @Nullable RelayMessage first,
      Tor1OriginLayer layer,
      FlowControl flow,
      @Nullable StreamAcceptor streams) {
    return onLoop(
        () -> {
          if (state != State.OPEN) {
            layer.close();
          }
          Hop last = lastOpen();
          if (first != null) {
            send(last, first);
          }
          // Nothing is bound to the meeting itself.
          SecretBytes binding = SecretBytes.copyOf(new byte[0]);
          hops.add(new Hop(hops.size(), layer, binding, flow, streams));
          return null;
        });
  }

  /**
   * Has the circuit padded to and from its second hop, if that hop can, and the node wants it; one
   * machine in the circuit's life. Threads: any.
   */
  public void pad(PaddingMachine machine) {
    onLoop(
        () -> {
          if (state == State.OPEN && padding != null) {
            padding.start(machine);
          }
          return null;
        });
  }

  /**
   * Closes the circuit, but not before its machine allows: then it is kept for {@code longest}, so
   * that a short life does not tell what it was for. Threads: any.
   */
  public void closePadded(Duration longest) {
    onLoop(
        () -> {
          boolean lingers =
              state == State.OPEN
                  && padding != null
                  && padding.holdsOpen()
                  && !lingering
                  && paddingRules.linger();
          if (lingers) {
            lingering = true;
            serviceMessages = null;
            ScheduledFuture<?> end =
                channel
                    .loop()
                    .schedule(
                        () -> destroy(DestroyReason.FINISHED),
                        longest.toMillis(),
                        TimeUnit.MILLISECONDS);
            closed.thenRun(
                () -> {
                  end.cancel(false);
                  paddingRules.lingered();
                });
          } else if (!lingering) {
            destroy(DestroyReason.FINISHED);
          }
          return null;
        });
  }

  private Hop lastOpen() throws CircuitFailedException {
    if (state != State.OPEN) {
      throw failure(closed.getNow(DestroyReason.NONE));
    }
    return hops.getLast();
  }

  private <T extends @Nullable Object> CompletableFuture<T> onLoop(Callable<T> task) {
    return OriginCircuits.onLoop(channel.loop(), task);
  }

  /** Streams open or opening on all hops. */
  public int streamCount() {
    int n = 0;
    for (Hop hop : hops) {
      n += hop.endpoint.streamCount();
    }
    return n;
  }

  /** Closes the circuit; its streams end. Threads: any. */
  public void close(DestroyReason reason) {
    if (channel.loop().inEventLoop()) {
      destroy(reason);
    } else {
      channel.loop().execute(() -> destroy(reason));
    }
  }

  // ---- building: called by OriginCircuits on the loop ----

  /**
   * Sends CREATE_FAST or CREATE2.
   *
   * @param answer completes with CREATED_FAST or CREATED2, exceptionally with {@link
   *     CircuitFailedException}
   */
  void create(ChannelMessage message, CompletableFuture<ChannelMessage> answer) {
    assert channel.loop().inEventLoop();
    // C tor draws the budget a little below 8, so that a full one does not mark an implementation.
    relayEarlyLeft = MAX_RELAY_EARLY - scratch.random.nextInt(3);
    awaited = answer;
    circId = channel.newCircuitId();
    if (circId == 0 || !channel.attach(circId, this)) {
      circId = 0;
      finish(DestroyReason.RESOURCELIMIT);
      return;
    }
    queue = channel.openQueue(circId);
    queue.onDrained(RelayCircuit.LOW_WATER_CELLS, this::resumeStreams);
    channel.send(circId, message);
  }

  /**
   * Sends EXTEND2 to the last hop.
   *
   * @param answer completes with the CREATED2 that EXTENDED2 carries; exceptionally with {@link
   *     CircuitFailedException}, also if the message does not fit a cell
   */
  void extend(Extend2 message, CompletableFuture<ChannelMessage> answer) {
    assert channel.loop().inEventLoop();
    if (state == State.CLOSED) {
      answer.completeExceptionally(failure(closed.getNow(DestroyReason.NONE)));
      return;
    }
    ByteWriter writer = new ByteWriter();
    message.encode(writer);
    byte[] body = writer.toArray();
    if (body.length > RelayHeader.MAX_DATA) {
      answer.completeExceptionally(
          new CircuitFailedException(
              hops.size() + 1, DestroyReason.INTERNAL, "the next hop has too long a name"));
      return;
    }
    awaited = answer;
    hops.getLast().endpoint.sendMessage(RelayCommand.EXTEND2, 0, body);
  }

  /**
   * Adds the hop whose handshake is done, with the flow control that it agreed on.
   *
   * @param layer closed with the circuit, and so is {@code binding}, KH
   */
  void addHop(Tor1OriginLayer layer, SecretBytes binding, FlowControl flow) {
    assert channel.loop().inEventLoop();
    if (state == State.CLOSED) {
      layer.close();
      binding.close();
      return;
    }
    hops.add(new Hop(hops.size(), layer, binding, flow, null));
    events.accept(new CircuitEvent.Extended(id, hops.size()));
  }

  /**
   * Every hop is there: streams may be opened.
   *
   * @param secondPads whether there is a second hop, and it has machines for circuits
   */
  void built(boolean secondPads) {
    assert channel.loop().inEventLoop();
    if (state == State.BUILDING) {
      state = State.OPEN;
      if (secondPads) {
        padding = new OriginPadding(new Padded(), paddingRules, scratch.random);
      }
      events.accept(new CircuitEvent.Built(id));
    }
  }

  // ---- what the channel calls ----

  @Override
  @SuppressWarnings("ReferenceEquality") // which of the two arrays, not what is in it
  public void onRelayCell(int command, byte[] cell, int offset) {
    if (state == State.CLOSED) {
      return;
    }
    if (command != CellCommand.RELAY_CODE) {
      destroy(DestroyReason.PROTOCOL);
      return;
    }
    channel.carriesTraffic(true);
    byte[] in = cell;
    int at = offset;
    byte[] out = scratch.in0;
    for (int i = 0; i < hops.size(); i++) {
      Hop hop = hops.get(i);
      if (hop.layer.backward(in, at, out, 0)) {
        handle(hop, command, out);
        return;
      }
      in = out;
      at = 0;
      out = out == scratch.in0 ? scratch.in1 : scratch.in0;
    }
    log.debug(ProtocolViolation.LOG, "circ {} cell that no hop recognised", id);
    destroy(DestroyReason.PROTOCOL);
  }

  private void handle(Hop hop, int command, byte[] body) {
    try {
      hop.endpoint.onRelayCell(command, body, 0);
    } catch (CircuitViolation v) {
      log.debug(ProtocolViolation.LOG, "circ {}: {}", id, v.getMessage());
      destroy(v.reason());
    } catch (ProtocolViolation v) {
      log.debug(ProtocolViolation.LOG, "circ {}: {}", id, v.getMessage());
      destroy(DestroyReason.PROTOCOL);
    }
  }

  @Override
  public void onMessage(ChannelMessage message) {
    switch (message) {
      case Destroy(DestroyReason reason) -> {
        circId = 0;
        finish(reason);
      }
      case Created2 _, CreatedFast _ -> {
        if (!hops.isEmpty() || !answer(message)) {
          destroy(DestroyReason.PROTOCOL);
        }
      }
      default -> destroy(DestroyReason.PROTOCOL);
    }
  }

  @Override
  public void onBatchEnd() {
    for (int i = 0; i < hops.size(); i++) {
      hops.get(i).endpoint.onBatchEnd();
    }
  }

  @Override
  public long heldBytes() {
    long sum = 0;
    for (int i = 0; i < hops.size(); i++) {
      sum += hops.get(i).endpoint.heldBytes();
    }
    return sum;
  }

  @Override
  public long heldSinceNanos() {
    return hops.stream()
        .map(hop -> hop.endpoint.heldSinceNanos())
        .min((a, b) -> Long.signum(a - b))
        .orElse(0L);
  }

  @Override
  public void onChannelClosed(DestroyReason why) {
    circId = 0;
    if (why.equals(DestroyReason.RESOURCELIMIT)) {
      hops.forEach(hop -> hop.endpoint.abandon(EndReason.RESOURCELIMIT));
    }
    finish(why);
  }

  private void onCircuitMessage(Hop from, int relayCommand, ByteReader body)
      throws ProtocolViolation {
    OriginPadding machine = from.index == PADDING_HOP ? padding : null;
    try {
      switch (relayCommand) {
        case RelayCommand.DROP -> {
          if (machine != null) {
            machine.onPadding();
          }
        }
        case RelayCommand.PADDING_NEGOTIATED -> {
          if (machine != null) {
            machine.onNegotiated(body);
          }
        }
        case RelayCommand.EXTENDED2 -> {
          Extended2 extended = Extended2.decode(body);
          if (from != hops.getLast() || !answer(new Created2(extended.handshakeData()))) {
            throw new CircuitViolation("EXTENDED2 nobody asked for", DestroyReason.PROTOCOL);
          }
        }
        // A truncated circuit is of no more use to us, as to C tor.
        case RelayCommand.TRUNCATED -> destroy(Truncated.decode(body).reason());
        default -> {
          if (serviceMessages != null && from == hops.getLast()) {
            serviceMessages.onMessage(relayCommand, body.bytes(body.remaining()));
          } else {
            log.debug("circ {} dropped relay command {}", id, relayCommand);
          }
        }
      }
    } catch (MalformedException e) {
      throw new CircuitViolation("malformed relay message", DestroyReason.PROTOCOL);
    }
  }

  private boolean answer(ChannelMessage message) {
    CompletableFuture<ChannelMessage> waiting = awaited;
    awaited = null;
    return waiting != null && waiting.complete(message);
  }

  private void resumeStreams() {
    for (Hop hop : hops) {
      hop.endpoint.resume();
    }
  }

  private void destroy(DestroyReason reason) {
    if (circId != 0) {
      // Nobody but us may know why: C tor, too, sends NONE forward.
      channel.send(circId, new Destroy(DestroyReason.NONE));
      circId = 0;
    }
    finish(reason);
  }

  private void finish(DestroyReason reason) {
    if (state == State.CLOSED) {
      return;
    }
    State was = state;
    state = State.CLOSED;
    for (Hop hop : hops) {
      hop.endpoint.close(EndReason.DESTROY);
      hop.layer.close();
      hop.binding.close();
    }
    closed.complete(reason);
    events.accept(
        was == State.OPEN
            ? new CircuitEvent.Closed(id, reason)
            : new CircuitEvent.Failed(id, hops.size() + 1, reason));
    CompletableFuture<ChannelMessage> waiting = awaited;
    awaited = null;
    if (waiting != null) {
      waiting.completeExceptionally(failure(reason));
    }
  }

  private CircuitFailedException failure(DestroyReason reason) {
    return new CircuitFailedException(hops.size() + 1, reason, "circuit closed: " + reason);
  }

  /** The forward direction to the second hop, for the machine that pads it. */
  private final class Padded implements PaddedCircuit {
    @Override
    public void send(RelayMessage message) {
      OriginCircuit.send(hops.get(PADDING_HOP), message);
    }

    @Override
    public void sendPadding() {
      hops.get(PADDING_HOP).endpoint.sendMessage(RelayCommand.DROP, 0, new byte[0]);
    }

    @Override
    public int queuedCells() {
      CellQueue to = queue;
      return to == null ? 0 : to.size();
    }

    @Override
    public long nanoTime() {
      return scratch.nanoClock.getAsLong();
    }

    @Override
    public void after(long nanos, Runnable task) {
      var _ = channel.loop().schedule(task, nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** One hop: its cipher layer, and how messages to it leave. */
  private final class Hop implements HopSender {
    private final int index;
    private final Tor1OriginLayer layer;
    private final SecretBytes binding;
    private final HopEndpoint endpoint;

    Hop(
        int index,
        Tor1OriginLayer layer,
        SecretBytes binding,
        FlowControl flow,
        @Nullable StreamAcceptor streams) {
      this.index = index;
      this.layer = layer;
      this.binding = binding;
      this.endpoint =
          new HopEndpoint(
              this,
              (cellCommand, relayCommand, streamId, body) ->
                  onCircuitMessage(this, relayCommand, body),
              streams,
              PreviousHop.NONE,
              flow,
              scratch.random);
    }

    @Override
    public EventLoop loop() {
      return channel.loop();
    }

    @Override
    public byte[] body() {
      return scratch.body;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // which of the two arrays, not what is in it
    public void send(int relayCommand, int streamId, int length) {
      CellQueue to = queue;
      if (state == State.CLOSED || to == null) {
        return;
      }
      scratch.finishBody(relayCommand, streamId, length);
      byte[] in = scratch.body;
      byte[] out = index == 0 ? to.array() : scratch.out0;
      int at = index == 0 ? to.offset() : 0;
      layer.originate(in, 0, out, at);
      for (int i = index - 1; i >= 0; i--) {
        in = out;
        out = i == 0 ? to.array() : in == scratch.out0 ? scratch.out1 : scratch.out0;
        int outAt = i == 0 ? to.offset() : 0;
        hops.get(i).layer.forward(in, 0, out, outAt);
      }
      to.commit(cellCommand(relayCommand));
    }

    private int cellCommand(int relayCommand) {
      // EXTEND2 must be RELAY_EARLY; the rest of the budget goes to the first other cells beyond
      // the first hop, so that the number of RELAY_EARLY cells does not tell the path length.
      boolean early =
          relayEarlyLeft > 0
              && (relayCommand == RelayCommand.EXTEND2 || (index > 0 && state == State.OPEN));
      if (early) {
        relayEarlyLeft--;
      }
      return early ? CellCommand.RELAY_EARLY_CODE : CellCommand.RELAY_CODE;
    }

    @Override
    public boolean congested() {
      CellQueue to = queue;
      if (to == null) {
        return true;
      }
      if (to.size() < RelayCircuit.HIGH_WATER_CELLS) {
        return false;
      }
      to.awaitDrain();
      return true;
    }

    @Override
    public long nanoTime() {
      return scratch.nanoClock.getAsLong();
    }

    @Override
    public void flush() {
      CellQueue to = queue;
      if (to != null && state != State.CLOSED) {
        to.flush();
      }
    }

    @Override
    public void copySentTag(byte[] into, int offset) {
      layer.copyForwardTag(into, offset);
    }

    @Override
    public void copyReceivedTag(byte[] into, int offset) {
      layer.copyBackwardTag(into, offset);
    }
  }
}
