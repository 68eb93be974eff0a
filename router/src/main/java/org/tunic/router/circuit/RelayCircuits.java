package org.tunic.router.circuit;

import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.handshake.RelayAnswer;
import org.tunic.crypto.handshake.createfast.CreateFastRelay;
import org.tunic.crypto.handshake.ntor.NtorRelay;
import org.tunic.crypto.handshake.ntor3.NtorV3Relay;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.relaycell.tor1.Tor1Keys;
import org.tunic.crypto.relaycell.tor1.Tor1RelayLayer;
import org.tunic.crypto.secret.SecretBytes;
import org.tunic.router.cell.ChannelMessage;
import org.tunic.router.cell.CircuitViolation;
import org.tunic.router.cell.Create2;
import org.tunic.router.cell.CreateFast;
import org.tunic.router.cell.Created2;
import org.tunic.router.cell.CreatedFast;
import org.tunic.router.cell.Destroy;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.Extend2;
import org.tunic.router.cell.HandshakeType;
import org.tunic.router.channel.Channel;
import org.tunic.router.channel.CircuitAcceptor;
import org.tunic.router.channel.CircuitHalf;
import org.tunic.router.channel.ExtendTarget;
import org.tunic.router.channel.LoopContexts;
import org.tunic.router.circuit.padding.CircuitPadding;
import org.tunic.router.congestion.FlowSettings;
import org.tunic.router.limits.DosDefences;
import org.tunic.router.limits.DosKind;
import org.tunic.router.limits.HandshakeKind;
import org.tunic.router.limits.NodeLimits;
import org.tunic.router.limits.TrafficCounters;
import org.tunic.router.stream.FlowControl;
import org.tunic.router.stream.StreamAcceptor;

/**
 * Makes the circuits of a relay: answers CREATE_FAST and CREATE2, and knows what an EXTEND2 may ask
 * for.
 *
 * <p>Spec: tor-spec/create-created-cells. Threads: any; each circuit's calls come on the loop of
 * its previous channel.
 */
public final class RelayCircuits implements CircuitAcceptor {
  /**
   * Bytes that an open circuit is reckoned to keep while none of its cells wait: ciphers, digests,
   * its places in the tables of channels.
   */
  static final int CIRCUIT_BYTES = 8 * 1024;

  /**
   * Who this relay is, and what it allows.
   *
   * @param ids both identities of this relay
   * @param onionKeys the current ntor key first, then those still honoured
   * @param extend whom circuits may be extended to
   * @param flow what the consensus says of flow control
   * @param padding what holds for padding on circuits
   */
  public record Settings(
      RelayIds ids,
      Supplier<List<NtorOnionKeypair>> onionKeys,
      ExtendRules extend,
      FlowSettings flow,
      CircuitPadding padding) {}

  private static final Logger log = LoggerFactory.getLogger(RelayCircuits.class);

  private final Settings settings;
  private final Function<ExtendTarget, CompletableFuture<Channel>> channels;
  private final StreamAcceptor streams;
  private final ServicePoints servicePoints;
  private final OnionSkins onionSkins;
  private final NodeLimits limits;
  private final LoopContexts contexts;
  private final LoopScratches scratches;
  private final SecureRandom secureRandom;
  private final AtomicInteger open = new AtomicInteger();

  /**
   * @param channels an open channel to a relay, new or not; fails with {@link
   *     org.tunic.router.channel.ConnectException}
   * @param streams what to do with the streams that end here
   * @param servicePoints where onion services and their clients meet here
   */
  public RelayCircuits(
      Settings settings,
      Function<ExtendTarget, CompletableFuture<Channel>> channels,
      StreamAcceptor streams,
      ServicePoints servicePoints,
      OnionSkins onionSkins,
      NodeLimits limits,
      LoopContexts contexts,
      LoopScratches scratches,
      SecureRandom secureRandom) {
    this.settings = settings;
    this.channels = channels;
    this.streams = streams;
    this.servicePoints = servicePoints;
    this.onionSkins = onionSkins;
    this.limits = limits;
    this.contexts = contexts;
    this.scratches = scratches;
    this.secureRandom = secureRandom;
    contexts.memory().countBuffers(() -> (long) open.get() * CIRCUIT_BYTES);
  }

  /**
   * Whether one more circuit may be had. Circuits may hold half of what MaxMemInQueues allows, so
   * that idle ones, which cost their maker next to nothing, never push out the cells of others.
   */
  private boolean hasRoom() {
    return (open.get() + 1L) * CIRCUIT_BYTES <= contexts.memory().limit() / 2;
  }

  /** Circuits open through this relay now. */
  public int openCount() {
    return open.get();
  }

  @Override
  public void accept(Channel channel, int circId, ChannelMessage message) {
    DosDefences defences = limits.dos().orElse(null);
    if (defences != null
        && channel.peer().isEmpty()
        && defences.refusesCircuit(channel.remoteAddress())) {
      channel.send(circId, new Destroy(DestroyReason.RESOURCELIMIT));
      return;
    }
    if (!hasRoom()) {
      channel.send(circId, new Destroy(DestroyReason.RESOURCELIMIT));
      return;
    }
    switch (message) {
      case CreateFast create -> createFast(channel, circId, create);
      case Create2 create -> create2(channel, circId, create);
      default -> channel.send(circId, new Destroy(DestroyReason.PROTOCOL));
    }
  }

  private static CreatedFast createdFast(Bytes reply) {
    return new CreatedFast(
        reply.slice(0, CreateFast.LENGTH), reply.slice(CreateFast.LENGTH, CreateFast.LENGTH));
  }

  private void createFast(Channel channel, int circId, CreateFast create) {
    // SHA-1 of 40 bytes: cheaper than handing it to the pool.
    try (RelayAnswer answer = CreateFastRelay.answer(create.x().toArray(), secureRandom)) {
      opened(channel, circId, keyed(answer), fixedWindows(), createdFast(answer.reply()));
    } catch (HandshakeFailedException e) {
      channel.send(circId, new Destroy(DestroyReason.PROTOCOL));
    }
  }

  private void create2(Channel channel, int circId, Create2 create) {
    HandshakeKind kind = HandshakeKind.of(create.type()).orElse(HandshakeKind.TAP);
    if (kind != HandshakeKind.NTOR && kind != HandshakeKind.NTOR_V3) {
      channel.send(circId, new Destroy(DestroyReason.PROTOCOL));
      return;
    }
    Waiting waiting = new Waiting(channel, circId, create);
    if (!channel.attach(circId, waiting)) {
      channel.send(circId, new Destroy(DestroyReason.RESOURCELIMIT));
      return;
    }
    if (!onionSkins.submit(kind, channel.peer().isPresent(), waiting)) {
      waiting.refuse(DestroyReason.RESOURCELIMIT);
    }
  }

  /**
   * Computes the answer to an onion skin. Threads: one of the pool's.
   *
   * @throws HandshakeFailedException when there is none: refuse the circuit
   */
  private Answer answer(Create2 create) throws HandshakeFailedException {
    return create.type().equals(HandshakeType.NTOR_V3) ? ntorV3(create) : ntor(create);
  }

  private Answer ntor(Create2 create) throws HandshakeFailedException {
    try (RelayAnswer handshake =
        NtorRelay.answer(
            create.onionSkin().toArray(),
            settings.ids().rsa(),
            settings.onionKeys().get(),
            secureRandom)) {
      return new Answer(keyed(handshake), fixedWindows(), new Created2(handshake.reply()));
    }
  }

  private Answer ntorV3(Create2 create) throws HandshakeFailedException {
    Ed25519Identity identity = settings.ids().ed25519();
    if (identity == null) {
      throw new HandshakeFailedException();
    }
    try (NtorV3Relay opened =
        NtorV3Relay.open(
            create.onionSkin().toArray(),
            identity,
            settings.onionKeys().get(),
            Negotiation.CIRCUIT_EXTEND,
            secureRandom)) {
      FlowSettings flow = settings.flow();
      Negotiation.Granted granted =
          Negotiation.grant(opened.message(), flow.parameters().get(), flow.counters());
      try (RelayAnswer handshake = opened.answer(granted.reply(), secureRandom)) {
        return new Answer(keyed(handshake), granted.flow(), new Created2(handshake.reply()));
      }
    }
  }

  private FlowControl fixedWindows() {
    return new FlowControl.FixedWindows(settings.flow().parameters().get().windowCells());
  }

  /** What a circuit is keyed with: its layer, and KH. Both are the receiver's to close. */
  private static final class Keyed {
    private final Tor1RelayLayer layer;
    private final SecretBytes binding;

    Keyed(Tor1RelayLayer layer, SecretBytes binding) {
      this.layer = layer;
      this.binding = binding;
    }

    void close() {
      layer.close();
      binding.close();
    }
  }

  /** What an onion skin came to. */
  private record Answer(Keyed keyed, FlowControl flow, Created2 created) {}

  private static Keyed keyed(RelayAnswer answer) {
    try (Tor1Keys keys = answer.keySeed().tor1Keys()) {
      return new Keyed(new Tor1RelayLayer(keys), answer.keySeed().circuitBinding().copy());
    }
  }

  private void opened(
      Channel channel, int circId, Keyed keyed, FlowControl flow, ChannelMessage reply) {
    RelayCircuit circuit =
        new RelayCircuit(
            this, channel, circId, keyed.layer, keyed.binding, flow, scratches.of(channel.loop()));
    if (!channel.attach(circId, circuit)) {
      keyed.close();
      channel.send(circId, new Destroy(DestroyReason.RESOURCELIMIT));
      return;
    }
    circuit.start();
    open.incrementAndGet();
    channel.send(circId, reply);
  }

  /**
   * A circuit id whose onion skin is with the pool.
   *
   * <p>Threads: event loop of its channel, but for the pool's {@link #answer} and {@link #giveUp}.
   */
  private final class Waiting implements CircuitHalf, OnionSkins.Job {
    private final Channel channel;
    private final int circId;
    private final Create2 create;
    private boolean gone;

    Waiting(Channel channel, int circId, Create2 create) {
      this.channel = channel;
      this.circId = circId;
      this.create = create;
    }

    @Override
    public boolean answer() {
      try {
        Answer answer = RelayCircuits.this.answer(create);
        onLoop(() -> answered(answer));
        return true;
      } catch (HandshakeFailedException e) {
        onLoop(() -> refuse(DestroyReason.PROTOCOL));
        return false;
      }
    }

    @Override
    public void giveUp() {
      onLoop(() -> refuse(DestroyReason.RESOURCELIMIT));
    }

    private void onLoop(Runnable then) {
      try {
        channel.loop().execute(then);
      } catch (RejectedExecutionException e) {
        log.debug("a handshake came to its end when the loops had stopped");
      }
    }

    private void answered(Answer answer) {
      if (gone) {
        answer.keyed.close();
        return;
      }
      channel.detach(circId);
      log.debug(
          "circ {}.{} by handshake {}, congestion control {}",
          channel.serial(),
          circId,
          create.type().code(),
          answer.flow instanceof FlowControl.CongestionControl);
      opened(channel, circId, answer.keyed, answer.flow, answer.created);
    }

    void refuse(DestroyReason reason) {
      if (!gone) {
        goAway();
        channel.send(circId, new Destroy(reason));
      }
    }

    private void goAway() {
      gone = true;
      onionSkins.cancel(this);
    }

    @Override
    public void onRelayCell(int command, byte[] cell, int bodyOffset) {
      refuse(DestroyReason.PROTOCOL);
    }

    @Override
    public void onMessage(ChannelMessage message) {
      if (message instanceof Destroy) {
        goAway();
      } else {
        refuse(DestroyReason.PROTOCOL);
      }
    }

    @Override
    public void onBatchEnd() {}

    @Override
    public void onChannelClosed(DestroyReason why) {
      goAway();
    }
  }

  // ---- what a circuit asks ----

  LoopContexts contexts() {
    return contexts;
  }

  CompletableFuture<Channel> connect(ExtendTarget target) {
    return channels.apply(target);
  }

  StreamAcceptor streams() {
    return streams;
  }

  ServicePoints servicePoints() {
    return servicePoints;
  }

  /**
   * A queue of a circuit is full, which ends the circuit.
   *
   * @param previous the channel of the circuit's previous hop
   * @param outbound whether it is the queue away from the origin
   */
  void tooManyCells(Channel previous, boolean outbound) {
    limits.counters().addDos(DosKind.CIRCUIT_KILLED_MAX_CELL);
    if (outbound) {
      limits.counters().addDos(DosKind.CIRCUIT_KILLED_MAX_CELL_OUTQ);
      if (previous.peer().isEmpty()) {
        limits.dos().ifPresent(d -> d.filledQueue(previous.remoteAddress()));
      }
    }
  }

  /** Counts the streams of a new circuit; null where nothing is counted. */
  DosDefences.@Nullable Streams streamCounter() {
    return limits.dos().map(DosDefences::newCircuit).orElse(null);
  }

  void closed() {
    open.decrementAndGet();
  }

  TrafficCounters traffic() {
    return limits.traffic();
  }

  CircuitPadding padding() {
    return settings.padding();
  }

  LoopScratch scratch(EventLoop loop) {
    return scratches.of(loop);
  }

  /**
   * Who an EXTEND2 wants to reach.
   *
   * @throws CircuitViolation when it may not
   */
  ExtendTarget extendTarget(Extend2 request, Channel previous) throws CircuitViolation {
    return settings
        .extend()
        .target(request, settings.ids(), previous.peer().orElse(null), previous.context().random());
  }
}
