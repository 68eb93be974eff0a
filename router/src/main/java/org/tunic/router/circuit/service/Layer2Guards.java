package org.tunic.router.circuit.service;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.router.path.PathSelector;

/**
 * The second hops of circuits for onion services, kept for days: vanguards-lite.
 *
 * <p>Whoever can make us build circuits at will, by visiting our service or luring us to theirs,
 * sooner or later has a relay of their own beside the guard, and so learns the guard. With four
 * second hops that last between one and twelve days each they have to wait, or to run one of the
 * four. The set is not kept over a restart, as in C tor.
 *
 * <p>A member leaves when its time is over and, as in C tor, when a consensus does not list it as
 * Fast and Stable any more; that is looked at once for each consensus, so that a network without
 * such relays has a set too.
 *
 * <p>Spec: vanguards-spec/vanguards-lite. Threads: guarded by this.
 */
public final class Layer2Guards {
  private static final int DEFAULT_NUMBER = 4;
  private static final int MAX_NUMBER = 19;
  private static final int DAY_SECONDS = 24 * 3600;

  private record Member(RsaIdentity identity, Instant expires) {}

  private final RandomGenerator random;
  private final List<Member> members = new ArrayList<>();
  private @Nullable NetworkView judged;

  /**
   * An empty set.
   *
   * @param random must not be foreseeable: a {@code SecureRandom}
   */
  public Layer2Guards(RandomGenerator random) {
    this.random = random;
  }

  /**
   * One of the set, each with the same probability, that {@code allowed} accepts.
   *
   * @return empty if there is none
   */
  synchronized Optional<Relay> pick(PathSelector network, Predicate<Relay> allowed, Instant now) {
    refill(network, now);
    List<Relay> fitting =
        members.stream()
            .flatMap(member -> network.view().byRsa(member.identity).stream())
            .filter(allowed)
            .toList();
    return fitting.isEmpty()
        ? Optional.empty()
        : Optional.of(fitting.get(random.nextInt(fitting.size())));
  }

  @SuppressWarnings("ReferenceEquality") // this very view, so that each is judged once
  private void refill(PathSelector network, Instant now) {
    NetworkView view = network.view();
    members.removeIf(member -> !now.isBefore(member.expires));
    if (view != judged) {
      judged = view;
      members.removeIf(member -> view.byRsa(member.identity).filter(Layer2Guards::fits).isEmpty());
    }
    ConsensusParameters params = view.params();
    int number = params.get("guard-hs-l2-number", DEFAULT_NUMBER, 1, MAX_NUMBER);
    int least = params.get("guard-hs-l2-lifetime-min", DAY_SECONDS, 1, Integer.MAX_VALUE);
    int most =
        Math.max(
            least, params.get("guard-hs-l2-lifetime-max", 12 * DAY_SECONDS, 1, Integer.MAX_VALUE));
    while (members.size() < number) {
      Optional<Relay> drawn = network.chooseMiddle(relay -> !holds(relay), random);
      if (drawn.isEmpty()) {
        return;
      }
      Duration lifetime = Duration.ofSeconds(random.nextLong(least, most + 1L));
      members.add(new Member(drawn.get().ids().rsa(), now.plus(lifetime)));
    }
  }

  private static boolean fits(Relay relay) {
    return relay.has(RelayFlag.FAST) && relay.has(RelayFlag.STABLE);
  }

  private boolean holds(Relay relay) {
    return members.stream().anyMatch(member -> member.identity.equals(relay.ids().rsa()));
  }
}
