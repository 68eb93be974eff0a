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
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.handshake.KeySeed;
import org.tunic.crypto.handshake.createfast.CreateFastClient;
import org.tunic.crypto.handshake.ntor.NtorClient;
import org.tunic.crypto.relaycell.tor1.Tor1Keys;
import org.tunic.crypto.relaycell.tor1.Tor1OriginLayer;
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

/**
 * Builds circuits of our own. Each building is one plain conversation on a virtual thread of its
 * own: open the channel, create, extend, extend.
 *
 * <p>Spec: tor-spec/create-created-cells. Threads: any.
 */
public final class OriginCircuits {
  private final Function<ExtendTarget, CompletableFuture<Channel>> channels;
  private final LoopScratches scratches;
  private final IntSupplier windowCells;
  private final SecureRandom secureRandom;
  private final Consumer<CircuitEvent> events;
  private final AtomicLong lastId = new AtomicLong();

  /**
   * @param channels an open channel to a relay, new or not; fails with {@link
   *     org.tunic.router.channel.ConnectException}
   * @param windowCells consensus parameter {@code circwindow}, 100–1000
   * @param events told what happens to each circuit; called on event loops, must not block
   */
  public OriginCircuits(
      Function<ExtendTarget, CompletableFuture<Channel>> channels,
      LoopScratches scratches,
      IntSupplier windowCells,
      SecureRandom secureRandom,
      Consumer<CircuitEvent> events) {
    this.channels = channels;
    this.scratches = scratches;
    this.windowCells = windowCells;
    this.secureRandom = secureRandom;
    this.events = events;
  }

  /**
   * Builds a circuit through the given relays, the guard first.
   *
   * @param path at least one hop; each learns only its neighbours
   * @param timeout for the whole of it
   * @return the open circuit; fails with {@link CircuitFailedException}
   */
  public CompletableFuture<OriginCircuit> build(List<HopSpec> path, Duration timeout) {
    return start(path.getFirst(), path.size(), timeout, b -> b.ntorPath(path));
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
    private final CompletableFuture<Void> deadline;
    private @Nullable OriginCircuit circuit;

    /** The hop now being added: 1 is the first. */
    private int hop = 1;

    Building(long id, Duration timeout) {
      this.id = id;
      this.deadline =
          new CompletableFuture<Void>().orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    void open(ExtendTarget first) throws CircuitFailedException, InterruptedException {
      Channel channel = await(channels.apply(first), DestroyReason.CONNECTFAILED);
      circuit =
          new OriginCircuit(
              id, channel, events, scratches.of(channel.loop()), windowCells.getAsInt());
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
          addHop(keys);
        }
      }
    }

    void ntorPath(List<HopSpec> path)
        throws CircuitFailedException, HandshakeFailedException, InterruptedException {
      for (HopSpec next : path) {
        try (NtorClient pending =
            NtorClient.begin(next.ids().rsa(), next.onionKey(), secureRandom)) {
          ChannelMessage reply =
              hop == 1
                  ? create(new Create2(HandshakeType.NTOR, pending.onionSkin()))
                  : extend(
                      new Extend2(next.linkSpecifiers(), HandshakeType.NTOR, pending.onionSkin()));
          if (!(reply instanceof Created2 created)) {
            throw new CircuitFailedException(
                hop, DestroyReason.PROTOCOL, "wrong answer to CREATE2");
          }
          try (KeySeed seed = pending.finish(created.handshakeData().toArray());
              Tor1Keys keys = seed.tor1Keys()) {
            addHop(keys);
          }
        }
        hop++;
      }
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

    private void addHop(Tor1Keys keys) {
      Tor1OriginLayer layer = new Tor1OriginLayer(keys);
      OriginCircuit target = circuit();
      target.channel().loop().execute(() -> target.addHop(layer));
    }

    OriginCircuit finish() {
      OriginCircuit target = circuit();
      target.channel().loop().execute(target::built);
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
