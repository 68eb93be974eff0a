package org.tunic.onion.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.handshake.hsntor.HsNtorClient;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.pow.PowSolution;
import org.tunic.crypto.relaycell.tor1.Tor1Keys;
import org.tunic.crypto.relaycell.tor1.Tor1OriginLayer;
import org.tunic.directory.doc.hsdescriptor.FlowControlOffer;
import org.tunic.directory.doc.hsdescriptor.HsIntroPoint;
import org.tunic.directory.doc.hsdescriptor.PowParameters;
import org.tunic.directory.protover.ProtocolVersions;
import org.tunic.directory.view.Relay;
import org.tunic.onion.OnionFailure;
import org.tunic.onion.OnionFailure.Reason;
import org.tunic.onion.client.Conversation.Answer;
import org.tunic.onion.client.FailedIntroductions.Failure;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.EstablishRendezvous;
import org.tunic.router.cell.ExtensionList;
import org.tunic.router.cell.Introduce1;
import org.tunic.router.cell.IntroduceAck;
import org.tunic.router.cell.IntroduceExtensions;
import org.tunic.router.cell.IntroduceMessage;
import org.tunic.router.cell.RelayCommand;
import org.tunic.router.cell.Rendezvous2;
import org.tunic.router.cell.RendezvousCookie;
import org.tunic.router.circuit.CircuitFailedException;
import org.tunic.router.circuit.HopSpec;
import org.tunic.router.circuit.OriginCircuit;
import org.tunic.router.circuit.padding.PaddingMachine;
import org.tunic.router.circuit.service.ServiceCircuits;
import org.tunic.router.circuit.service.ServicePurpose;
import org.tunic.router.congestion.FlowParameters;
import org.tunic.router.path.PathSelector;
import org.tunic.router.stream.FlowControl;

/**
 * One way to a service: asks for its descriptor, chooses where to meet, has itself introduced, and
 * meets. It reads top to bottom like the specification.
 *
 * <p>Spec: rend-spec/introduction-protocol, rend-spec/rendezvous-protocol. Threads: one virtual
 * thread (the meeting's).
 */
final class Meeting {
  private static final Logger log = LoggerFactory.getLogger(Meeting.class);

  private static final Duration LOOK_EVERY = Duration.ofMillis(250);

  /** Introduction points tried for one descriptor. */
  static final int MAX_INTRODUCTIONS = 6;

  /** The introduction may have been brought all the same: the rendezvous point is used up. */
  private static final Reason UNKNOWN = Reason.INTRODUCTION_TIMED_OUT;

  private final VisitWorld world;
  private final HsId service;

  /** Introductions that were acknowledged and not answered. */
  private int unanswered;

  Meeting(VisitWorld world, HsId service) {
    this.world = world;
    this.service = service;
  }

  /** A rendezvous point that waits for the service. */
  private record Rendezvous(Relay point, RendezvousCookie cookie, Conversation at) {
    boolean isGood() {
      return at.circuit().isOpen();
    }
  }

  /**
   * Meets the service.
   *
   * @return a circuit whose last hop is the service
   */
  OriginCircuit run() throws OnionFailure, InterruptedException {
    PathSelector network = awaitNetwork();
    if (!world.descriptors().mayBeFound(service, network.view())) {
      // At no cost: no circuit is built for a service that nobody has heard of.
      world.descriptors().get(service, network.view());
    }
    Places places = new Places();
    try {
      Descriptors.Found found = world.descriptors().get(service, network.view());
      try {
        return introduce(found, places);
      } catch (OnionFailure e) {
        if (isOurs(e.reason())) {
          throw e;
        }
        world.descriptors().forget(service, network.view());
        if (!found.kept()) {
          throw e;
        }
      }
      // What was kept may be of before a restart of the service.
      return introduce(world.descriptors().get(service, network.view()), places);
    } finally {
      places.close();
    }
  }

  /** An application may ask before the first directory documents are there, as with C tor. */
  private PathSelector awaitNetwork() throws OnionFailure, InterruptedException {
    long looks = world.patience().network().dividedBy(LOOK_EVERY);
    for (long i = 0; i < looks; i++) {
      CompletableFuture<Void> change = world.networkChange().get();
      Optional<PathSelector> network = world.circuits().network();
      if (network.isPresent()) {
        return network.get();
      }
      try {
        change.get(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException | ExecutionException e) {
        // The circuits may have the view a little later than we are told of it.
      }
    }
    throw new OnionFailure(Reason.NO_NETWORK);
  }

  // ---- the rendezvous point ----

  /** Rendezvous points, one after the other; the one that was met at stays open. */
  private final class Places implements AutoCloseable {
    /**
     * The first one: it does not depend on the descriptor, so both are looked for at once. Null
     * once it was taken.
     */
    private @Nullable CompletableFuture<Rendezvous> early;

    private @Nullable Rendezvous current;

    Places() {
      this.early = inBackground(Meeting.this::establish);
    }

    Rendezvous get() throws OnionFailure, InterruptedException {
      Rendezvous ready = current;
      if (ready != null && ready.isGood()) {
        return ready;
      }
      CompletableFuture<Rendezvous> first = early;
      early = null;
      ready = first != null ? await(first) : establish();
      current = ready;
      return ready;
    }

    /** An introduction was given up for which the service may still come there. */
    void leave() {
      if (current != null) {
        current.at.close();
        current = null;
      }
    }

    /** The service is there. */
    void keep() {
      current = null;
    }

    @Override
    public void close() {
      leave();
      if (early != null) {
        early.thenAccept(unused -> unused.at.close());
      }
    }
  }

  private Rendezvous establish() throws OnionFailure, InterruptedException {
    Relay point;
    Conversation at;
    try {
      ServiceCircuits.Reached reached =
          world.circuits().buildToAny(relay -> relay.proto().supports("HSRend", 2));
      point = reached.target();
      at = new Conversation(reached.circuit());
    } catch (CircuitFailedException e) {
      log.debug("no circuit to a rendezvous point: {}", e.getMessage());
      throw new OnionFailure(Reason.RENDEZVOUS_FAILED);
    }
    RendezvousCookie cookie = RendezvousCookie.generate(world.random());
    at.circuit().tell(new EstablishRendezvous(cookie));
    if (at.await(RelayCommand.RENDEZVOUS_ESTABLISHED, world.patience().answer())
        instanceof Answer.Message) {
      at.circuit().pad(PaddingMachine.RENDEZVOUS);
      return new Rendezvous(point, cookie, at);
    }
    at.close();
    throw new OnionFailure(Reason.RENDEZVOUS_FAILED);
  }

  // ---- the introduction ----

  private OriginCircuit introduce(Descriptors.Found found, Places places)
      throws OnionFailure, InterruptedException {
    List<HsIntroPoint> points = new ArrayList<>();
    Reason reason = Reason.INTRODUCTION_FAILED;
    for (HsIntroPoint point : found.content().introPoints()) {
      Optional<Reason> failed = world.failures().reason(service, point.keys().authKey());
      if (failed.isPresent()) {
        reason = failed.get();
      } else {
        points.add(point);
      }
    }
    Collections.shuffle(points, world.random());
    for (HsIntroPoint point : points.subList(0, Math.min(MAX_INTRODUCTIONS, points.size()))) {
      try {
        Rendezvous ready = places.get();
        introduce(point, found, ready);
        places.keep();
        return ready.at.circuit();
      } catch (OnionFailure e) {
        log.debug("an introduction failed: {}", e.reason());
        reason = e.reason();
        if (isOurs(reason)) {
          throw e;
        }
        if (reason != Reason.INTRODUCTION_FAILED) {
          places.leave();
        }
      }
    }
    throw new OnionFailure(reason);
  }

  /** Whether another introduction point would not help: the fault is on our side. */
  private static boolean isOurs(Reason reason) {
    return reason == Reason.NO_NETWORK || reason == Reason.TOO_MANY_VISITS;
  }

  private void introduce(HsIntroPoint point, Descriptors.Found found, Rendezvous ready)
      throws OnionFailure, InterruptedException {
    Optional<FlowControlOffer> congestion = congestionControl(found);
    try (HsNtorClient handshake =
        HsNtorClient.begin(point.keys(), found.subcredential(), world.random())) {
      Conversation intro = reach(point);
      try {
        PowSolution pow = solvePuzzle(found);
        intro.circuit().tell(message(point, ready, handshake, congestion.isPresent(), pow));
        intro.circuit().pad(PaddingMachine.INTRODUCTION);
        awaitAck(intro, point);
      } finally {
        intro.closePadded(world.dirtiness());
      }
      meet(ready, handshake, congestion);
    } catch (HandshakeFailedException | MalformedException e) {
      log.debug("an introduction came to nothing: {}", e.getMessage());
      throw failed(point, Failure.REFUSED, Reason.INTRODUCTION_FAILED);
    }
  }

  /** A circuit to an introduction point. */
  private Conversation reach(HsIntroPoint point) throws OnionFailure, InterruptedException {
    Optional<HopSpec> target =
        HopSpec.of(point.specifiers(), point.onionKey())
            .filter(hop -> world.allowPrivate() || !hop.isPrivate());
    if (target.isEmpty()) {
      throw failed(point, Failure.REFUSED, Reason.INTRODUCTION_FAILED);
    }
    try {
      return new Conversation(
          world.circuits().build(target.get(), ServicePurpose.VISITOR_INTRODUCTION));
    } catch (CircuitFailedException e) {
      log.debug("no circuit to an introduction point: {}", e.getMessage());
      // Neither our guard nor a slow path speaks against the point: C tor counts no time-outs here.
      if (e.hop() > 1 && !e.reason().equals(DestroyReason.TIMEOUT)) {
        throw failed(point, Failure.UNREACHABLE, Reason.INTRODUCTION_FAILED);
      }
      throw new OnionFailure(Reason.INTRODUCTION_FAILED);
    }
  }

  /** Notes that an introduction point failed. */
  private OnionFailure failed(HsIntroPoint point, Failure failure, Reason reason) {
    world.failures().note(service, point.keys().authKey(), failure);
    return new OnionFailure(reason);
  }

  private void awaitAck(Conversation intro, HsIntroPoint point)
      throws OnionFailure, InterruptedException, MalformedException {
    switch (intro.await(RelayCommand.INTRODUCE_ACK, world.patience().answer())) {
      case Answer.Message(Bytes body) -> {
        int status = IntroduceAck.decode(body.reader()).status();
        if (status != IntroduceAck.SUCCESS) {
          log.debug("an introduction point answered {}", status);
          throw failed(point, Failure.REFUSED, Reason.INTRODUCTION_FAILED);
        }
      }
      case Answer.Other _ -> throw failed(point, Failure.UNREACHABLE, UNKNOWN);
      case Answer.Nothing _ -> throw failed(point, Failure.TIMED_OUT, UNKNOWN);
    }
  }

  private Introduce1 message(
      HsIntroPoint point,
      Rendezvous ready,
      HsNtorClient handshake,
      boolean congestionControl,
      @Nullable PowSolution pow) {
    Bytes clear = Introduce1.clearPart(point.keys().authKey());
    Bytes inner =
        new IntroduceMessage(
                ready.cookie,
                IntroduceExtensions.of(congestionControl, pow),
                ready.point.ntor(),
                ready.point.linkSpecifiers())
            .encode(clear);
    return new Introduce1(
        point.keys().authKey(), ExtensionList.EMPTY, handshake.seal(clear, inner));
  }

  /** The offer that is taken, if both sides want congestion control. */
  private Optional<FlowControlOffer> congestionControl(Descriptors.Found found) {
    return found
        .content()
        .flowControl()
        .filter(
            offer ->
                world.flow().parameters().get().congestionControl()
                    && ProtocolVersions.of("FlowCtrl=" + offer.versions()).supports("FlowCtrl", 2));
  }

  /** A puzzle that is not solved in time would not be for the next introduction point either. */
  private @Nullable PowSolution solvePuzzle(Descriptors.Found found)
      throws OnionFailure, InterruptedException {
    PowParameters wanted = found.content().pow().orElse(null);
    if (wanted == null) {
      return null;
    }
    long effort = PuzzleSolvers.effort(wanted.suggestedEffort(), unanswered);
    if (effort == 0) {
      return null;
    }
    log.debug("a puzzle of effort {}", effort);
    CompletableFuture<PowSolution> solving =
        world.puzzles().solve(found.blinded(), wanted.seed(), effort);
    try {
      return solving.get(world.patience().puzzle().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | CancellationException e) {
      log.debug("a puzzle was not solved");
      throw new OnionFailure(Reason.TOO_MANY_VISITS);
    } finally {
      solving.cancel(false);
    }
  }

  private void meet(Rendezvous ready, HsNtorClient handshake, Optional<FlowControlOffer> congestion)
      throws OnionFailure, InterruptedException {
    if (!(ready.at.await(RelayCommand.RENDEZVOUS2, world.patience().service())
        instanceof Answer.Message(Bytes body))) {
      unanswered++;
      throw new OnionFailure(Reason.RENDEZVOUS_FAILED);
    }
    try (Tor1Keys keys = handshake.finish(Rendezvous2.decode(body.reader()).answer())) {
      FlowParameters parameters = world.flow().parameters().get();
      FlowControl control =
          congestion.isPresent()
              ? new FlowControl.CongestionControl(
                  congestion.get().sendmeIncrement(),
                  parameters.forOnionService(),
                  world.flow().counters())
              : new FlowControl.FixedWindows(parameters.windowCells());
      await(ready.at.circuit().meet(null, new Tor1OriginLayer(keys), control, null));
    } catch (HandshakeFailedException | MalformedException e) {
      log.debug("whoever came to the rendezvous point is not the service");
      throw new OnionFailure(Reason.RENDEZVOUS_FAILED);
    }
  }

  // ---- waiting ----

  private interface Step<T> {
    T run() throws OnionFailure, InterruptedException;
  }

  private static <T> CompletableFuture<T> inBackground(Step<T> step) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("rendezvous")
        .start(
            () -> {
              try {
                result.complete(step.run());
              } catch (OnionFailure | InterruptedException | RuntimeException e) {
                result.completeExceptionally(e);
              }
            });
    return result;
  }

  private static <T extends @Nullable Object> T await(CompletableFuture<T> future)
      throws OnionFailure, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof OnionFailure failure
          ? failure
          : new OnionFailure(Reason.RENDEZVOUS_FAILED);
    }
  }
}
