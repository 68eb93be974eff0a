package org.tunic.router.circuit.service;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.Relay;
import org.tunic.router.path.PathSelector;

/**
 * The relays of one position in circuits for onion services, kept for hours or days.
 *
 * <p>Whoever can make us build circuits at will, by visiting our service or luring us to theirs,
 * sooner or later has a relay of their own beside the guard, and so learns the guard. With a few
 * relays there that last they have to wait, or to run one of them.
 *
 * <p>A member leaves when its time is over and, as in C tor, when a consensus does not list it as
 * Fast and Stable any more, or the configuration does not want it; that is looked at once for each
 * consensus or configuration, so that a network without such relays has a set too.
 *
 * <p>Spec: vanguards-spec/path-construction. Threads: guarded by its {@link Vanguards}.
 */
final class VanguardSet {
  /** A saved time further away is of a clock that was wrong: no layer lasts as long. */
  private static final Duration LONGEST = Duration.ofDays(61);

  private final VanguardLayer layer;
  private final RandomGenerator random;
  private final List<Vanguard> members = new ArrayList<>();
  private @Nullable PathSelector judged;

  /**
   * @param saved the members of the last run
   * @param random must not be foreseeable: a {@code SecureRandom}
   */
  VanguardSet(VanguardLayer layer, List<Vanguard> saved, Instant now, RandomGenerator random) {
    this.layer = layer;
    this.random = random;
    saved.stream()
        .filter(member -> member.hop() == layer.hop())
        .filter(member -> member.expires().isBefore(now.plus(LONGEST)))
        .filter(member -> !holds(member))
        .limit(VanguardLayer.MAX_NUMBER)
        .forEach(members::add);
  }

  /**
   * Lets members go that have to, and draws others.
   *
   * @return whether the set is another one now
   */
  @SuppressWarnings("ReferenceEquality") // this very selector, so that each is judged once
  boolean refill(PathSelector network, Instant now) {
    List<Vanguard> before = List.copyOf(members);
    members.removeIf(member -> !now.isBefore(member.expires()));
    if (network != judged) {
      judged = network;
      members.removeIf(member -> find(network, member).filter(VanguardSet::fits).isEmpty());
    }
    ConsensusParameters params = network.view().params();
    int number = layer.number(params);
    while (members.size() < number) {
      Optional<Relay> drawn = network.chooseMiddle(relay -> !holds(relay), random);
      if (drawn.isEmpty()) {
        break;
      }
      members.add(
          new Vanguard(
              layer.hop(),
              drawn.get().ids().rsa(),
              now.plus(layer.lifetime(params, random)).truncatedTo(ChronoUnit.SECONDS)));
    }
    return !members.equals(before);
  }

  /**
   * One of the set, each with the same probability, that {@code allowed} accepts.
   *
   * @return empty if there is none
   */
  Optional<Relay> pick(PathSelector network, Predicate<Relay> allowed) {
    List<Relay> fitting =
        members.stream().flatMap(member -> find(network, member).stream()).filter(allowed).toList();
    return fitting.isEmpty()
        ? Optional.empty()
        : Optional.of(fitting.get(random.nextInt(fitting.size())));
  }

  /** The members, to be saved. */
  List<Vanguard> members() {
    return List.copyOf(members);
  }

  private static Optional<Relay> find(PathSelector network, Vanguard member) {
    return network
        .view()
        .byRsa(member.identity())
        .filter(relay -> network.isPossibleMiddle(relay.ids().rsa()));
  }

  private static boolean fits(Relay relay) {
    return relay.has(RelayFlag.FAST) && relay.has(RelayFlag.STABLE);
  }

  private boolean holds(Relay relay) {
    return members.stream().anyMatch(member -> member.identity().equals(relay.ids().rsa()));
  }

  private boolean holds(Vanguard other) {
    return members.stream().anyMatch(member -> member.identity().equals(other.identity()));
  }
}
