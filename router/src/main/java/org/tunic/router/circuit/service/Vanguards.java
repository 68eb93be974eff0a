package org.tunic.router.circuit.service;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.directory.view.Relay;
import org.tunic.router.circuit.CircuitFailedException;
import org.tunic.router.path.PathSelector;

/**
 * Which relays stand behind the guard in circuits for onion services.
 *
 * <pre>
 *                     second hop                       third hop
 * vanguards-lite      of 4, for days, in memory        -
 * full vanguards      of 4, for a month or two, saved  of 8, for hours, saved
 * HSLayer2Nodes       of the named relays
 * HSLayer3Nodes                                        of the named relays
 * none of it          any                              -
 * </pre>
 *
 * <p>Named relays come before kept ones, each for its own position. Nothing is let go for want of
 * relays: there is no path then, as in C tor. Families and subnets are not looked at; else who is
 * in our layers could be told from whom we avoid.
 *
 * <p>Spec: vanguards-spec, path-spec/hidden-service-related-circuits. Threads: guarded by this.
 */
public final class Vanguards {
  private static final Logger log = LoggerFactory.getLogger(Vanguards.class);

  private static final Duration WARN_EVERY = Duration.ofMinutes(5);

  /** Whether vanguards-lite is on. */
  public enum Lite {
    OFF,
    ON,
    /** As the consensus parameter {@code vanguards-lite-enabled} says; on without it. */
    CONSENSUS
  }

  /**
   * What a configuration wants.
   *
   * @param lite {@code VanguardsLiteEnabled}
   * @param full {@code FullVanguards}
   * @param second {@code HSLayer2Nodes} without what is excluded; null if it names none
   * @param third {@code HSLayer3Nodes} likewise
   */
  public record Rules(
      Lite lite,
      boolean full,
      @Nullable Predicate<Relay> second,
      @Nullable Predicate<Relay> third) {
    /** Vanguards-lite as the consensus has it. */
    public static final Rules DEFAULT = new Rules(Lite.CONSENSUS, false, null, null);
  }

  private final VanguardSet lite;
  private final VanguardSet fullSecond;
  private final VanguardSet fullThird;
  private final Consumer<List<Vanguard>> save;
  private final RandomGenerator random;
  private Rules rules;
  private Instant nextWarning = Instant.MIN;

  /**
   * @param saved the full vanguards of the last run
   * @param save gets the full vanguards whenever they are others; must not block
   * @param random must not be foreseeable: a {@code SecureRandom}
   */
  public Vanguards(
      Rules rules,
      List<Vanguard> saved,
      Consumer<List<Vanguard>> save,
      Instant now,
      RandomGenerator random) {
    this.rules = rules;
    this.save = save;
    this.random = random;
    lite = new VanguardSet(VanguardLayer.LITE, List.of(), now, random);
    fullSecond = new VanguardSet(VanguardLayer.SECOND, saved, now, random);
    fullThird = new VanguardSet(VanguardLayer.THIRD, saved, now, random);
  }

  /** The configuration is another one. */
  public synchronized void use(Rules next) {
    rules = next;
  }

  /** Whether the third hop is kept or named, and paths are longer for it. */
  synchronized boolean hasThird() {
    return isThird(rules);
  }

  private static boolean isThird(Rules rules) {
    return rules.full() || rules.third() != null;
  }

  /**
   * The hops that follow the guard: one or, with a third layer, two.
   *
   * @param taken guard and target, none of which is among them
   * @throws CircuitFailedException if nobody can stand at a position
   */
  synchronized List<Relay> choose(PathSelector network, List<RelayIds> taken, Instant now)
      throws CircuitFailedException {
    if (rules.full()) {
      boolean otherSecond = fullSecond.refill(network, now);
      boolean otherThird = fullThird.refill(network, now);
      if (otherSecond || otherThird) {
        save.accept(
            Stream.of(fullSecond, fullThird).flatMap(set -> set.members().stream()).toList());
      }
    }
    List<RelayIds> before = new ArrayList<>(taken);
    Relay second =
        second(network, ServiceCircuits.apart(before), now)
            .orElseThrow(() -> ServiceCircuits.noPath(2, "no second hop"));
    if (!isThird(rules)) {
      return List.of(second);
    }
    before.add(second.ids());
    Predicate<Relay> allowed = ServiceCircuits.apart(before);
    Predicate<Relay> named = rules.third();
    Relay third =
        (named != null ? named(network, named, allowed, 3, now) : fullThird.pick(network, allowed))
            .orElseThrow(() -> ServiceCircuits.noPath(3, "no third hop"));
    return List.of(second, third);
  }

  private Optional<Relay> second(PathSelector network, Predicate<Relay> allowed, Instant now) {
    Predicate<Relay> named = rules.second();
    if (named != null) {
      return named(network, named, allowed, 2, now);
    }
    if (rules.full()) {
      return fullSecond.pick(network, allowed);
    }
    if (!isLite(network)) {
      return network.chooseMiddle(allowed, random);
    }
    lite.refill(network, now);
    return lite.pick(network, allowed);
  }

  private Optional<Relay> named(
      PathSelector network,
      Predicate<Relay> named,
      Predicate<Relay> allowed,
      int hop,
      Instant now) {
    Optional<Relay> chosen = network.chooseNamed(named, allowed, random);
    if (chosen.isEmpty() && !now.isBefore(nextWarning)) {
      nextWarning = now.plus(WARN_EVERY);
      log.warn(
          "None of the relays of HSLayer{}Nodes can be used: there are no onion services", hop);
    }
    return chosen;
  }

  private boolean isLite(PathSelector network) {
    return switch (rules.lite()) {
      case OFF -> false;
      case ON -> true;
      case CONSENSUS -> network.view().params().get("vanguards-lite-enabled", 1, 0, 1) == 1;
    };
  }
}
