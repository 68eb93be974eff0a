package org.tunic.onion.client;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.tunic.router.circuit.service.ServiceCircuits;
import org.tunic.router.congestion.FlowSettings;

/**
 * What visits work with.
 *
 * <p>Threads: immutable; its parts any.
 *
 * @param circuits builds their circuits
 * @param descriptors knows what services say of themselves
 * @param failures knows which introduction points failed lately
 * @param puzzles solves what they ask
 * @param networkChange done when there is another view of the network
 * @param patience how long others may take
 * @param dirtiness MaxCircuitDirtiness: how long a circuit without streams is kept
 * @param allowPrivate whether introduction points may have private addresses
 */
record VisitWorld(
    ServiceCircuits circuits,
    Descriptors descriptors,
    FailedIntroductions failures,
    PuzzleSolvers puzzles,
    FlowSettings flow,
    Supplier<CompletableFuture<Void>> networkChange,
    Patience patience,
    Duration dirtiness,
    boolean allowPrivate,
    SecureRandom random) {
  /**
   * How long others may take.
   *
   * @param network the directory, to tell enough of the network
   * @param answer a relay, to answer a message
   * @param service the service, to come to the rendezvous point
   * @param puzzle our own puzzle solvers
   * @param whole all of a meeting together, whoever waits for it
   */
  record Patience(
      Duration network, Duration answer, Duration service, Duration puzzle, Duration whole) {
    /** A service tries for C tor's MAX_REND_TIMEOUT to reach the rendezvous point. */
    static final Patience DEFAULT =
        new Patience(
            Duration.ofMinutes(1),
            Duration.ofSeconds(20),
            Duration.ofSeconds(30),
            Duration.ofMinutes(2),
            Duration.ofMinutes(5));
  }
}
