package org.tunic.router.guard;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.Relay;
import org.tunic.router.guard.GuardSelection.Kind;
import org.tunic.router.guard.GuardUse.State;
import org.tunic.router.guard.GuardUse.Usable;
import org.tunic.router.path.PathSelector;

/**
 * The guards of a client.
 *
 * <p>An attacker who runs relays wants to be our first hop once; one who runs our network wants us
 * to go on until we come to his. So the first hop is not chosen for each circuit but from a small
 * sample that lasts ({@link GuardSelection}), and circuits use the first primary guard that can be
 * reached. Only when none can, circuits are built over lower guards, each over another one as long
 * as the outcome is open. Such a circuit waits when it is built: it is used when all primary guards
 * are known to be down and no circuit over a better guard is there or may soon be ({@link
 * #upgrade}). Whoever blocks our guards can make us walk down the sample, never beyond its limit.
 *
 * <p>A configuration that leaves only a few of all guards ({@link GuardSettings#filter}) has a
 * sample of its own. Both samples are kept; when a change of the configuration or the network makes
 * the other one apply, circuits built so far are to carry no further streams. Bridges would be a
 * third selection, drawn from the configuration instead of the consensus.
 *
 * <p>What outlives a restart is {@link #sample()}; whether a guard was reachable does not.
 *
 * <p>Bounds: {@value GuardParameters#SAMPLE_BOUND} guards in a sample, and an entry for each
 * circuit of the owner's.
 *
 * <p>Spec: guard-spec/algorithm, path-spec/guard-nodes. Threads: one at a time, its owner's. No
 * I/O.
 */
public final class GuardSet {
  private static final Logger log = LoggerFactory.getLogger(GuardSet.class);

  /** Below this many usable guards none is passed over for lacking documents: it might be all. */
  static final int MIN_GUARDS_TO_PASS_OVER = 10;

  private static final int PERCENT = 100;

  private final GuardSettings settings;
  private final RandomGenerator random;
  private final Map<Kind, GuardSelection> selections = new EnumMap<>(Kind.class);

  /** Circuits over guards, being built or built, until they are closed. */
  private final List<GuardUse> circuits = new ArrayList<>();

  private GuardSelection current;
  private GuardParameters parameters;
  private @Nullable PathSelector network;
  private @Nullable Instant lastOnline;
  private boolean warnedOfExtremeFilter;

  /**
   * @param version our name and version, for {@code sampled_by}; no blanks
   * @param saved the guards of the last run
   */
  public GuardSet(
      GuardSettings settings, String version, List<SampledGuard> saved, RandomGenerator random) {
    this.settings = settings;
    this.random = random;
    this.parameters = GuardParameters.of(ConsensusParameters.DEFAULTS, settings);
    for (Kind kind : Kind.values()) {
      selections.put(kind, new GuardSelection(kind, parameters, version, saved, random));
    }
    this.current = selection(Kind.DEFAULT);
  }

  private GuardSelection selection(Kind kind) {
    return Objects.requireNonNull(selections.get(kind), "the constructor made one for each");
  }

  /** Whether the guards in {@code selection} are kept here. */
  static boolean keeps(String selection) {
    for (Kind kind : Kind.values()) {
      if (kind.label.equals(selection)) {
        return true;
      }
    }
    return false;
  }

  // ---- a new view ----

  /**
   * Takes a new view: chooses the selection, notes who is listed, drops guards whose time is over,
   * fills up the sample and the primary guards.
   *
   * <p>A view far out of date only serves to find relays.
   *
   * @return whether another selection applies now: circuits over guards of the former one should
   *     carry no further streams
   */
  public boolean update(PathSelector selector, Instant now) {
    network = selector;
    parameters = GuardParameters.of(selector.view().params(), settings);
    Kind before = current.kind();
    if (selector.view().isReasonablyLive(now) && selector.view().dirInfo().enough()) {
      current = selection(applicable(selector, before));
    }
    current.update(selector, parameters, settings.filter(), now);
    if (before != current.kind()) {
      log.info(
          "Switching to guard context \"{}\" (was using \"{}\")",
          current.kind().label,
          before.label);
    }
    return before != current.kind();
  }

  /**
   * The restricted selection applies when the filter leaves less than a fifth of all guards; a
   * twentieth of that more or less is needed for a change, so that a network near the limit does
   * not make us go to and fro.
   */
  private Kind applicable(PathSelector selector, Kind before) {
    int all = selector.possibleGuards();
    int left = selector.possibleGuards(settings.filter());
    double threshold = all * parameters.meaningfulPercent() / (double) PERCENT;
    if (left < all * parameters.extremePercent() / PERCENT && !warnedOfExtremeFilter) {
      warnedOfExtremeFilter = true;
      log.warn(
          "Your configuration excludes {}% of all possible guards. That's likely to make you stand"
              + " out from the rest of the world.",
          (long) (all - left) * PERCENT / all);
    }
    if (left >= (int) (threshold * 1.05)) {
      return Kind.DEFAULT;
    }
    return left < (int) (threshold * 0.95) ? Kind.RESTRICTED : before;
  }

  // ---- choosing ----

  /**
   * Gives a guard for a circuit: a primary guard if one can be tried, or else the next of the
   * sample.
   *
   * @param allowed what the rest of the path allows
   * @return to be answered with {@link #succeeded}, {@link #failed} or {@link #closed}; empty if no
   *     guard can be tried now. Empty also as long as the microdescriptor of the guard in use is
   *     missing: no other guard is shown our traffic for that
   */
  public Optional<GuardUse> pick(Predicate<Relay> allowed, Instant now) {
    PathSelector selector = network;
    if (selector == null) {
      return Optional.empty();
    }
    if (!settings.used()) {
      return selector
          .chooseGuard(allowed.and(settings.filter()), random)
          .map(relay -> new GuardUse(relay, null, allowed, new State.Complete()));
    }
    Optional<GuardUse> use =
        use(current.pickPrimary(allowed, now), allowed, new State.UsableOnCompletion());
    if (use.isEmpty() && !current.isAwaited(allowed)) {
      use = use(current.pickLower(allowed, now), allowed, new State.UsableIfNoBetterGuard(now));
    }
    use.ifPresent(circuits::add);
    return use;
  }

  private Optional<GuardUse> use(Optional<Guard> guard, Predicate<Relay> allowed, State state) {
    return guard.flatMap(
        chosen -> current.find(chosen).map(relay -> new GuardUse(relay, chosen, allowed, state)));
  }

  /**
   * Gives a guard to ask for directory documents: any of the first few primary guards that can be
   * tried, so that fetching shows us to no other relay; further ones only when all of those are
   * down or lack what is asked for.
   *
   * @param avoid guards to be asked only if no other of the primary guards can be
   * @param lacking whether a guard is known to lack the microdescriptors asked for: then others are
   *     asked in its place, as long as there are enough guards left
   * @return to be answered with {@link #succeeded}, {@link #failed} or {@link #closed}; empty if
   *     there is none, or guards are not used
   */
  public Optional<GuardUse> pickDirectory(
      Predicate<Relay> avoid, Predicate<Relay> lacking, Instant now) {
    if (network == null || !settings.used()) {
      return Optional.empty();
    }
    Predicate<Relay> allowed =
        current.countUsable(_ -> true) < MIN_GUARDS_TO_PASS_OVER ? _ -> true : lacking.negate();
    Optional<GuardUse> primary =
        use(
            current.pickPrimaryDirectory(avoid, allowed, now),
            allowed,
            new State.UsableOnCompletion());
    return primary.isPresent() || current.isAwaited(allowed)
        ? primary
        : use(current.pickLower(allowed, now), allowed, new State.UsableIfNoBetterGuard(now));
  }

  // ---- what became of it ----

  /**
   * The circuit is built, or the directory answered.
   *
   * @return what to do with the circuit
   */
  public Usable succeeded(GuardUse use, Instant now) {
    Guard guard = use.guard;
    if (guard == null) {
      return Usable.NOW;
    }
    if (guard.removed) {
      closed(use);
      return Usable.NEVER;
    }
    Instant before = lastOnline;
    lastOnline = now;
    guard.succeeded();
    GuardSelection selection = selectionOf(guard);
    selection.confirm(guard, now);
    // Confirmation may have made it a primary guard, and then nothing better is to be waited for.
    boolean complete =
        !(use.state instanceof State.UsableIfNoBetterGuard) || selection.isPrimary(guard);
    if (complete) {
      use.complete();
    } else {
      use.state = new State.WaitingForBetterGuard(now);
    }
    boolean wasOffline =
        before == null || Duration.between(before, now).compareTo(parameters.likelyDown()) > 0;
    if (wasOffline && !selection.isPrimary(guard)) {
      selection.retryPrimaries();
    }
    return complete ? Usable.NOW : Usable.LATER;
  }

  private GuardSelection selectionOf(Guard guard) {
    for (GuardSelection selection : selections.values()) {
      if (selection.contains(guard)) {
        return selection;
      }
    }
    return current;
  }

  /**
   * Something came from the network by a way other than a new circuit. C tor notes this at every
   * cell; what streams and directories answer is enough to know that we are online.
   */
  public void online(Instant now) {
    lastOnline = now;
  }

  /** The circuit's first hop, or the directory, could not be reached or did not answer. */
  public void failed(GuardUse use, Instant now) {
    if (use.guard != null) {
      use.guard.failed(now);
    }
    closed(use);
  }

  /** The circuit is gone, or was not built for a reason that says nothing of the guard. */
  public void closed(GuardUse use) {
    if (use.guard != null && use.state instanceof State.UsableIfNoBetterGuard) {
      use.guard.pending = false;
    }
    use.state = new State.Dead();
    circuits.remove(use);
  }

  // ---- circuits that wait ----

  /**
   * Finds circuits that need not wait any longer: all primary guards are down, and no circuit over
   * a better guard blocks them.
   *
   * <p>A circuit over a better guard blocks if its guard is one that the waiting circuit's path
   * allows, and it is in use, waits itself, or has been in the making for no more than a few
   * seconds. C tor looks at the best waiting circuit alone; that leaves one over a lower guard
   * waiting which nothing blocks, when the best is blocked by a guard that the lower one's path
   * excludes.
   *
   * @return circuits to be used from now on
   */
  public List<GuardUse> upgrade(Instant now) {
    List<GuardUse> waiting = waiting();
    if (waiting.isEmpty() || !current.allPrimariesDown(now)) {
      return List.of();
    }
    List<GuardUse> upgraded = new ArrayList<>();
    for (GuardUse use : waiting) {
      if (circuits.stream().noneMatch(other -> blocks(other, use, now))) {
        use.complete();
        upgraded.add(use);
      }
    }
    return upgraded;
  }

  /** Those of the current selection, the best first. */
  private List<GuardUse> waiting() {
    return circuits.stream()
        .filter(use -> use.state instanceof State.WaitingForBetterGuard)
        .filter(use -> use.guard != null && current.contains(use.guard))
        .sorted(
            Comparator.comparingInt(
                use -> use.guard == null ? Integer.MAX_VALUE : use.guard.confirmedIndex()))
        .toList();
  }

  private boolean blocks(GuardUse other, GuardUse waiting, Instant now) {
    boolean ahead =
        switch (other.state) {
          case State.Complete _, State.WaitingForBetterGuard _ -> true;
          case State.UsableIfNoBetterGuard(Instant since) ->
              since.plus(parameters.connectTimeout()).isAfter(now);
          case State.UsableOnCompletion _, State.Dead _ -> false;
        };
    return ahead
        && other.guard != null
        && waiting.guard != null
        && current.contains(other.guard)
        && other.guard.isBefore(waiting.guard)
        && waiting.allowed.test(other.relay());
  }

  /** Circuits that waited for too long: to be closed. */
  public List<GuardUse> expire(Instant now) {
    List<GuardUse> expired =
        circuits.stream()
            .filter(
                use ->
                    use.state instanceof State.WaitingForBetterGuard(Instant since)
                        && since.plus(parameters.idleTimeout()).isBefore(now))
            .toList();
    expired.forEach(this::closed);
    return expired;
  }

  /** Whether a primary guard can be tried, so that waiting circuits cannot be used yet. */
  public boolean primaryMayWork(Instant now) {
    return !current.allPrimariesDown(now);
  }

  /**
   * Lets failing guards be tried again whose time has come.
   *
   * @return when to call this, {@link #upgrade} and {@link #expire} again at the latest; empty if
   *     nothing is due
   */
  public Optional<Instant> progress(Instant now) {
    Instant next = current.retryDue(now).orElse(Instant.MAX);
    for (GuardUse use : circuits) {
      Instant due =
          switch (use.state) {
            case State.WaitingForBetterGuard(Instant since) ->
                since.plus(parameters.idleTimeout()).plusSeconds(1);
            case State.UsableIfNoBetterGuard(Instant since) ->
                since.plus(parameters.connectTimeout());
            case State.UsableOnCompletion _, State.Complete _, State.Dead _ -> Instant.MAX;
          };
      if (due.isAfter(now) && due.isBefore(next)) {
        next = due;
      }
    }
    return next.equals(Instant.MAX) ? Optional.empty() : Optional.of(next);
  }

  // ---- what there is ----

  /** The samples to keep on disk, each in order, its indexes without gaps. */
  public List<SampledGuard> sample() {
    List<SampledGuard> guards = new ArrayList<>();
    selections.values().forEach(selection -> guards.addAll(selection.saved()));
    return guards;
  }

  /** Identities of the primary guards, the preferred one first. */
  public List<RsaIdentity> primaries() {
    return current.primary().stream().map(Guard::identity).toList();
  }

  /** Counts changes of {@link #sample()}: when it moved, there is something new to save. */
  public long changes() {
    return selections.values().stream().mapToLong(GuardSelection::changes).sum();
  }
}
