package org.tunic.router.circuit;

import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.handshake.KeySeed;
import org.tunic.crypto.handshake.createfast.CreateFastClient;
import org.tunic.crypto.handshake.ntor.NtorClient;
import org.tunic.crypto.handshake.ntor3.NtorV3Client;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.relaycell.tor1.Tor1Keys;
import org.tunic.crypto.relaycell.tor1.Tor1OriginLayer;
import org.tunic.crypto.secret.SecretBytes;
import org.tunic.router.cell.ChannelMessage;
import org.tunic.router.cell.Create2;
import org.tunic.router.cell.CreateFast;
import org.tunic.router.cell.Created2;
import org.tunic.router.cell.CreatedFast;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.Extend2;
import org.tunic.router.cell.HandshakeType;
import org.tunic.router.channel.Channel;
import org.tunic.router.channel.ExtendTarget;
import org.tunic.router.circuit.padding.CircuitPadding;
import org.tunic.router.circuit.padding.PaddingMachine;
import org.tunic.router.congestion.FlowParameters;
import org.tunic.router.congestion.FlowSettings;
import org.tunic.router.stream.FlowControl;

/**
 * Builds circuits of our own. Each building is one plain conversation on a virtual thread of its
 * own: open the channel, create, extend, extend.
 *
 * <p>Spec: tor-spec/create-created-cells. Threads: any.
 */
public final class OriginCircuits {
  private static final Logger log = LoggerFactory.getLogger(OriginCircuits.class);

  private final Function<ExtendTarget, CompletableFuture<Channel>> channels;
  private final LoopScratches scratches;
  private final FlowSettings flow;
  private final SecureRandom secureRandom;
  private final Consumer<CircuitEvent> events;
  private final CircuitPadding padding;
  private final AtomicLong lastId = new AtomicLong();

  /**
   * @param channels an open channel to a relay, new or not; fails with {@link
   *     org.tunic.router.channel.ConnectException}
   * @param flow what the consensus says of flow control
   * @param events told what happens to each circuit; called on event loops, must not block
   * @param padding what holds for padding on circuits
   */
  public OriginCircuits(
      Function<ExtendTarget, CompletableFuture<Channel>> channels,
      LoopScratches scratches,
      FlowSettings flow,
      SecureRandom secureRandom,
      Consumer<CircuitEvent> events,
      CircuitPadding padding) {
    this.channels = channels;
    this.scratches = scratches;
    this.flow = flow;
    this.secureRandom = secureRandom;
    this.events = events;
    this.padding = padding;
  }

  /** Builds a circuit to an exit; otherwise as {@link #build(List, Use, Duration)}. */
  public CompletableFuture<OriginCircuit> build(List<HopSpec> path, Duration timeout) {
    return build(path, Use.EXIT, timeout);
  }

  /** What streams a circuit is for. */
  public enum Use {
    /** Streams that end at its last hop, by congestion control if that can. */
    EXIT,
    /** An onion service: its last hop is a directory, introduction point or rendezvous point. */
    ONION_SERVICE
  }

  /**
   * Builds a circuit through the given relays, the guard first.
   *
   * @param path at least one hop; each learns only its neighbours
   * @param timeout for reaching the first hop, and again for all handshakes from then on
   * @return the open circuit; fails with {@link CircuitFailedException}
   */
  public CompletableFuture<OriginCircuit> build(List<HopSpec> path, Use use, Duration timeout) {
    return start(path.getFirst(), path.size(), timeout, b -> b.path(path, use, _ -> {}));
  }

  /**
   * Builds a circuit like {@link #build(List, Duration)} and tells how far it is.
   *
   * @param hops told 0 when the first handshake begins, then after each hop how many there are;
   *     called by the circuit's thread, must not block
   */
  public CompletableFuture<OriginCircuit> build(
      List<HopSpec> path, Duration timeout, IntConsumer hops) {
    return start(path.getFirst(), path.size(), timeout, b -> b.path(path, Use.EXIT, hops));
  }

  /**
   * Builds a one-hop circuit with CREATE_FAST, for directory requests before the onion key is
   * known.
   *
   * @return the open circuit; fails with {@link CircuitFailedException}
   */
  public CompletableFuture<OriginCircuit> buildOneHop(ExtendTarget target, Duration timeout) {
    CompletableFuture<OriginCircuit> result = new CompletableFuture<>();
    launch(result, target, 1, timeout, Building::fast);
    return result;
  }

  private CompletableFuture<OriginCircuit> start(
      HopSpec first, int hops, Duration timeout, Steps steps) {
    CompletableFuture<OriginCircuit> result = new CompletableFuture<>();
    launch(result, new ExtendTarget(first.ids(), first.addresses()), hops, timeout, steps);
    return result;
  }

  private interface Steps {
    void run(Building building)
        throws CircuitFailedException, HandshakeFailedException, InterruptedException;
  }

  private void launch(
      CompletableFuture<OriginCircuit> result,
      ExtendTarget first,
      int hops,
      Duration timeout,
      Steps steps) {
    long id = lastId.incrementAndGet();
    events.accept(new CircuitEvent.Launched(id, hops));
    Thread.ofVirtual()
        .name("circ " + id)
        .start(
            () -> {
              Building building = new Building(id, timeout);
              try {
                building.open(first);
                steps.run(building);
                result.complete(building.finish());
              } catch (HandshakeFailedException e) {
                building.abandon(DestroyReason.PROTOCOL);
                result.completeExceptionally(
                    new CircuitFailedException(
                        building.hop, DestroyReason.PROTOCOL, "handshake failed"));
              } catch (CircuitFailedException e) {
                building.abandon(e.reason());
                result.completeExceptionally(e);
              } catch (InterruptedException e) {
                building.abandon(DestroyReason.REQUESTED);
                result.completeExceptionally(
                    new CircuitFailedException(
                        building.hop, DestroyReason.REQUESTED, "interrupted"));
              } catch (RuntimeException | Error e) {
                building.abandon(DestroyReason.INTERNAL);
                result.completeExceptionally(e);
              }
            });
  }

  /** One circuit being built. Threads: one virtual thread (the circuit's). */
  private final class Building {
    private final long id;
    private final Duration timeout;
    private CompletableFuture<Void> deadline;
    private final FlowParameters parameters = flow.parameters().get();
    private @Nullable OriginCircuit circuit;

    /** The hop now being added: 1 is the first. */
    private int hop = 1;

    /** Whether the second hop has machines for circuits. */
    private boolean secondPads;

    Building(long id, Duration timeout) {
      this.id = id;
      this.timeout = timeout;
      this.deadline = newDeadline();
    }

    private CompletableFuture<Void> newDeadline() {
      return new CompletableFuture<Void>().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    void open(ExtendTarget first) throws CircuitFailedException, InterruptedException {
      Channel channel = await(channels.apply(first), DestroyReason.CONNECTFAILED);
      deadline.complete(null);
      deadline = newDeadline();
      circuit = new OriginCircuit(id, channel, events, scratches.of(channel.loop()), padding);
    }

    private OriginCircuit circuit() {
      return Objects.requireNonNull(circuit, "open() comes first");
    }

    void fast() throws CircuitFailedException, HandshakeFailedException, InterruptedException {
      try (CreateFastClient pending = CreateFastClient.begin(secureRandom)) {
        ChannelMessage reply = create(new CreateFast(pending.onionSkin()));
        if (!(reply instanceof CreatedFast created)) {
          throw new CircuitFailedException(
              1, DestroyReason.PROTOCOL, "wrong answer to CREATE_FAST");
        }
        try (KeySeed seed =
                pending.finish(Bytes.concat(created.y(), created.derivativeKeyData()).toArray());
            Tor1Keys keys = seed.tor1Keys()) {
          addHop(seed, keys, new FlowControl.FixedWindows(parameters.windowCells()));
        }
      }
    }

    void path(List<HopSpec> path, Use use, IntConsumer hops)
        throws CircuitFailedException, HandshakeFailedException, InterruptedException {
      if (path.size() > 1) {
        Channel first = circuit().channel();
        first.loop().execute(first::carriesFullCircuit);
      }
      hops.accept(0);
      for (HopSpec next : path) {
        boolean streamsEnd = use == Use.EXIT && hop == path.size();
        Negotiation.Choice choice = Negotiation.choose(next, streamsEnd, parameters);
        switch (choice) {
          case NTOR -> ntor(next);
          case NTOR_V3, NTOR_V3_CONGESTION_CONTROL -> ntorV3(next, choice);
        }
        hops.accept(hop);
        hop++;
      }
      secondPads =
          path.size() > 2
              && path.get(1).protocols().supports("Padding", PaddingMachine.SUBPROTOCOL_VERSION);
    }

    private void ntor(HopSpec next)
        throws CircuitFailedException, HandshakeFailedException, InterruptedException {
      try (NtorClient pending = NtorClient.begin(next.ids().rsa(), next.onionKey(), secureRandom)) {
        byte[] reply = shakeHands(next, HandshakeType.NTOR, pending.onionSkin());
        try (KeySeed seed = pending.finish(reply);
            Tor1Keys keys = seed.tor1Keys()) {
          addHop(seed, keys, new FlowControl.FixedWindows(parameters.windowCells()));
        }
      }
    }

    private void ntorV3(HopSpec next, Negotiation.Choice choice)
        throws CircuitFailedException, HandshakeFailedException, InterruptedException {
      Ed25519Identity identity = Objects.requireNonNull(next.ids().ed25519(), "see choose()");
      try (NtorV3Client pending =
          NtorV3Client.begin(
              identity,
              next.onionKey(),
              Negotiation.request(choice),
              Negotiation.CIRCUIT_EXTEND,
              secureRandom)) {
        byte[] reply = shakeHands(next, HandshakeType.NTOR_V3, pending.onionSkin());
        try (NtorV3Client.Result result = pending.finish(reply)) {
          FlowControl agreed =
              Negotiation.agreed(choice, result.message(), parameters, flow.counters());
          log.debug(
              "circ {} hop {} by ntor v3, congestion control {}",
              id,
              hop,
              agreed instanceof FlowControl.CongestionControl);
          try (Tor1Keys keys = result.keySeed().tor1Keys()) {
            addHop(result.keySeed(), keys, agreed);
          }
        }
      }
    }

    /** Sends CREATE2 or EXTEND2 and waits for the handshake data of the answer. */
    private byte[] shakeHands(HopSpec next, HandshakeType type, Bytes onionSkin)
        throws CircuitFailedException, InterruptedException {
      ChannelMessage reply =
          hop == 1
              ? create(new Create2(type, onionSkin))
              : extend(new Extend2(next.linkSpecifiers(), type, onionSkin));
      if (!(reply instanceof Created2 created)) {
        throw new CircuitFailedException(hop, DestroyReason.PROTOCOL, "wrong answer to CREATE2");
      }
      return created.handshakeData().toArray();
    }

    private ChannelMessage create(ChannelMessage message)
        throws CircuitFailedException, InterruptedException {
      CompletableFuture<ChannelMessage> answer = new CompletableFuture<>();
      OriginCircuit target = circuit();
      target.channel().loop().execute(() -> target.create(message, answer));
      return await(answer, DestroyReason.TIMEOUT);
    }

    private ChannelMessage extend(Extend2 message)
        throws CircuitFailedException, InterruptedException {
      CompletableFuture<ChannelMessage> answer = new CompletableFuture<>();
      OriginCircuit target = circuit();
      target.channel().loop().execute(() -> target.extend(message, answer));
      return await(answer, DestroyReason.TIMEOUT);
    }

    private void addHop(KeySeed seed, Tor1Keys keys, FlowControl agreed) {
      Tor1OriginLayer layer = new Tor1OriginLayer(keys);
      SecretBytes binding = seed.circuitBinding().copy();
      OriginCircuit target = circuit();
      target.channel().loop().execute(() -> target.addHop(layer, binding, agreed));
    }

    OriginCircuit finish() {
      OriginCircuit target = circuit();
      boolean pads = secondPads;
      target.channel().loop().execute(() -> target.built(pads));
      return target;
    }

    void abandon(DestroyReason reason) {
      OriginCircuit target = circuit;
      if (target == null) {
        events.accept(new CircuitEvent.Failed(id, hop, reason));
      } else {
        target.close(reason);
      }
    }

    private <T> T await(CompletableFuture<T> answer, DestroyReason onFailure)
        throws CircuitFailedException, InterruptedException {
      try {
        CompletableFuture.anyOf(answer, deadline).get();
        return answer.get();
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case CircuitFailedException failed -> throw failed;
          case TimeoutException _ ->
              throw new CircuitFailedException(hop, DestroyReason.TIMEOUT, "timed out");
          case null, default ->
              throw new CircuitFailedException(hop, onFailure, String.valueOf(e.getCause()));
        }
      }
    }
  }

  /** Runs {@code task} on the loop and completes with its result. Threads: any. */
  static <T> CompletableFuture<T> onLoop(EventLoop loop, Callable<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Runnable run =
        () -> {
          try {
            result.complete(task.call());
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        };
    if (loop.inEventLoop()) {
      run.run();
    } else {
      loop.execute(run);
    }
    return result;
  }
}
