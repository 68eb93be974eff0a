package org.tunic.router.guard;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.view.Relay;
import org.tunic.router.guard.Reachability.Failing;
import org.tunic.router.guard.SampledGuard.Confirmed;
import org.tunic.router.path.PathSelector;

/**
 * One guard selection: a sample, and within it the filtered, usable, confirmed and primary guards.
 *
 * <p>A sample of some twenty guards is drawn by guard weight, in order, and lasts for months; it
 * grows only when too few of it are usable, never beyond its limit. A guard that was used is
 * confirmed and comes before those that never were. The first few filtered guards in that order are
 * primary, whether they can be reached or not: a guard that fails is left alone for a while ({@link
 * RetrySchedule}), but keeps its place.
 *
 * <p>Spec: guard-spec/algorithm, path-spec/guard-nodes. Threads: one at a time, the guard set's
 * owner. No I/O.
 */
final class GuardSelection {
  /** The rule by which guards are drawn; the name stands in the state file. */
  enum Kind {
    /** From all guards; the filter decides which of the sample may be used. */
    DEFAULT("default"),
    /**
     * From the guards the filter lets through: a configuration that leaves few would else find none
     * of them in the sample.
     */
    RESTRICTED("restricted");

    final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  /** Dates on disk are moved back by up to this share of a lifetime, so that they tell less. */
  private static final int BLUR_LIFETIME_SHARE = 10;

  private static final int BLUR_UNLISTED_SHARE = 5;

  private static final Comparator<Guard> BY_SAMPLE =
      Comparator.comparingInt(guard -> guard.saved.sampledIndex());

  private final Kind kind;
  private final String version;
  private final RandomGenerator random;

  /** In the order of the sample. */
  private final List<Guard> sample = new ArrayList<>();

  /** In the order of preference, at most {@link GuardParameters#primaries}. */
  private List<Guard> primary = new ArrayList<>();

  private @Nullable PathSelector network;
  private GuardParameters parameters;
  private Predicate<Relay> filter = _ -> true;

  /** Guards of the view that the sample is drawn from. */
  private int eligible;

  private long changes;

  /**
   * @param version our name and version, for {@code sampled_by}; no blanks
   * @param saved the guards of the last run, of any selection
   */
  GuardSelection(
      Kind kind,
      GuardParameters parameters,
      String version,
      List<SampledGuard> saved,
      RandomGenerator random) {
    this.kind = kind;
    this.parameters = parameters;
    this.version = version;
    this.random = random;
    Set<RsaIdentity> seen = new HashSet<>();
    for (SampledGuard guard : saved) {
      if (guard.selection().equals(kind.label)
          && sample.size() < GuardParameters.SAMPLE_BOUND
          && seen.add(guard.identity())) {
        sample.add(new Guard(guard));
      }
    }
    sample.sort(BY_SAMPLE);
  }

  // ---- a new view ----

  /** Notes who is listed and allowed, drops guards whose time is over, chooses the primary ones. */
  void update(
      PathSelector selector,
      GuardParameters newParameters,
      Predicate<Relay> newFilter,
      Instant now) {
    network = selector;
    parameters = newParameters;
    filter = newFilter;
    eligible =
        switch (kind) {
          case DEFAULT -> selector.possibleGuards();
          case RESTRICTED -> selector.possibleGuards(newFilter);
        };
    if (selector.view().isReasonablyLive(now)) {
      noteListed(selector, now);
      removeExpired(now);
    }
    for (Guard guard : sample) {
      guard.filtered = passes(selector, guard);
    }
    numberConfirmed();
    choosePrimary(now);
  }

  private void noteListed(PathSelector selector, Instant now) {
    for (Guard guard : sample) {
      boolean listed = selector.isPossibleGuard(guard.identity());
      if (listed && !guard.saved.listed()) {
        guard.saved = guard.saved.withUnlistedSince(null);
        changes++;
      } else if (!listed && guard.saved.listed() && !isAwaited(selector, guard)) {
        guard.saved =
            guard.saved.withUnlistedSince(
                blur(now, parameters.removeUnlistedAfter().dividedBy(BLUR_UNLISTED_SHARE)));
        changes++;
      }
    }
  }

  /** Whether the consensus lists the guard and only its microdescriptor is missing. */
  private static boolean isAwaited(PathSelector selector, Guard guard) {
    RsaIdentity identity = guard.identity();
    return selector.view().lists(identity) && selector.view().byRsa(identity).isEmpty();
  }

  /**
   * A guard whose microdescriptor has yet to come stays what it was: nothing is known against it.
   */
  private boolean passes(PathSelector selector, Guard guard) {
    return guard.saved.listed()
        && (isAwaited(selector, guard) ? guard.filtered : find(guard).filter(filter).isPresent());
  }

  private void removeExpired(Instant now) {
    for (Guard guard : List.copyOf(sample)) {
      if (isExpired(guard.saved, now)) {
        guard.removed = true;
        sample.remove(guard);
        primary.remove(guard);
        changes++;
      }
    }
  }

  private boolean isExpired(SampledGuard guard, Instant now) {
    Instant unlisted = guard.unlistedSince();
    if (unlisted != null && unlisted.isBefore(now.minus(parameters.removeUnlistedAfter()))) {
      return true;
    }
    Confirmed confirmed = guard.confirmed();
    return confirmed == null
        ? guard.sampledOn().isBefore(now.minus(parameters.lifetime()))
        : confirmed.on().isBefore(now.minus(parameters.confirmedLifetime()));
  }

  /** Closes the gaps that removed guards left in the order of confirmation. */
  private void numberConfirmed() {
    List<Guard> order =
        sample.stream()
            .filter(Guard::confirmed)
            .sorted(Comparator.comparingInt(Guard::confirmedIndex))
            .toList();
    for (int index = 0; index < order.size(); index++) {
      Guard guard = order.get(index);
      Confirmed confirmed = guard.saved.confirmed();
      if (confirmed != null && confirmed.index() != index) {
        guard.saved = guard.saved.withConfirmed(new Confirmed(confirmed.on(), index));
        changes++;
      }
    }
  }

  /** Confirmed guards first, then the primary guards there were, then the rest of the sample. */
  private void choosePrimary(Instant now) {
    List<Guard> chosen = new ArrayList<>();
    fill(chosen, sample.stream().filter(Guard::confirmed).toList(), guard -> guard.filtered);
    fill(chosen, primary, guard -> guard.filtered);
    if (chosen.size() < parameters.primaries()) {
      expandIfFewUsable(_ -> true, now);
      fill(chosen, sample, Guard::usable);
    }
    chosen.sort(BY_SAMPLE);
    chosen.forEach(guard -> guard.pending = false);
    primary = chosen;
  }

  private void fill(List<Guard> chosen, List<Guard> from, Predicate<Guard> fits) {
    for (Guard guard : from) {
      if (chosen.size() >= parameters.primaries()) {
        return;
      }
      if (fits.test(guard) && !chosen.contains(guard)) {
        chosen.add(guard);
      }
    }
  }

  // ---- the sample ----

  private void expandIfFewUsable(Predicate<Relay> allowed, Instant now) {
    retryDue(now);
    long enough = parameters.minFilteredSample();
    PathSelector selector = network;
    if (selector != null && countUsable(allowed) < enough) {
      expand(selector, now);
    }
  }

  /** How many guards are usable and {@code allowed}; those whose microdescriptor is missing are. */
  long countUsable(Predicate<Relay> allowed) {
    return sample.stream()
        .filter(Guard::usable)
        .filter(guard -> find(guard).map(allowed::test).orElse(true))
        .count();
  }

  /**
   * Adds guards until enough of the sample are usable, within the limit of the sample.
   *
   * <p>As long as the view is too small to build circuits with, none is sampled: the choice would
   * be among those whose microdescriptors happened to come first.
   */
  private void expand(PathSelector selector, Instant now) {
    if (!selector.view().isReasonablyLive(now) || !selector.view().dirInfo().enough()) {
      return;
    }
    Set<RsaIdentity> sampled = new HashSet<>();
    sample.forEach(guard -> sampled.add(guard.identity()));
    Predicate<Relay> fresh = relay -> !sampled.contains(relay.ids().rsa());
    Predicate<Relay> drawn = kind == Kind.RESTRICTED ? fresh.and(filter) : fresh;
    int limit = parameters.sampleLimit(eligible);
    long usable = countUsable(_ -> true);
    while (usable < parameters.minFilteredSample() && sample.size() < limit) {
      Optional<Relay> added = selector.chooseGuard(drawn, random);
      if (added.isEmpty()) {
        return;
      }
      sampled.add(added.get().ids().rsa());
      Guard guard = new Guard(newlySampled(added.get(), now));
      guard.filtered = filter.test(added.get());
      sample.add(guard);
      if (guard.usable()) {
        usable++;
      }
      changes++;
    }
  }

  private SampledGuard newlySampled(Relay relay, Instant now) {
    int last = sample.isEmpty() ? -1 : sample.getLast().saved.sampledIndex();
    return new SampledGuard(
        kind.label,
        relay.ids().rsa(),
        relay.nickname(),
        blur(now, parameters.lifetime().dividedBy(BLUR_LIFETIME_SHARE)),
        last == Integer.MAX_VALUE ? last : last + 1,
        version,
        null,
        null,
        List.of());
  }

  /** The relay as the view has it, if it is a possible guard there. */
  Optional<Relay> find(Guard guard) {
    PathSelector selector = network;
    RsaIdentity identity = guard.identity();
    return selector != null && selector.isPossibleGuard(identity)
        ? selector.view().byRsa(identity)
        : Optional.empty();
  }

  // ---- choosing ----

  /**
   * A primary guard for traffic: the first that can be tried, or one of the first few.
   *
   * @param allowed what the rest of the path allows
   * @return empty if none can be tried now; {@link #isAwaited(Predicate)} then says whether to go
   *     on
   */
  Optional<Guard> pickPrimary(Predicate<Relay> allowed, Instant now) {
    retryDue(now);
    List<Guard> usable = new ArrayList<>();
    int considered = 0;
    for (Guard guard : primary) {
      if (considered >= parameters.primariesToUse() && !usable.isEmpty()) {
        break;
      }
      Optional<Relay> relay = find(guard);
      if (relay.isEmpty()) {
        if (guard.mayBeTried() && awaits(guard)) {
          break;
        }
      } else if (!allowed.test(relay.get())) {
        // A guard the path excludes counts as used up: taking the next one instead for every such
        // path would let exits decide how many guards see us.
        considered++;
      } else if (guard.mayBeTried()) {
        guard.tried(now);
        usable.add(guard);
        considered++;
      }
    }
    return anyOf(usable);
  }

  /**
   * Whether the primary guard whose turn it is only lacks its microdescriptor: no other guard is
   * shown our traffic for that.
   *
   * @param allowed what the rest of the path allows
   */
  boolean isAwaited(Predicate<Relay> allowed) {
    for (Guard guard : primary) {
      Optional<Relay> relay = find(guard);
      if (guard.mayBeTried() && relay.isEmpty() && awaits(guard)) {
        return true;
      }
      if (guard.mayBeTried() && relay.filter(allowed).isPresent()) {
        return false;
      }
    }
    return false;
  }

  private boolean awaits(Guard guard) {
    PathSelector selector = network;
    return selector != null && isAwaited(selector, guard);
  }

  /**
   * A primary guard to ask for directory documents: any of the first few that can be tried.
   *
   * @param avoid guards to be asked only if there is no other of these few
   * @param allowed leaves out guards that lack what is asked for; others come in their place
   */
  Optional<Guard> pickPrimaryDirectory(
      Predicate<Relay> avoid, Predicate<Relay> allowed, Instant now) {
    retryDue(now);
    List<Guard> usable =
        primary.stream()
            .filter(guard -> guard.mayBeTried() && find(guard).filter(allowed).isPresent())
            .limit(parameters.directoriesToUse())
            .toList();
    List<Guard> preferred =
        usable.stream().filter(guard -> find(guard).filter(avoid).isEmpty()).toList();
    Optional<Guard> choice = anyOf(preferred.isEmpty() ? usable : preferred);
    choice.ifPresent(guard -> guard.tried(now));
    return choice;
  }

  private <T> Optional<T> anyOf(List<T> choices) {
    return choices.isEmpty()
        ? Optional.empty()
        : Optional.of(choices.get(random.nextInt(choices.size())));
  }

  /**
   * The next guard below the primary ones: a confirmed one, or else the next of the sample. It is
   * pending until it is told how that went.
   *
   * @return empty if none can be tried now; then all count as worth a retry, so that a later call
   *     starts from the top
   */
  Optional<Guard> pickLower(Predicate<Relay> allowed, Instant now) {
    Optional<Guard> choice = firstLower(Guard::confirmed, allowed);
    if (choice.isEmpty()) {
      expandIfFewUsable(allowed, now);
      choice = firstLower(guard -> !guard.confirmed(), allowed);
    }
    choice.ifPresentOrElse(
        guard -> {
          guard.tried(now);
          guard.pending = true;
        },
        () -> sample.forEach(Guard::allowRetry));
    return choice;
  }

  private Optional<Guard> firstLower(Predicate<Guard> fits, Predicate<Relay> allowed) {
    return sample.stream()
        .filter(fits)
        .filter(guard -> guard.usable() && !guard.pending && !primary.contains(guard))
        .filter(guard -> find(guard).filter(allowed).isPresent())
        .findFirst();
  }

  // ---- what became of it ----

  /** Confirms the guard if it was not. */
  void confirm(Guard guard, Instant now) {
    if (guard.confirmed() || guard.removed) {
      return;
    }
    int last =
        sample.stream().filter(Guard::confirmed).mapToInt(Guard::confirmedIndex).max().orElse(-1);
    guard.saved =
        guard.saved.withConfirmed(
            new Confirmed(
                blur(now, parameters.lifetime().dividedBy(BLUR_LIFETIME_SHARE)), last + 1));
    changes++;
    choosePrimary(now);
  }

  boolean isPrimary(Guard guard) {
    return primary.contains(guard);
  }

  /** Whether no primary guard can be tried now. */
  boolean allPrimariesDown(Instant now) {
    retryDue(now);
    return primary.stream().noneMatch(Guard::mayBeTried);
  }

  /** Lets the primary guards be tried again: we were offline, not they. */
  void retryPrimaries() {
    primary.forEach(Guard::allowRetry);
  }

  /**
   * Lets failing guards be tried again whose time has come.
   *
   * @return when to call again at the latest; empty if no guard is failing
   */
  Optional<Instant> retryDue(Instant now) {
    Optional<Instant> next = Optional.empty();
    for (Guard guard : sample) {
      if (guard.reach instanceof Failing(Instant since, Instant lastTry)) {
        Instant due = lastTry.plus(RetrySchedule.delay(since, now, primary.contains(guard)));
        if (!now.isBefore(due)) {
          guard.allowRetry();
        } else if (next.isEmpty() || due.isBefore(next.get())) {
          next = Optional.of(due);
        }
      }
    }
    return next;
  }

  /** A time up to {@code most} before {@code now}, to the second. */
  private Instant blur(Instant now, Duration most) {
    return Instant.ofEpochSecond(now.getEpochSecond() - random.nextLong(most.toSeconds() + 1));
  }

  // ---- what there is ----

  Kind kind() {
    return kind;
  }

  boolean contains(Guard guard) {
    return sample.contains(guard);
  }

  /** The sample to keep on disk, in order, its indexes without gaps. */
  List<SampledGuard> saved() {
    List<SampledGuard> guards = new ArrayList<>();
    for (Guard guard : sample) {
      guards.add(guard.saved.withSampledIndex(guards.size()));
    }
    return guards;
  }

  List<Guard> sample() {
    return sample;
  }

  List<Guard> primary() {
    return primary;
  }

  long changes() {
    return changes;
  }
}
