package org.tunic.router.path;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.view.BandwidthWeights.Position;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.router.path.PathChoice.Chosen;
import org.tunic.router.path.PathChoice.Impossible;

/**
 * Chooses the relays of circuits from one network view.
 *
 * <p>The exit comes first, because what it must let through binds most; then the guard, which must
 * not be the exit or related to it; then the middle, which must be related to neither. Each choice
 * is weighted by bandwidth and position. What a choice needs is computed here once: for each
 * position and each quality of relay a table to draw from in constant time ({@link Candidates}),
 * for exits one for each port too ({@link ExitTables}), and the subnets ({@link Relations}).
 * Filtering all relays at each choice, as C tor does, would cost as much at every circuit as the
 * tables cost at every consensus.
 *
 * <p>When no relay is Fast (and Stable, where that is asked for) and fits, these flags are let go;
 * nothing else is.
 *
 * <p>Spec: path-spec/path-selection-constraints, path-spec/general-operation. Threads: any, because
 * the tables of exits are guarded and all else is immutable.
 */
public final class PathSelector {
  /** What is asked of every relay of a path beyond being usable at all. */
  private enum Quality {
    FAST_STABLE,
    FAST,
    ANY;

    boolean holds(Relay relay) {
      return switch (this) {
        case FAST_STABLE -> relay.has(RelayFlag.FAST) && relay.has(RelayFlag.STABLE);
        case FAST -> relay.has(RelayFlag.FAST);
        case ANY -> true;
      };
    }
  }

  /** The subprotocol of EXTEND2 and ntor: {@code Relay=2}. */
  private static final int RELAY_NTOR = 2;

  private static final int NOT_LISTED = -1;

  /** Named relays are drawn uniformly up to this number, as in C tor: its MAX_SANE_RESTRICTED. */
  private static final int FEW = 20;

  private final NetworkView view;
  private final List<Relay> relays;
  private final Relations relations;
  private final NodeChoices nodes;

  /** Our own relay, or {@link #NOT_LISTED}. */
  private final int self;

  private final Candidates guards;
  private final Map<Quality, Candidates> middles = new EnumMap<>(Quality.class);
  private final Map<Quality, ExitTables> exits = new EnumMap<>(Quality.class);

  /** Computes the tables: O(relays), once for each view. */
  public PathSelector(NetworkView view, PathRules rules) {
    this.view = view;
    this.relays = view.relays();
    RsaIdentity ourselves = rules.self();
    this.self = ourselves == null ? NOT_LISTED : view.indexOf(ourselves).orElse(NOT_LISTED);
    this.nodes = rules.nodes();
    this.relations = new Relations(view, rules.distinctSubnets(), nodes.families());
    this.guards = candidates(Position.GUARD, PathSelector::mayBeGuard, Candidates::new);
    Predicate<Relay> mayBeExit = nodes.exits().and(PathSelector::mayBeExit);
    for (Quality quality : Quality.values()) {
      Quality ofMiddle = nodes.middlesNamed() ? Quality.ANY : quality;
      middles.put(
          quality,
          candidates(Position.MIDDLE, nodes.middles().and(ofMiddle::holds), Candidates::new));
      exits.put(
          quality,
          candidates(
              Position.EXIT,
              mayBeExit.and(quality::holds),
              (members, weights) -> new ExitTables(relays, members, weights)));
    }
  }

  private <T> T candidates(
      Position position, Predicate<Relay> fits, BiFunction<int[], double[], T> table) {
    int[] members = new int[relays.size()];
    double[] weights = new double[relays.size()];
    int count = 0;
    for (int i = 0; i < relays.size(); i++) {
      Relay relay = relays.get(i);
      if (i != self && isUsable(relay) && fits.test(relay)) {
        members[count] = i;
        weights[count++] = weight(relay, position);
      }
    }
    return table.apply(Arrays.copyOf(members, count), Arrays.copyOf(weights, count));
  }

  private double weight(Relay relay, Position position) {
    boolean exit = relay.has(RelayFlag.EXIT) && !relay.has(RelayFlag.BAD_EXIT);
    return relay.weight()
        * view.weights()
            .factor(position, relay.has(RelayFlag.GUARD), exit, relay.has(RelayFlag.V2DIR));
  }

  /** Whether a circuit can be extended to the relay at all. */
  private static boolean isUsable(Relay relay) {
    return relay.has(RelayFlag.RUNNING)
        && relay.has(RelayFlag.VALID)
        && (relay.proto().isEmpty() || relay.proto().supports("Relay", RELAY_NTOR));
  }

  /** Whether the flags make the relay one of the GUARDS of guard-spec. */
  private static boolean mayBeGuard(Relay relay) {
    return relay.has(RelayFlag.GUARD)
        && relay.has(RelayFlag.STABLE)
        && relay.has(RelayFlag.FAST)
        && relay.has(RelayFlag.V2DIR);
  }

  /**
   * Whether anything may leave the network at the relay. The Exit flag is not asked for: it says
   * that many ports are open, and only moves the weight, as in C tor.
   */
  private static boolean mayBeExit(Relay relay) {
    return !relay.has(RelayFlag.BAD_EXIT)
        && !(relay.policy().isRejectAll() && relay.policy6().isRejectAll());
  }

  /** The view that choices are made from. */
  public NetworkView view() {
    return view;
  }

  /** Whether the relay is listed, usable, flagged as a guard and not ourselves. */
  public boolean isPossibleGuard(RsaIdentity identity) {
    OptionalInt index = view.indexOf(identity);
    return index.isPresent()
        && index.getAsInt() != self
        && isUsable(relays.get(index.getAsInt()))
        && mayBeGuard(relays.get(index.getAsInt()));
  }

  /** How many relays {@link #isPossibleGuard} is true of. */
  public int possibleGuards() {
    return guards.size();
  }

  /** How many possible guards {@code allowed} accepts; looks at all. */
  public int possibleGuards(Predicate<Relay> allowed) {
    return guards.count(i -> allowed.test(relays.get(i)));
  }

  /** A possible guard by guard weight among those that {@code allowed} accepts. */
  public Optional<Relay> chooseGuard(Predicate<Relay> allowed, RandomGenerator random) {
    int guard = guards.choose(i -> allowed.test(relays.get(i)), random);
    return guard == Candidates.NOBODY ? Optional.empty() : Optional.of(relays.get(guard));
  }

  /**
   * A relay by middle weight among those that {@code allowed} accepts, Fast and Stable if there is
   * one: an introduction or rendezvous point, or what stands before it.
   */
  public Optional<Relay> chooseMiddle(Predicate<Relay> allowed, RandomGenerator random) {
    IntPredicate wanted = i -> allowed.test(relays.get(i));
    int middle = of(middles, Quality.FAST_STABLE).choose(wanted, random);
    if (middle == Candidates.NOBODY) {
      middle = of(middles, Quality.ANY).choose(wanted, random);
    }
    return middle == Candidates.NOBODY ? Optional.empty() : Optional.of(relays.get(middle));
  }

  /** Whether the relay is listed, usable, wanted in the middle and not ourselves. */
  public boolean isPossibleMiddle(RsaIdentity identity) {
    OptionalInt index = view.indexOf(identity);
    return index.isPresent()
        && index.getAsInt() != self
        && isUsable(relays.get(index.getAsInt()))
        && nodes.middles().test(relays.get(index.getAsInt()));
  }

  /**
   * One of the relays that a configuration names for a position: with the same probability each if
   * they are at most {@value #FEW}, else by bandwidth. No flag is asked for; looks at all relays.
   *
   * @param named those that may be used for the position
   * @param allowed what the rest of the path allows
   */
  public Optional<Relay> chooseNamed(
      Predicate<Relay> named, Predicate<Relay> allowed, RandomGenerator random) {
    int[] members = new int[relays.size()];
    int count = 0;
    for (int i = 0; i < members.length; i++) {
      Relay relay = relays.get(i);
      if (i != self && isUsable(relay) && named.test(relay) && allowed.test(relay)) {
        members[count++] = i;
      }
    }
    if (count == 0) {
      return Optional.empty();
    }
    int[] fitting = Arrays.copyOf(members, count);
    double[] weights =
        Arrays.stream(fitting)
            .mapToDouble(i -> fitting.length > FEW ? relays.get(i).weight() : 1)
            .toArray();
    int chosen = new Candidates(fitting, weights).chooseExactly(_ -> true, random);
    return Optional.of(relays.get(chosen));
  }

  /** Whether the summary of the relay's exit policy lets through what is needed. */
  public static boolean allows(Relay exit, ExitNeed need) {
    if (need.equals(ExitNeed.LOOKUP)) {
      return !(exit.policy().isRejectAll() && exit.policy6().isRejectAll());
    }
    return (need.ipv6() ? exit.policy6() : exit.policy()).allows(need.port());
  }

  /** Whether any exit would do for {@code need}. */
  public boolean anyExit(ExitNeed need) {
    return of(exits, Quality.ANY).of(need).size() > 0;
  }

  /**
   * Chooses a path of three hops.
   *
   * @param need what the exit must let through
   * @param exitAllowed further says which exits this choice may use
   * @param entry gives the first hop
   * @return the path, or the first position that nobody can fill
   */
  public PathChoice choose(
      ExitNeed need, Predicate<Relay> exitAllowed, EntryPicker entry, RandomGenerator random) {
    Quality quality = need.stable() ? Quality.FAST_STABLE : Quality.FAST;
    IntPredicate wanted = i -> exitAllowed.test(relays.get(i));
    int exit = of(exits, quality).of(need).choose(wanted, random);
    if (exit == Candidates.NOBODY) {
      exit = of(exits, Quality.ANY).of(need).choose(wanted, random);
    }
    if (exit == Candidates.NOBODY) {
      return new Impossible(Position.EXIT);
    }
    int last = exit;
    Optional<Relay> entryRelay = entry.pick(relay -> isUnrelated(relay, last));
    int guard = entryRelay.map(relay -> indexOf(relay)).orElse(NOT_LISTED);
    if (guard == NOT_LISTED) {
      return new Impossible(Position.GUARD);
    }
    IntPredicate apart =
        i ->
            !relations.related(i, last)
                && !relations.related(i, guard)
                && (self == NOT_LISTED || !relations.related(i, self));
    int middle = of(middles, quality).choose(apart, random);
    if (middle == Candidates.NOBODY) {
      middle = of(middles, Quality.ANY).choose(apart, random);
    }
    return middle == Candidates.NOBODY
        ? new Impossible(Position.MIDDLE)
        : new Chosen(new Path(relays.get(guard), relays.get(middle), relays.get(last)));
  }

  /** The constructor made one for each quality. */
  private static <T> T of(Map<Quality, T> tables, Quality quality) {
    return Objects.requireNonNull(tables.get(quality));
  }

  private boolean isUnrelated(Relay relay, int other) {
    int index = indexOf(relay);
    return index != NOT_LISTED && !relations.related(index, other);
  }

  private int indexOf(Relay relay) {
    return view.indexOf(relay.ids().rsa()).orElse(NOT_LISTED);
  }
}
