package org.tunic.onion.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.crypto.pow.PowSeed;
import org.tunic.crypto.pow.PowSolution;
import org.tunic.crypto.pow.PowV1;
import org.tunic.directory.doc.hsdescriptor.PowParameters;
import org.tunic.onion.OnionFailure;
import org.tunic.onion.OnionFailure.Reason;
import org.tunic.onion.OnionNetwork;
import org.tunic.router.cell.IntroduceExtensions;
import org.tunic.router.cell.Rendezvous1;
import org.tunic.router.cell.RendezvousCookie;
import org.tunic.router.circuit.OriginCircuit;

/** A visitor and services that are not what they seem. */
@Timeout(120)
final class MeetingTest {
  private final OnionNetwork network = new OnionNetwork();
  private final OnionNetwork.Node host = network.node(1);
  private final OnionNetwork.Node visitor = network.node(2);
  private final FailedIntroductions failures = new FailedIntroductions(network.clock);
  private final PuzzleSolvers puzzles = new PuzzleSolvers(visitor.random);

  @AfterEach
  void close() {
    puzzles.close();
    network.close();
  }

  private OriginCircuit visit(FakeService service, boolean allowPrivate) throws Exception {
    VisitWorld world =
        new VisitWorld(
            visitor.circuits,
            new Descriptors(
                network.directories(),
                _ -> Optional.empty(),
                () -> 31,
                false,
                network.clock,
                visitor.random),
            failures,
            puzzles,
            network.network.flow,
            CompletableFuture::new,
            new VisitWorld.Patience(
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                Duration.ofSeconds(4),
                Duration.ofMinutes(1),
                Duration.ofMinutes(5)),
            OnionNetwork.DIRTINESS,
            allowPrivate,
            visitor.random);
    return new Meeting(world, service.id).run();
  }

  private void assertFails(Reason reason, FakeService service, boolean allowPrivate) {
    assertEquals(
        reason, assertThrows(OnionFailure.class, () -> visit(service, allowPrivate)).reason());
  }

  @Test
  void run_rightAnswer_meets() throws Exception {
    FakeService service =
        new FakeService(
            network,
            host,
            (message, answer) -> Rendezvous1.padded(message.cookie(), answer, host.random),
            null);
    assertTrue(visit(service, true).isOpen());
  }

  @Test
  void run_answerOfAnotherHandshake_isNoMeeting() throws Exception {
    FakeService service =
        new FakeService(
            network,
            host,
            (message, answer) -> {
              byte[] bad = answer.toArray();
              bad[40] ^= 1;
              return Rendezvous1.padded(message.cookie(), Bytes.copyOf(bad), host.random);
            },
            null);
    assertFails(Reason.RENDEZVOUS_FAILED, service, true);
  }

  @Test
  void run_wrongRendezvousCookie_isNoMeeting() throws Exception {
    FakeService service =
        new FakeService(
            network,
            host,
            (_, answer) ->
                Rendezvous1.padded(RendezvousCookie.generate(host.random), answer, host.random),
            null);
    assertFails(Reason.RENDEZVOUS_FAILED, service, true);
    assertTrue(service.introduced.isDone());
  }

  /** The rendezvous point and its cookie are used up: it is no failure of the introduction. */
  @Test
  void run_answerThatIsTooShort_isNoMeeting() throws Exception {
    FakeService service =
        new FakeService(
            network,
            host,
            (message, answer) -> new Rendezvous1(message.cookie(), answer.slice(0, 63)),
            null);
    assertFails(Reason.RENDEZVOUS_FAILED, service, true);
  }

  /** Another introduction point would ask for the same puzzle. */
  @Test
  void run_puzzleIsNotSolved_endsTheVisit() throws Exception {
    FakeService service =
        new FakeService(
            network,
            host,
            (message, answer) -> Rendezvous1.padded(message.cookie(), answer, host.random),
            new PowParameters(
                PowSeed.generate(host.random), 4, network.clock.instant().plusSeconds(3600)));
    puzzles.close();
    assertFails(Reason.TOO_MANY_VISITS, service, true);
  }

  /** The introduction points of this network are on loopback. */
  @Test
  void run_introductionPointInAPrivateNetwork_isNotGoneTo() throws Exception {
    FakeService service =
        new FakeService(
            network,
            host,
            (message, answer) -> Rendezvous1.padded(message.cookie(), answer, host.random),
            null);
    assertFails(Reason.INTRODUCTION_FAILED, service, false);
  }

  /** It says at once that it knows no such service, and is believed for a while. */
  @Test
  void run_introductionPointThatRefused_isLeftAloneForTwoMinutes() throws Exception {
    FakeService service =
        new FakeService(
            network,
            host,
            (message, answer) -> Rendezvous1.padded(message.cookie(), answer, host.random),
            null);
    service.leave();
    assertFails(Reason.INTRODUCTION_FAILED, service, true);
    service.establish();
    assertFails(Reason.INTRODUCTION_FAILED, service, true);
    assertFalse(service.introduced.isDone());
    network.clock.advance(FailedIntroductions.KEPT);
    assertTrue(visit(service, true).isOpen());
  }

  @Test
  void run_serviceSuggestsEffort_proofOfWorkComesAlong() throws Exception {
    PowSeed seed = PowSeed.generate(host.random);
    FakeService service =
        new FakeService(
            network,
            host,
            (message, answer) -> Rendezvous1.padded(message.cookie(), answer, host.random),
            new PowParameters(seed, 4, network.clock.instant().plusSeconds(3600)));
    assertTrue(visit(service, true).isOpen());
    PowSolution solution =
        IntroduceExtensions.proofOfWork(service.introduced.get(1, TimeUnit.SECONDS).extensions())
            .orElseThrow();
    assertEquals(4, solution.effort());
    HsBlindedId blinded = network.stored.keySet().iterator().next();
    assertTrue(PowV1.verify(solution, blinded, seed));
  }
}
