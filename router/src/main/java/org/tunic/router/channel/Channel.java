package org.tunic.router.channel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.router.cell.CellCommand;
import org.tunic.router.cell.ChannelMessage;
import org.tunic.router.cell.ChannelViolation;
import org.tunic.router.cell.CircuitViolation;
import org.tunic.router.cell.Destroy;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.Padding;
import org.tunic.router.cell.PaddingNegotiate;
import org.tunic.router.cell.ProtocolViolation;
import org.tunic.router.link.CellSink;

/**
 * An open channel: a negotiated connection to a relay or a client, and the circuits on it.
 *
 * <p>The way in: the framer hands over every whole cell of a read; a RELAY cell is copied into the
 * loop's scratch array and given to the {@link CircuitHalf} of its id, no object made. Control
 * cells are decoded here. At the end of the read each circuit that got cells is told once. The way
 * out: RELAY cells through a {@link CellQueue} per circuit, all other cells through {@link #send},
 * which overtakes RELAY cells that still wait (so CREATED2 stands before the first RELAY cell; a
 * DESTROY drops the circuit's queue).
 *
 * <p>What a peer does to one circuit ends that circuit: cells for unknown ids are dropped, a
 * malformed CREATE2 is answered by DESTROY. Reading never stops for the sake of one circuit.
 *
 * <p>Spec: tor-spec/channels, tor-spec/create-created-cells#choosing-circid
 *
 * <p>Threads: its event loop; the identity getters any, because they are final.
 */
public final class Channel {
  /** Circuits on one channel: a bound on what one peer can make us keep. */
  public static final int MAX_CIRCUITS = 1 << 16;

  private static final Logger log = LoggerFactory.getLogger(Channel.class);
  private static final int CIRCUIT_ID_ATTEMPTS = 64;
  private static final Padding PADDING = new Padding();
  private static final int MOST_SIGNIFICANT_BIT = 1 << 31;

  /**
   * What is known of a channel when it opens.
   *
   * @param serial number that names the channel in logs and events
   * @param initiator whether this side opened the connection
   * @param linkProtocol 4 or 5
   * @param peer the identity the other side proved, or null for a client
   * @param canonical whether the connection goes to an address that the peer calls its own
   * @param clockSkewSeconds how far the peer's clock is ahead of ours by NETINFO; 0 when unknown
   * @param remote the address of the peer's end
   */
  record Opened(
      long serial,
      boolean initiator,
      int linkProtocol,
      @Nullable RelayIds peer,
      boolean canonical,
      long clockSkewSeconds,
      InetAddress remote) {}

  private final io.netty.channel.Channel socket;
  private final LoopContext context;
  private final Opened opened;
  private final ChannelSettings settings;
  private final RandomGenerator random;
  private final CircuitMap circuits;
  private final OutgoingCells outgoing;
  private final ChannelPadding padding;
  private final List<CircuitSlot> touched = new ArrayList<>();

  private @Nullable CircuitSlot latest; // cells of one circuit come in runs
  private boolean closed;
  private long relayCellsRead; // in this read, not yet counted
  private final long openedNanos;
  private long lastUsedNanos;
  private long lastReadNanos;
  private boolean paddingTimer; // one is set: at most one for each channel
  private long idleNanos = Long.MAX_VALUE;
  private Consumer<DestroyReason> closeListener = why -> {};

  Channel(
      io.netty.channel.Channel socket,
      LoopContext context,
      Opened opened,
      ChannelSettings settings,
      RandomGenerator random) {
    this.socket = socket;
    this.context = context;
    this.opened = opened;
    this.settings = settings;
    this.random = random;
    this.circuits = new CircuitMap(random.nextInt());
    this.outgoing =
        new OutgoingCells(socket, context, settings, () -> close(DestroyReason.RESOURCELIMIT));
    this.openedNanos = settings.nanoClock().getAsLong();
    this.lastUsedNanos = openedNanos;
    this.lastReadNanos = openedNanos;
    this.padding = new ChannelPadding(opened.linkProtocol, random);
    padding.open(settings.padding().get()).ifPresent(wish -> send(0, wish));
  }

  /**
   * Draws how long the channel may stay without circuits; before that, for ever.
   *
   * @param client what holds for a channel with a client
   */
  void drawIdleTimeout(Duration client) {
    PaddingRules rules = settings.padding().get();
    boolean betweenRelays = opened.canonical && !isWithClient(rules);
    idleNanos = rules.idleTimeout(client, betweenRelays, random).toNanos();
  }

  /** Whether one end is a client, or nobody that the consensus lists. */
  private boolean isWithClient(PaddingRules rules) {
    return !rules.relay() || opened.peer == null || !settings.limits().isKnownRelay(opened.peer);
  }

  /** The event loop that owns the channel. Threads: any. */
  public EventLoop loop() {
    return context.loop();
  }

  /** The scratch arrays of the loop. Threads: any; their use is the loop's. */
  public LoopContext context() {
    return context;
  }

  /** The identity that the peer proved, empty for a client. Threads: any. */
  public Optional<RelayIds> peer() {
    return Optional.ofNullable(opened.peer);
  }

  /** The address of the peer's end. Threads: any. */
  public InetAddress remoteAddress() {
    return opened.remote;
  }

  /** Whether this side opened the connection. Threads: any. */
  public boolean initiator() {
    return opened.initiator;
  }

  /**
   * Whether the connection goes to an address that the peer calls its own, so that others' EXTEND2
   * requests may use it. Threads: any.
   */
  public boolean canonical() {
    return opened.canonical;
  }

  /** A number that names the channel in logs and events. Threads: any. */
  public long serial() {
    return opened.serial;
  }

  /** The link protocol, 4 or 5. Threads: any. */
  public int linkProtocol() {
    return opened.linkProtocol;
  }

  /**
   * How far the peer's clock was ahead of ours, in seconds; 0 when it did not say. Threads: any.
   */
  public long clockSkewSeconds() {
    return opened.clockSkewSeconds;
  }

  /** Whether circuits can still be attached. */
  public boolean isOpen() {
    assert loop().inEventLoop();
    return !closed;
  }

  /** Circuit ids in use. */
  public int circuitCount() {
    assert loop().inEventLoop();
    return circuits.size();
  }

  /**
   * A random circuit id that is not in use, with the most significant bit of this side's role; 0 if
   * the channel is closed or full.
   */
  public int newCircuitId() {
    assert loop().inEventLoop();
    if (closed || circuits.size() >= MAX_CIRCUITS) {
      return 0;
    }
    for (int attempt = 0; attempt < CIRCUIT_ID_ATTEMPTS; attempt++) {
      int id = random.nextInt() & ~MOST_SIGNIFICANT_BIT;
      if (opened.initiator) {
        id |= MOST_SIGNIFICANT_BIT;
      }
      if (id != 0 && circuits.get(id) == null) {
        return id;
      }
    }
    return 0;
  }

  /** Gives an id to a circuit; false if the channel is closed, full, or the id in use. */
  public boolean attach(int circuitId, CircuitHalf half) {
    assert loop().inEventLoop();
    if (closed
        || circuitId == 0
        || circuits.size() >= MAX_CIRCUITS
        || circuits.get(circuitId) != null) {
      return false;
    }
    circuits.put(new CircuitSlot(circuitId, half));
    return true;
  }

  /** Takes the id from its circuit and drops its queue; no DESTROY is sent. */
  public void detach(int circuitId) {
    assert loop().inEventLoop();
    CircuitSlot slot = circuits.remove(circuitId);
    if (slot == null) {
      return;
    }
    slot.detached = true;
    if (slot == latest) {
      latest = null;
    }
    if (slot.queue != null) {
      slot.queue.drop();
      slot.queue = null;
    }
    lastUsedNanos = settings.nanoClock().getAsLong();
  }

  /**
   * The queue towards the origin of an attached circuit, whose cells are produced on this channel's
   * loop.
   */
  public CellQueue openQueue(int circuitId) {
    return openQueue(circuitId, context, settings.limits().queues().maxCells());
  }

  /**
   * The queue of outgoing RELAY cells of an attached circuit, away from its origin; asked for once.
   *
   * @param producer the loop that will fill it
   * @throws IllegalStateException if the id is not attached or has a queue
   */
  public CellQueue openQueue(int circuitId, LoopContext producer) {
    return openQueue(circuitId, producer, settings.limits().queues().maxCellsOut());
  }

  private CellQueue openQueue(int circuitId, LoopContext producer, int boundCells) {
    assert loop().inEventLoop();
    CircuitSlot slot = circuits.get(circuitId);
    if (slot == null || slot.queue != null) {
      throw new IllegalStateException("no such circuit, or a second queue for it");
    }
    CellQueue queue = new CellQueue(circuitId, boundCells, producer, context, outgoing);
    outgoing.admit(queue);
    slot.queue = queue;
    return queue;
  }

  /**
   * Sends a control cell, ahead of RELAY cells that wait. DESTROY also detaches the circuit.
   *
   * @param circuitId 0 for cells of the channel
   */
  public void send(int circuitId, ChannelMessage message) {
    assert loop().inEventLoop();
    if (message instanceof Destroy) {
      detach(circuitId);
    }
    outgoing.send(circuitId, message);
  }

  /** Cells of an attached circuit read from this channel; 0 for an unknown id. */
  public long cellsRead(int circuitId) {
    assert loop().inEventLoop();
    CircuitSlot slot = circuits.get(circuitId);
    return slot == null ? 0 : slot.cellsRead;
  }

  /** Closes the connection at once; every circuit on it is told {@code why}. */
  public void close(DestroyReason why) {
    assert loop().inEventLoop();
    if (closed) {
      return;
    }
    closed = true;
    List<CircuitSlot> all = new ArrayList<>(circuits.size());
    circuits.forEach(all::add);
    circuits.clear();
    latest = null;
    outgoing.close();
    socket.close();
    for (CircuitSlot slot : all) {
      slot.detached = true;
      if (slot.queue != null) {
        slot.queue.drop();
      }
    }
    for (CircuitSlot slot : all) {
      guarded(slot, () -> slot.half.onChannelClosed(why));
    }
    closeListener.accept(why);
    log.debug("channel {} closed: {}", serial(), why);
  }

  /** What runs after the channel closed, for the manager. */
  void onClose(Consumer<DestroyReason> listener) {
    closeListener = listener;
  }

  /** Monotonic time at which the channel opened. Threads: any. */
  long openedNanos() {
    return openedNanos;
  }

  /** Whether the peer's end is at one of these addresses, whatever the port. Threads: any. */
  boolean goesTo(List<InetSocketAddress> addresses) {
    return addresses.stream().anyMatch(a -> opened.remote.equals(a.getAddress()));
  }

  /** Lists the circuits for which cells wait for this channel, or bytes of streams for readers. */
  void waitingCircuits(Consumer<MemoryRelief.Waiting> into) {
    circuits.forEach(
        slot -> {
          CellQueue queue = slot.queue;
          long cells = queue == null ? 0 : queue.waitingBytes();
          long held = slot.half.heldBytes();
          if (queue != null && cells > 0) {
            note(slot, queue.waitingSince(), cells, into);
          }
          if (held > 0) {
            note(slot, slot.half.heldSinceNanos(), held, into);
          }
        });
  }

  private void note(CircuitSlot slot, long since, long bytes, Consumer<MemoryRelief.Waiting> into) {
    into.accept(new MemoryRelief.Waiting(this, slot.circuitId, since, bytes));
  }

  /** Ends a circuit, here and on its other channel, whatever it is doing. */
  void kill(int circuitId, DestroyReason why) {
    assert loop().inEventLoop();
    CircuitSlot slot = circuits.get(circuitId);
    if (slot != null) {
      send(circuitId, new Destroy(why));
      guarded(slot, () -> slot.half.onChannelClosed(why));
    }
  }

  /** Whether it has been without circuits for so long that it is not worth keeping. */
  boolean isIdle(long nowNanos) {
    assert loop().inEventLoop();
    return !closed && circuits.size() == 0 && nowNanos - lastUsedNanos > idleNanos;
  }

  /** A circuit of several hops goes over this channel: a reason to pad it. */
  public void carriesFullCircuit() {
    assert loop().inEventLoop();
    padding.fullCircuit();
  }

  /**
   * Traffic of a circuit of several hops came over this channel.
   *
   * @param ours whether this node is the origin; then it counts only after {@link
   *     #carriesFullCircuit}, because directory requests over one hop look the same
   */
  public void carriesTraffic(boolean ours) {
    assert loop().inEventLoop();
    if (!ours || padding.usage() != ChannelPadding.Usage.NO_FULL_CIRCUITS) {
      padding.traffic();
    }
  }

  /** Once a second: padding, and a sign of life, when they are due. */
  void pad() {
    assert loop().inEventLoop();
    if (closed || !outgoing.silent()) {
      return;
    }
    PaddingRules rules = settings.padding().get();
    long now = settings.nanoClock().getAsLong();
    if (now - outgoing.lastWriteNanos() >= rules.keepalive().toNanos()) {
      sendPadding();
      return;
    }
    if (paddingTimer) {
      return;
    }
    long wait = padding.due(rules, isWithClient(rules), activeNanos(), now);
    if (wait == 0) {
      sendPadding();
    } else if (wait > 0) {
      paddingTimer = true;
      loop().schedule(this::onPaddingTimer, wait, TimeUnit.NANOSECONDS);
    }
  }

  private void onPaddingTimer() {
    paddingTimer = false;
    if (!closed && outgoing.silent() && padding.stillSilent(activeNanos())) {
      sendPadding();
    }
  }

  private void sendPadding() {
    log.debug("channel {}: padding", serial());
    send(0, PADDING);
  }

  /** When the last cell went either way. */
  private long activeNanos() {
    long written = outgoing.lastWriteNanos();
    return written - lastReadNanos > 0 ? written : lastReadNanos;
  }

  /** Asks idle queues to give memory back. */
  void sweep() {
    circuits.forEach(
        slot -> {
          if (slot.queue != null) {
            slot.queue.sweep();
          }
        });
  }

  /** The receiver of this channel's cells. */
  CellSink sink() {
    return new Sink();
  }

  private final class Sink implements CellSink {
    @Override
    public void onCell(
        int circuitId, int command, ByteBuf cells, int cellIndex, int headerLength, int length) {
      if (closed) {
        return;
      }
      if (command == CellCommand.RELAY_CODE || command == CellCommand.RELAY_EARLY_CODE) {
        onRelayCell(circuitId, command, cells, cellIndex + headerLength);
      } else {
        onControlCell(circuitId, command, cells, cellIndex + headerLength, length);
      }
    }

    @Override
    public void onReadComplete() {
      endBatch();
    }

    @Override
    public void onWritabilityChanged() {
      outgoing.write();
    }

    @Override
    public void onViolation(ChannelViolation violation) {
      log.debug(ProtocolViolation.LOG, "channel {}: {}", serial(), violation.getMessage());
      close(DestroyReason.CHANNEL_CLOSED);
    }

    @Override
    public void onClosed() {
      close(DestroyReason.CHANNEL_CLOSED);
    }
  }

  private void onRelayCell(int circuitId, int command, ByteBuf cells, int bodyIndex) {
    relayCellsRead++;
    CircuitSlot slot = latest;
    if (slot == null || slot.circuitId != circuitId) {
      slot = circuits.get(circuitId);
      if (slot == null) {
        return; // late cells of a circuit that is gone
      }
      latest = slot;
    }
    if (!slot.touched) {
      slot.touched = true;
      touched.add(slot);
    }
    slot.cellsRead++;
    byte[] scratch = context.scratchA();
    cells.getBytes(bodyIndex, scratch, 0, CellCommand.CELL_BODY_LEN);
    try {
      slot.half.onRelayCell(command, scratch, 0);
    } catch (RuntimeException e) {
      failed(slot, e);
    }
  }

  private void endBatch() {
    lastReadNanos = settings.nanoClock().getAsLong();
    for (int i = 0; i < touched.size(); i++) {
      CircuitSlot slot = touched.get(i);
      slot.touched = false;
      if (!slot.detached) {
        try {
          slot.half.onBatchEnd();
        } catch (RuntimeException e) {
          failed(slot, e);
        }
      }
    }
    touched.clear();
    if (relayCellsRead > 0) {
      settings.counters().addRead(CellCounters.Kind.RELAY, relayCellsRead);
      relayCellsRead = 0;
    }
  }

  private void onControlCell(int circuitId, int code, ByteBuf cells, int bodyIndex, int length) {
    settings.counters().addRead(CellCounters.Kind.of(code), 1);
    CellCommand command = CellCommand.of(code);
    if (command == null) {
      return; // tor-spec: cells of unknown commands are ignored
    }
    switch (command) {
      case CREATE, CREATE_FAST, CREATE2 -> onCreate(circuitId, command, cells, bodyIndex, length);
      case CREATED_FAST, CREATED2, DESTROY -> {
        CircuitSlot slot = circuits.get(circuitId);
        if (slot != null) {
          onAnswer(slot, command, cells, bodyIndex, length);
        }
      }
      case PADDING_NEGOTIATE -> onPaddingNegotiate(cells, bodyIndex, length);
      // CREATED answers nothing we ask. The rest belongs to the negotiation: C tor, too, ignores
      // repeats.
      case PADDING, VPADDING, CREATED -> {}
      case VERSIONS, NETINFO, CERTS, AUTH_CHALLENGE, AUTHENTICATE, AUTHORIZE -> {}
      case RELAY, RELAY_EARLY -> throw new IllegalArgumentException("not a control cell");
    }
  }

  private void onPaddingNegotiate(ByteBuf cells, int bodyIndex, int length) {
    try {
      ChannelMessage wish = decode(CellCommand.PADDING_NEGOTIATE, cells, bodyIndex, length);
      if (!(wish instanceof PaddingNegotiate negotiate)
          || !padding.onNegotiate(negotiate, opened.linkProtocol, settings.padding().get())) {
        log.debug(ProtocolViolation.LOG, "channel {}: PADDING_NEGOTIATE ignored", serial());
      } else {
        log.debug("channel {}: {}", serial(), negotiate);
      }
    } catch (CircuitViolation | ChannelViolation v) {
      // C tor drops what it cannot read.
      log.debug(ProtocolViolation.LOG, "channel {}: {}", serial(), v.getMessage());
    }
  }

  private void onCreate(
      int circuitId, CellCommand command, ByteBuf cells, int bodyIndex, int length) {
    if (circuitId == 0 || circuits.get(circuitId) != null) {
      return; // C tor: "Received CREATE cell for known circ. Dropping", without an answer
    }
    boolean mostSignificantBit = circuitId < 0;
    if (mostSignificantBit == opened.initiator) {
      send(circuitId, new Destroy(DestroyReason.PROTOCOL)); // an id of our half
      return;
    }
    if (circuits.size() >= MAX_CIRCUITS) {
      send(circuitId, new Destroy(DestroyReason.RESOURCELIMIT));
      return;
    }
    CircuitAcceptor acceptor = settings.acceptor();
    if (acceptor == null) {
      send(circuitId, new Destroy(DestroyReason.PROTOCOL)); // we are no relay
      return;
    }
    try {
      acceptor.accept(this, circuitId, decode(command, cells, bodyIndex, length));
    } catch (CircuitViolation v) {
      log.debug(ProtocolViolation.LOG, "channel {}: {}", serial(), v.getMessage());
      send(circuitId, new Destroy(v.reason()));
    } catch (ChannelViolation v) {
      throw new AssertionError("CREATE cells belong to circuits", v);
    } catch (RuntimeException e) {
      log.error("a new circuit on channel {} failed", serial(), e);
      send(circuitId, new Destroy(DestroyReason.INTERNAL));
    }
  }

  private void onAnswer(
      CircuitSlot slot, CellCommand command, ByteBuf cells, int bodyIndex, int length) {
    ChannelMessage message;
    try {
      message = decode(command, cells, bodyIndex, length);
    } catch (CircuitViolation v) {
      log.debug(ProtocolViolation.LOG, "channel {}: {}", serial(), v.getMessage());
      message = new Destroy(v.reason());
      send(slot.circuitId, message);
    } catch (ChannelViolation v) {
      throw new AssertionError("CREATED and DESTROY belong to circuits", v);
    }
    if (message instanceof Destroy) {
      detach(slot.circuitId);
    }
    ChannelMessage told = message;
    guarded(slot, () -> slot.half.onMessage(told));
  }

  private static ChannelMessage decode(
      CellCommand command, ByteBuf cells, int bodyIndex, int length)
      throws CircuitViolation, ChannelViolation {
    byte[] body = new byte[length];
    cells.getBytes(bodyIndex, body);
    return ChannelMessage.decode(command, new ByteReader(body));
  }

  private void guarded(CircuitSlot slot, Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      failed(slot, e);
    }
  }

  /** A bug in the code of one circuit ends that circuit. */
  private void failed(CircuitSlot slot, RuntimeException e) {
    log.error("a circuit on channel {} failed", serial(), e);
    if (!slot.detached) {
      send(slot.circuitId, new Destroy(DestroyReason.INTERNAL));
      try {
        slot.half.onChannelClosed(DestroyReason.INTERNAL);
      } catch (RuntimeException again) {
        log.error("and again while it closed", again);
      }
    }
  }

  /** The serial number, no address. */
  @Override
  public String toString() {
    return "channel " + serial();
  }
}
