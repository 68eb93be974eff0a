package org.tunic.onion.host;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.handshake.hsntor.HsNtorService;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.pow.PowSolution;
import org.tunic.crypto.relaycell.tor1.Tor1OriginLayer;
import org.tunic.onion.host.HsCounters.MeetingError;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.Introduce2;
import org.tunic.router.cell.IntroduceExtensions;
import org.tunic.router.cell.IntroduceMessage;
import org.tunic.router.cell.Rendezvous1;
import org.tunic.router.circuit.CircuitFailedException;
import org.tunic.router.circuit.HopSpec;
import org.tunic.router.circuit.OriginCircuit;
import org.tunic.router.circuit.service.ServicePurpose;
import org.tunic.router.congestion.FlowParameters;
import org.tunic.router.congestion.FlowSettings;
import org.tunic.router.stream.FlowControl;
import org.tunic.router.stream.StreamAcceptor;

/**
 * An introduction that was sealed to us: where its client waits, and half of the handshake. It is
 * answered by meeting the client there.
 *
 * <p>Spec: rend-spec/introduction-protocol#INTRO2, rend-spec/rendezvous-protocol#JOIN_REND.
 * Threads: one virtual thread at a time.
 */
final class Introduction implements AutoCloseable {
  /**
   * Circuits built to one rendezvous point: C tor's {@code hs_service_max_rdv_failures} and one.
   */
  static final int MAX_CIRCUITS = 3;

  /**
   * How long the rendezvous point may take in all, so that those who never answer do not keep us
   * busy: C tor's {@code MAX_REND_TIMEOUT}.
   */
  static final Duration MAX_TIME = Duration.ofSeconds(30);

  private final HsNtorService handshake;
  private final IntroduceMessage message;
  private final HopSpec rendezvousPoint;

  private Introduction(HsNtorService handshake, IntroduceMessage message, HopSpec rendezvousPoint) {
    this.handshake = handshake;
    this.message = message;
    this.rendezvousPoint = rendezvousPoint;
  }

  /**
   * Opens an INTRODUCE2.
   *
   * @param authKey the key the introduction point was established with
   * @param encKey what clients seal to
   * @param subcredentials of the periods whose descriptors are up
   * @param allowPrivate whether the rendezvous point may have a private address
   * @return empty if it is not for us, malformed, tampered with or names no rendezvous point that
   *     we may go to
   */
  static Optional<Introduction> open(
      Introduce2 sealed,
      Ed25519Keypair authKey,
      NtorOnionKeypair encKey,
      List<Subcredential> subcredentials,
      boolean allowPrivate) {
    if (!sealed.authKey().equals(authKey.identity())) {
      return Optional.empty();
    }
    HsNtorService opened;
    try {
      opened =
          HsNtorService.open(
              authKey.identity(), encKey, subcredentials, sealed.clearPart(), sealed.encrypted());
    } catch (HandshakeFailedException e) {
      return Optional.empty();
    }
    Optional<Introduction> read = read(opened, allowPrivate);
    if (read.isEmpty()) {
      opened.close();
    }
    return read;
  }

  private static Optional<Introduction> read(HsNtorService opened, boolean allowPrivate) {
    try {
      IntroduceMessage message = IntroduceMessage.decode(opened.message().reader());
      return HopSpec.of(message.rendezvousPoint(), message.onionKey())
          .filter(hop -> allowPrivate || !hop.isPrivate())
          .map(hop -> new Introduction(opened, message, hop));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  IntroduceMessage message() {
    return message;
  }

  /**
   * The proof of work that came with it.
   *
   * @throws MalformedException if it cannot be read: the introduction is dropped then
   */
  Optional<PowSolution> proofOfWork() throws MalformedException {
    return IntroduceExtensions.proofOfWork(message.extensions());
  }

  /**
   * Meets the client, and closes this object.
   *
   * @param world its clock tells when {@link #MAX_TIME} is over, from now on
   * @param counters told what goes wrong, and how long it takes
   * @param streams makes the acceptor for the client's streams on the circuit
   * @return the circuit whose last hop is the client
   * @throws CircuitFailedException if the rendezvous point could not be reached
   */
  OriginCircuit meet(
      ServiceWorld world,
      HsCounters counters,
      ServicePurpose purpose,
      Function<OriginCircuit, StreamAcceptor> streams)
      throws CircuitFailedException, InterruptedException {
    try (this) {
      Reached reached = reach(world, counters, purpose);
      OriginCircuit circuit = reached.circuit();
      try (HsNtorService.Answer answer = handshake.answer(world.random())) {
        circuit
            .meet(
                Rendezvous1.padded(message.cookie(), answer.handshakeInfo(), world.random()),
                new Tor1OriginLayer(answer.keys()),
                flowControl(world.flow()),
                streams.apply(circuit))
            .get();
        counters.rendezvousBuilt(Duration.between(reached.launched(), world.clock().instant()));
        return circuit;
      } catch (ExecutionException | HandshakeFailedException e) {
        counters.meetingFailed(
            e instanceof HandshakeFailedException
                ? MeetingError.E2E_CIRC
                : MeetingError.RENDEZVOUS1);
        circuit.close(DestroyReason.FINISHED);
        throw new CircuitFailedException(1, DestroyReason.NONE, "no meeting: " + e.getMessage());
      }
    }
  }

  /** A circuit to the rendezvous point, and when its building began. */
  private record Reached(OriginCircuit circuit, Instant launched) {}

  private Reached reach(ServiceWorld world, HsCounters counters, ServicePurpose purpose)
      throws CircuitFailedException, InterruptedException {
    Instant deadline = world.clock().instant().plus(MAX_TIME);
    for (int i = 1; ; i++) {
      Instant launched = world.clock().instant();
      try {
        return new Reached(
            world.circuits().build(rendezvousPoint, purpose, Duration.between(launched, deadline)),
            launched);
      } catch (CircuitFailedException e) {
        counters.meetingFailed(MeetingError.RP_CONN_FAILURE);
        if (i == MAX_CIRCUITS || !world.clock().instant().isBefore(deadline)) {
          throw e;
        }
        // Another path may do better; C tor goes the long way too if the direct one fails.
        purpose = ServicePurpose.SERVICE_RENDEZVOUS;
      }
    }
  }

  private FlowControl flowControl(FlowSettings flow) {
    FlowParameters parameters = flow.parameters().get();
    return parameters.congestionControl()
            && IntroduceExtensions.wantsCongestionControl(message.extensions())
        ? new FlowControl.CongestionControl(
            parameters.incrementCells(), parameters.forOnionService(), flow.counters())
        : new FlowControl.FixedWindows(parameters.windowCells());
  }

  /** Wipes the handshake's secret. */
  @Override
  public void close() {
    handshake.close();
  }
}
