package org.tunic.daemon.wiring;

import java.net.Inet6Address;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.tunic.directory.view.Relay;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.circuit.HopSpec;
import org.tunic.router.circuit.OriginCircuits;
import org.tunic.router.path.PathSelector;

/**
 * Builds circuits that end where they began, so that a relay sees whether others reach it. They say
 * nothing about who uses the relay: as in C tor, their first hop is no guard of ours.
 *
 * <p>Spec: path-spec/when-we-build
 *
 * <p>Threads: any.
 *
 * @param network the network that hops are chosen in, without ourselves
 * @param us our OR port of a family, if there is one
 */
record CircuitsToUs(
    Supplier<Optional<PathSelector>> network,
    OriginCircuits circuits,
    Function<SelfTest.Family, Optional<HopSpec>> us,
    RandomGenerator random) {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /**
   * Builds one, and closes it.
   *
   * @return empty while the network is not known
   */
  Optional<CompletableFuture<?>> build(SelfTest.Family family) {
    PathSelector selector =
        network.get().filter(known -> known.view().dirInfo().enough()).orElse(null);
    HopSpec target = us.apply(family).orElse(null);
    if (selector == null || target == null) {
      return Optional.empty();
    }
    Predicate<Relay> extendsTo =
        family == SelfTest.Family.IPV4 ? _ -> true : CircuitsToUs::extendsOverIpv6;
    return selector
        .chooseMiddle(extendsTo, random)
        .flatMap(
            last ->
                selector
                    .chooseMiddle(first -> !first.ids().rsa().equals(last.ids().rsa()), random)
                    .map(first -> List.of(HopSpec.of(first), HopSpec.of(last), target)))
        .map(
            path ->
                circuits
                    .build(path, TIMEOUT)
                    .thenAccept(circuit -> circuit.close(DestroyReason.FINISHED)));
  }

  private static boolean extendsOverIpv6(Relay relay) {
    return relay.proto().supports("Relay", 3)
        && relay.orPorts().stream().anyMatch(port -> port.getAddress() instanceof Inet6Address);
  }
}
