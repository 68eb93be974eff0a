package org.tunic.onion.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.handshake.hsntor.HsNtorClient;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.pow.PowSolution;
import org.tunic.crypto.pow.PowSolver;
import org.tunic.directory.doc.hsdescriptor.HsIntroPoint;
import org.tunic.directory.doc.hsdescriptor.PowParameters;
import org.tunic.directory.view.Relay;
import org.tunic.onion.OnionFailure;
import org.tunic.onion.OnionNetwork;
import org.tunic.router.cell.ExtensionList;
import org.tunic.router.cell.Introduce1;
import org.tunic.router.cell.IntroduceExtensions;
import org.tunic.router.cell.IntroduceMessage;
import org.tunic.router.cell.RelayCommand;
import org.tunic.router.cell.RendezvousCookie;
import org.tunic.router.circuit.CircuitFailedException;
import org.tunic.router.circuit.HopSpec;
import org.tunic.router.circuit.service.ServicePurpose;

/**
 * Introduces itself to a service so many times a second, each time by a circuit of its own, to be
 * met at a relay that keeps the service waiting.
 *
 * <p>Threads: any; introductions on virtual threads.
 */
public final class Flooder implements AutoCloseable {
  private static final int MAX_UNDER_WAY = 256;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final OnionNetwork.Node node;
  private final OnionNetwork network;
  private final HsId service;
  private final Relay silent;
  private final long effort;
  private final Descriptors descriptors;
  private final AtomicInteger delivered = new AtomicInteger();
  private final Thread thread;
  private volatile boolean closed;

  /**
   * Begins.
   *
   * @param silent where the service is to wait
   * @param effort what each introduction proves
   */
  public Flooder(
      OnionNetwork network,
      OnionNetwork.Node node,
      HsId service,
      Relay silent,
      long effort,
      int perSecond) {
    this.network = network;
    this.node = node;
    this.service = service;
    this.silent = silent;
    this.effort = effort;
    this.descriptors = descriptors(network, node);
    this.thread = Thread.ofVirtual().start(() -> run(perSecond));
  }

  private static Descriptors descriptors(OnionNetwork network, OnionNetwork.Node node) {
    return new Descriptors(
        network.directories(), _ -> Optional.empty(), () -> 31, false, network.clock, node.random);
  }

  /** What a descriptor says of proof of work to whoever asks now for the first time. */
  public static Optional<PowParameters> puzzle(
      OnionNetwork network, OnionNetwork.Node node, HsId service) throws Exception {
    return descriptors(network, node).get(service, network.view()).content().pow();
  }

  /** Introductions that were acknowledged. */
  public int delivered() {
    return delivered.get();
  }

  private void run(int perSecond) {
    Semaphore underWay = new Semaphore(MAX_UNDER_WAY);
    long pauseNanos = 1_000_000_000L / perSecond;
    long next = System.nanoTime();
    while (!closed) {
      next += pauseNanos;
      if (underWay.tryAcquire()) {
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    introduce();
                  } finally {
                    underWay.release();
                  }
                });
      }
      LockSupport.parkNanos(Math.max(0, next - System.nanoTime()));
    }
  }

  private void introduce() {
    Conversation circuit = null;
    try {
      Descriptors.Found found = descriptors.get(service, network.view());
      List<HsIntroPoint> points = found.content().introPoints();
      HsIntroPoint point = points.get(node.random.nextInt(points.size()));
      HopSpec hop = HopSpec.of(point.specifiers(), point.onionKey()).orElseThrow();
      circuit = new Conversation(node.circuits.build(hop, ServicePurpose.VISITOR_INTRODUCTION));
      circuit.circuit().tell(message(found, point));
      if (circuit.await(RelayCommand.INTRODUCE_ACK, PATIENCE)
          instanceof Conversation.Answer.Message) {
        delivered.incrementAndGet();
      }
    } catch (OnionFailure | CircuitFailedException | HandshakeFailedException e) {
      // another one follows
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (circuit != null) {
        circuit.close();
      }
    }
  }

  private Introduce1 message(Descriptors.Found found, HsIntroPoint point)
      throws HandshakeFailedException {
    Bytes clear = Introduce1.clearPart(point.keys().authKey());
    Bytes inner =
        new IntroduceMessage(
                RendezvousCookie.generate(node.random),
                IntroduceExtensions.of(true, solve(found)),
                silent.ntor(),
                silent.linkSpecifiers())
            .encode(clear);
    try (HsNtorClient handshake =
        HsNtorClient.begin(point.keys(), found.subcredential(), node.random)) {
      return new Introduce1(
          point.keys().authKey(), ExtensionList.EMPTY, handshake.seal(clear, inner));
    }
  }

  private @Nullable PowSolution solve(Descriptors.Found found) {
    PowParameters puzzle = found.content().pow().orElse(null);
    return puzzle == null || effort == 0
        ? null
        : new PowSolver()
            .solve(found.blinded(), puzzle.seed(), effort, node.random, () -> true)
            .orElseThrow();
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
