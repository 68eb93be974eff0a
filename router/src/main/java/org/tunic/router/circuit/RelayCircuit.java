package org.tunic.router.circuit;

import io.netty.channel.EventLoop;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.relaycell.tor1.Tor1RelayLayer;
import org.tunic.crypto.secret.SecretBytes;
import org.tunic.router.cell.CellCommand;
import org.tunic.router.cell.ChannelMessage;
import org.tunic.router.cell.CircuitPaddingNegotiate;
import org.tunic.router.cell.CircuitPaddingNegotiated;
import org.tunic.router.cell.CircuitViolation;
import org.tunic.router.cell.Create2;
import org.tunic.router.cell.Created2;
import org.tunic.router.cell.Destroy;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.Extend2;
import org.tunic.router.cell.Extended2;
import org.tunic.router.cell.ProtocolViolation;
import org.tunic.router.cell.RelayCommand;
import org.tunic.router.cell.RelayMessage;
import org.tunic.router.cell.Truncated;
import org.tunic.router.channel.CellQueue;
import org.tunic.router.channel.Channel;
import org.tunic.router.channel.CircuitHalf;
import org.tunic.router.channel.ConnectException;
import org.tunic.router.channel.ExtendTarget;
import org.tunic.router.stream.FlowControl;
import org.tunic.router.stream.HopEndpoint;
import org.tunic.router.stream.HopSender;
import org.tunic.router.stream.PreviousHop;

/**
 * One circuit as a relay on it sees it: a layer of the cipher, the way back to the previous hop,
 * and either streams (last hop) or the way on to the next hop.
 *
 * <p>A cell from the previous hop is deciphered straight into the next channel's queue; only when
 * it turns out to be for this relay is it taken back and read. A cell from the next hop is
 * enciphered straight into the previous channel's queue. Whoever enciphers backward cells is the
 * one producer of that queue: the previous channel's loop while this is the last hop, the next
 * channel's loop while there is a next hop. The change of hands is a task between the loops, so the
 * cipher state needs no lock.
 *
 * <p>C tor lets streams end at a middle hop too; we refuse them there, because the tag of a
 * backward cell is then known on the other loop only
 * (docs/decisions/0004-streams-at-the-last-hop.md).
 *
 * <p>Spec: tor-spec/circuit-management, tor-spec/routing-relay-cells. Threads: event loop of the
 * previous channel, but for {@link NextHop}, which runs on the next channel's.
 */
final class RelayCircuit implements CircuitHalf {
  private static final Logger log = LoggerFactory.getLogger(RelayCircuit.class);

  /** RELAY_EARLY cells a circuit may carry. Spec: tor-spec/relay-early. */
  static final int MAX_RELAY_EARLY = 8;

  /** Cells in the backward queue above which our own streams hold DATA back. */
  static final int HIGH_WATER_CELLS = 256;

  /** Cells in the queue at which they go on. */
  static final int LOW_WATER_CELLS = 64;

  /** Wishes about padding that are heard on one circuit; an honest origin has one or two. */
  static final int MAX_NEGOTIATIONS = 64;

  /** Where the circuit is in its life. */
  private sealed interface State {
    /** Nothing beyond this relay; streams may be open. */
    record LastHop() implements State {}

    /** EXTEND2 came; the channel to its target is being opened. */
    record Connecting(Extend2 request) implements State {}

    /** CREATE2 went to the next hop. */
    record Creating(NextHop next) implements State {}

    /** Relaying both ways. */
    record Middle(NextHop next) implements State {}

    record Closed() implements State {}
  }

  /** What happens to a circuit, other than a cell passing through. */
  sealed interface Event {
    record ExtendAsked(Extend2 request) implements Event {}

    record NextOpened(Channel channel) implements Event {}

    record NextUnreachable(DestroyReason reason) implements Event {}

    record NextCreated(NextHop next, Created2 reply) implements Event {}

    /**
     * The next hop sent DESTROY, or we did on request.
     *
     * @param queueReturned false when it came before the next channel's loop took the backward
     *     queue over: if it was handed over meanwhile, another such event follows its return
     */
    record NextDestroyed(NextHop next, DestroyReason reason, boolean queueReturned)
        implements Event {}

    record NextChannelClosed(NextHop next) implements Event {}

    record TruncateAsked() implements Event {}

    /** The previous hop sent DESTROY. */
    record PreviousDestroyed(DestroyReason reason) implements Event {}

    record PreviousChannelClosed() implements Event {}

    /** A peer broke the rules or a bound was reached: end the circuit both ways. */
    record Failed(DestroyReason reason) implements Event {}
  }

  private record Step(State state, Event event) {}

  final RelayCircuits circuits;
  final Channel previous;
  private final int previousId;

  /** Set by {@link #start}, before any cell. */
  CellQueue toPrevious;

  final Tor1RelayLayer layer;
  private final LoopScratch scratch;
  private final HopEndpoint hop;
  private final SecretBytes binding;
  private final ServiceEnd service;
  private State state = new State.LastHop();

  /**
   * The half that takes forward cells; null unless the state is Middle. Spares the hot path a
   * switch.
   */
  private @Nullable NextHop relayingTo;

  private int relayEarlyCells;
  private int negotiations;
  private boolean carriesTraffic; // and the previous channel knows

  /** Of the last cell recognised here. */
  private final BackwardSender sender = new BackwardSender();

  /**
   * @param layer closed with the circuit, and so is {@code binding}
   * @param binding KH, 20 bytes
   */
  @SuppressWarnings("NullAway.Init") // toPrevious: see start
  RelayCircuit(
      RelayCircuits circuits,
      Channel previous,
      int previousId,
      Tor1RelayLayer layer,
      SecretBytes binding,
      FlowControl flow,
      LoopScratch scratch) {
    this.circuits = circuits;
    this.previous = previous;
    this.previousId = previousId;
    this.layer = layer;
    this.binding = binding;
    this.scratch = scratch;
    this.service = new ServiceEnd(new ForService(), circuits.servicePoints());
    this.hop =
        new HopEndpoint(
            sender,
            this::onCircuitMessage,
            new StreamsAtLastHop(
                circuits.streams(),
                circuits.streamCounter(),
                () -> state instanceof State.LastHop && service.isIdle(),
                this::failLater),
            new PreviousHop(previous.peer(), Optional.of(previous.remoteAddress())),
            flow,
            scratch.random);
  }

  /** Takes up the work, once the circuit id is attached to it. */
  void start() {
    toPrevious = previous.openQueue(previousId);
    toPrevious.onDrained(LOW_WATER_CELLS, hop::resume);
  }

  // ---- the data path ----

  @Override
  public void onRelayCell(int command, byte[] cell, int offset) {
    if (command == CellCommand.RELAY_EARLY_CODE && ++relayEarlyCells > MAX_RELAY_EARLY) {
      on(new Event.Failed(DestroyReason.PROTOCOL));
      return;
    }
    NextHop next = relayingTo;
    if (!carriesTraffic && (next != null || previous.peer().isPresent())) {
      noteUse(command);
    }
    if (next == null) {
      onCellAtLastHop(command, cell, offset);
      return;
    }
    CellQueue queue = next.toNext;
    if (!layer.forward(cell, offset, queue.array(), queue.offset())) {
      if (queue.full()) {
        circuits.tooManyCells(previous, true);
        on(new Event.Failed(DestroyReason.RESOURCELIMIT));
      } else {
        queue.commit(command);
      }
      return;
    }
    // For us after all: the slot is simply not committed, and read before anything reuses it.
    System.arraycopy(queue.array(), queue.offset(), scratch.in0, 0, LoopScratch.BODY_BYTES);
    onRecognised(command, scratch.in0);
  }

  /** The circuit has more than one hop: the previous channel is worth padding. */
  private void noteUse(int command) {
    if (command == CellCommand.RELAY_EARLY_CODE) {
      previous.carriesFullCircuit();
    } else {
      carriesTraffic = true;
      previous.carriesTraffic(false);
    }
  }

  private void onCellAtLastHop(int command, byte[] cell, int offset) {
    if (state instanceof State.Closed) {
      return;
    }
    if (layer.forward(cell, offset, scratch.in0, 0)) {
      onRecognised(command, scratch.in0);
    } else if (!service.pass(scratch.in0)) {
      log.debug("circ {}.{} unrecognised cell at the last hop", previous.serial(), previousId);
      on(new Event.Failed(DestroyReason.PROTOCOL));
    }
  }

  private void onRecognised(int command, byte[] body) {
    try {
      hop.onRelayCell(command, body, 0);
    } catch (CircuitViolation v) {
      log.debug(
          ProtocolViolation.LOG, "circ {}.{}: {}", previous.serial(), previousId, v.getMessage());
      circuits.traffic().addViolation();
      on(new Event.Failed(v.reason()));
    } catch (ProtocolViolation v) {
      log.debug(
          ProtocolViolation.LOG, "circ {}.{}: {}", previous.serial(), previousId, v.getMessage());
      circuits.traffic().addViolation();
      on(new Event.Failed(DestroyReason.PROTOCOL));
    }
  }

  @Override
  public void onBatchEnd() {
    NextHop next = relayingTo;
    if (next != null) {
      next.toNext.flush();
    }
    service.onBatchEnd();
    hop.onBatchEnd();
  }

  @Override
  public void onMessage(ChannelMessage message) {
    switch (message) {
      case Destroy(DestroyReason reason) -> on(new Event.PreviousDestroyed(reason));
      default -> on(new Event.Failed(DestroyReason.PROTOCOL));
    }
  }

  @Override
  public long heldBytes() {
    return hop.heldBytes();
  }

  @Override
  public long heldSinceNanos() {
    return hop.heldSinceNanos();
  }

  @Override
  public void onChannelClosed(DestroyReason why) {
    if (why.equals(DestroyReason.RESOURCELIMIT)) {
      hop.abandon(EndReason.RESOURCELIMIT);
    }
    on(new Event.PreviousChannelClosed());
  }

  /** A bound was reached: the end, but not in the middle of what the hop is doing. */
  void failLater() {
    previous.loop().execute(() -> on(new Event.Failed(DestroyReason.RESOURCELIMIT)));
  }

  // ---- the life of the circuit ----

  void on(Event event) {
    assert previous.loop().inEventLoop();
    switch (new Step(state, event)) {
      case Step(State.Closed _, Event.NextOpened _),
          Step(State.Closed _, Event.ExtendAsked _),
          Step(State.Closed _, Event.NextUnreachable _),
          Step(State.Closed _, Event.NextCreated _),
          Step(State.Closed _, Event.NextDestroyed _),
          Step(State.Closed _, Event.NextChannelClosed _),
          Step(State.Closed _, Event.TruncateAsked _),
          Step(State.Closed _, Event.PreviousDestroyed _),
          Step(State.Closed _, Event.PreviousChannelClosed _),
          Step(State.Closed _, Event.Failed _) -> {}

      case Step(State.LastHop _, Event.ExtendAsked(Extend2 request)) -> connect(request);
      case Step(State.Connecting _, Event.ExtendAsked _),
          Step(State.Creating _, Event.ExtendAsked _),
          Step(State.Middle _, Event.ExtendAsked _) -> {
        log.debug("circ {}.{} EXTEND2 while a next hop exists", previous.serial(), previousId);
        close(DestroyReason.PROTOCOL);
      }

      case Step(State.Connecting(Extend2 request), Event.NextOpened(Channel next)) ->
          create(next, request);
      case Step(State.Connecting _, Event.NextUnreachable(DestroyReason why)) -> close(why);
      // TRUNCATE overtook the channel: nobody waits for it any more.
      case Step(State.LastHop _, Event.NextOpened _),
          Step(State.LastHop _, Event.NextUnreachable _) -> {}
      case Step(State.Creating _, Event.NextOpened _),
          Step(State.Creating _, Event.NextUnreachable _),
          Step(State.Middle _, Event.NextOpened _),
          Step(State.Middle _, Event.NextUnreachable _) -> {}

      case Step(
              State.Creating(NextHop waited),
              Event.NextCreated(NextHop next, Created2 reply)) -> {
        if (waited == next) {
          becomeMiddle(next, reply);
        }
      }
      case Step(State.LastHop _, Event.NextCreated _),
          Step(State.Connecting _, Event.NextCreated _),
          Step(State.Middle _, Event.NextCreated _) -> {}

      case Step(
              State.Creating(NextHop current),
              Event.NextDestroyed(NextHop next, DestroyReason why, boolean _)) -> {
        if (current == next) {
          truncated(why);
        }
      }
      case Step(
              State.Middle(NextHop current),
              Event.NextDestroyed(NextHop next, DestroyReason why, boolean returned)) -> {
        if (current == next && returned) {
          truncated(why);
        }
      }
      case Step(State.LastHop _, Event.NextDestroyed _),
          Step(State.Connecting _, Event.NextDestroyed _) -> {}

      case Step(State.Creating(NextHop current), Event.NextChannelClosed(NextHop next)) -> {
        if (current == next) {
          state = new State.LastHop();
          close(DestroyReason.CHANNEL_CLOSED);
        }
      }
      case Step(State.Middle(NextHop current), Event.NextChannelClosed(NextHop next)) -> {
        if (current == next) {
          backToLastHop();
          close(DestroyReason.CHANNEL_CLOSED);
        }
      }
      case Step(State.LastHop _, Event.NextChannelClosed _),
          Step(State.Connecting _, Event.NextChannelClosed _) -> {}

      case Step(State.LastHop _, Event.TruncateAsked _) -> truncated(DestroyReason.REQUESTED);
      case Step(State.Connecting _, Event.TruncateAsked _) -> truncated(DestroyReason.REQUESTED);
      case Step(State.Creating(NextHop next), Event.TruncateAsked _) -> {
        next.destroyLater(DestroyReason.REQUESTED, null);
        truncated(DestroyReason.REQUESTED);
      }
      case Step(State.Middle(NextHop next), Event.TruncateAsked _) -> {
        // The cipher comes back from the other loop first; it answers with NextDestroyed.
        relayingTo = null;
        next.destroyLater(
            DestroyReason.REQUESTED,
            () -> on(new Event.NextDestroyed(next, DestroyReason.REQUESTED, true)));
      }

      case Step(State _, Event.PreviousDestroyed(DestroyReason why)) -> {
        destroyNext(why);
        closed();
      }
      case Step(State _, Event.PreviousChannelClosed _) -> {
        destroyNext(DestroyReason.CHANNEL_CLOSED);
        closed();
      }
      case Step(State _, Event.Failed(DestroyReason reason)) -> close(reason);
    }
  }

  private void connect(Extend2 request) {
    if (hop.streamCount() > 0 || !service.isIdle()) {
      close(DestroyReason.PROTOCOL);
      return;
    }
    ExtendTarget target;
    try {
      target = circuits.extendTarget(request, previous);
    } catch (CircuitViolation v) {
      log.debug(
          ProtocolViolation.LOG, "circ {}.{}: {}", previous.serial(), previousId, v.getMessage());
      close(v.reason());
      return;
    }
    state = new State.Connecting(request);
    circuits
        .connect(target)
        .whenComplete(
            (channel, failure) ->
                previous
                    .loop()
                    .execute(
                        () ->
                            on(
                                failure == null
                                    ? new Event.NextOpened(channel)
                                    : new Event.NextUnreachable(reason(failure)))));
  }

  private static DestroyReason reason(Throwable failure) {
    return failure instanceof ConnectException e
        ? e.reason().destroyReason()
        : DestroyReason.CONNECTFAILED;
  }

  private void create(Channel channel, Extend2 request) {
    NextHop next = new NextHop(this, channel);
    state = new State.Creating(next);
    channel.loop().execute(() -> next.create(new Create2(request.type(), request.onionSkin())));
  }

  private void becomeMiddle(NextHop next, Created2 reply) {
    ByteWriter body = new ByteWriter();
    new Extended2(reply.handshakeData()).encode(body);
    hop.sendMessage(RelayCommand.EXTENDED2, 0, body.toArray());
    toPrevious.handOver(circuits.contexts().of(next.channel.loop()));
    state = new State.Middle(next);
    relayingTo = next;
    next.channel.loop().execute(next::startRelaying);
  }

  /** The next hop is gone and its loop has let go of the cipher: tell the origin. */
  private void truncated(DestroyReason why) {
    backToLastHop();
    ByteWriter body = new ByteWriter();
    new Truncated(why).encode(body);
    hop.sendMessage(RelayCommand.TRUNCATED, 0, body.toArray());
  }

  private void backToLastHop() {
    relayingTo = null;
    state = new State.LastHop();
  }

  /** For good: the cipher is wiped as soon as no loop uses it. */
  private void destroyNext(DestroyReason why) {
    switch (state) {
      case State.Creating(NextHop next) -> next.destroyLater(why, layer::close);
      case State.Middle(NextHop next) -> next.destroyLater(why, layer::close);
      case State.LastHop _, State.Connecting _ -> service.close();
      case State.Closed _ -> {}
    }
  }

  private void close(DestroyReason reason) {
    destroyNext(reason);
    previous.send(previousId, new Destroy(reason));
    closed();
  }

  private void closed() {
    relayingTo = null;
    state = new State.Closed();
    binding.close();
    hop.close(EndReason.DESTROY);
    circuits.closed();
  }

  // ---- messages to this relay about the circuit ----

  private void onCircuitMessage(int cellCommand, int relayCommand, int streamId, ByteReader body)
      throws ProtocolViolation {
    switch (relayCommand) {
      case RelayCommand.EXTEND2 -> {
        if (cellCommand != CellCommand.RELAY_EARLY_CODE) {
          log.debug("circ {}.{} EXTEND2 not in RELAY_EARLY", previous.serial(), previousId);
          return; // C tor drops it with a warning
        }
        try {
          on(new Event.ExtendAsked(Extend2.decode(body)));
        } catch (MalformedException e) {
          throw new CircuitViolation("malformed EXTEND2", DestroyReason.PROTOCOL);
        }
      }
      case RelayCommand.TRUNCATE -> on(new Event.TruncateAsked());
      case RelayCommand.DROP -> circuits.traffic().addDroppedCell();
      case RelayCommand.PADDING_NEGOTIATE -> onPaddingNegotiate(body);
      default -> {
        if (!service.onMessage(relayCommand, body)) {
          log.debug(
              "circ {}.{} dropped relay command {}", previous.serial(), previousId, relayCommand);
        }
      }
    }
  }

  /**
   * The origin wants padding. It comes from the loop that sends backward, and only where cells go
   * on: the last hop refuses. C tor's would pad, but none of its machines asks it to.
   */
  private void onPaddingNegotiate(ByteReader body) {
    if (++negotiations > MAX_NEGOTIATIONS) {
      return;
    }
    CircuitPaddingNegotiate wish;
    try {
      wish = CircuitPaddingNegotiate.decode(body);
    } catch (MalformedException _) {
      return; // C tor drops it with a warning
    }
    if (state instanceof State.Middle(NextHop next)) {
      next.channel.loop().execute(() -> next.onPaddingNegotiate(wish));
    } else if (wish.action() == CircuitPaddingNegotiate.START) {
      ByteWriter answer = new ByteWriter();
      new CircuitPaddingNegotiated(
              wish.action(),
              CircuitPaddingNegotiated.ERR,
              wish.machineType(),
              wish.machineCounter())
          .encode(answer);
      hop.sendMessage(RelayCommand.PADDING_NEGOTIATED, 0, answer.toArray());
    }
  }

  /** What onion services ask of this circuit. */
  private final class ForService implements ServiceEnd.Circuit {
    @Override
    public EventLoop loop() {
      return previous.loop();
    }

    @Override
    public boolean previousIsRelay() {
      return previous.peer().isPresent();
    }

    @Override
    public boolean isFree() {
      return state instanceof State.LastHop && hop.streamCount() == 0;
    }

    @Override
    public void send(RelayMessage message) {
      ByteWriter body = new ByteWriter();
      message.encode(body);
      hop.sendMessage(message.command(), 0, body.toArray());
    }

    @Override
    public void close(DestroyReason reason) {
      on(new Event.Failed(reason));
    }

    @Override
    public void tooManyCells() {
      circuits.tooManyCells(previous, false);
    }

    @Override
    public void handOver(EventLoop to) {
      toPrevious.handOver(circuits.contexts().of(to));
    }

    @Override
    public Tor1RelayLayer layer() {
      return layer;
    }

    @Override
    public CellQueue toPrevious() {
      return toPrevious;
    }

    @Override
    public SecretBytes binding() {
      return binding;
    }

    @Override
    public String logId() {
      return "circ " + previous.serial() + "." + previousId;
    }
  }

  /** Sends backward from this relay. */
  private final class BackwardSender implements HopSender {
    private boolean failing;

    @Override
    public EventLoop loop() {
      return previous.loop();
    }

    @Override
    public byte[] body() {
      return scratch.body;
    }

    @Override
    public void send(int relayCommand, int streamId, int length) {
      if (state instanceof State.Closed || service.gaveBackwardAway()) {
        return;
      }
      scratch.finishBody(relayCommand, streamId, length);
      if (state instanceof State.Middle(NextHop next)) {
        byte[] copy = scratch.body.clone();
        next.channel.loop().execute(() -> next.originate(copy));
        return;
      }
      if (toPrevious.full()) {
        overfull();
        return;
      }
      layer.originate(scratch.body, 0, toPrevious.array(), toPrevious.offset());
      toPrevious.commit(CellCommand.RELAY_CODE);
    }

    /** Answers pile up that nobody reads: the end, but not in the middle of the caller's work. */
    private void overfull() {
      if (!failing) {
        failing = true;
        circuits.tooManyCells(previous, false);
        failLater();
      }
    }

    @Override
    public boolean congested() {
      if (toPrevious.size() < HIGH_WATER_CELLS) {
        return false;
      }
      toPrevious.awaitDrain();
      return true;
    }

    @Override
    public long nanoTime() {
      return scratch.nanoClock.getAsLong();
    }

    @Override
    public void flush() {
      if (!(state instanceof State.Middle) && !service.gaveBackwardAway()) {
        toPrevious.flush();
      }
    }

    @Override
    public void copySentTag(byte[] into, int offset) {
      layer.copyBackwardTag(into, offset);
    }

    @Override
    public void copyReceivedTag(byte[] into, int offset) {
      layer.copyForwardTag(into, offset);
    }
  }
}
