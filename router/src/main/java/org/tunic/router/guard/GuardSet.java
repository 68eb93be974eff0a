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
import org.tunic.router.guard.Reachability.Reachable;
import org.tunic.router.guard.Reachability.Retrying;
import org.tunic.router.guard.Reachability.Untried;
import org.tunic.router.guard.SampledGuard.Confirmed;
import org.tunic.router.path.PathSelector;

/**
 * The guards of a client: a sample kept for months, three primary guards of it, one of them in use.
 *
 * <p>An attacker who runs relays wants to be our first hop once. So the first hop is not chosen for
 * each circuit: a sample of some twenty guards is drawn by guard weight, in order, and lasts; a
 * guard that was used is confirmed and comes before those that never were. The first few usable
 * guards in that order are primary, and circuits use the first primary guard that can be reached. A
 * guard that fails is left alone for a while ({@link RetrySchedule}), and only then does the next
 * one come into play. Whoever blocks our guards can make us walk down the sample, never beyond its
 * size limit.
 *
 * <p>What outlives a restart is {@link #sample()}; whether a guard was reachable does not.
 *
 * <p>Not here yet: circuits over lower guards that wait until the better ones were tried,
 * restricted selections and bridges.
 *
 * <p>Spec: guard-spec/algorithm. Threads: one at a time, its owner's. No I/O.
 */
public final class GuardSet {
  /** The selection this set keeps; lines of other selections in the state file are left alone. */
  static final String SELECTION = "default";

  /** Dates on disk are moved back by up to this share of a lifetime, so that they tell less. */
  private static final int BLUR_LIFETIME_SHARE = 10;

  private static final int BLUR_UNLISTED_SHARE = 5;

  private static final Comparator<Member> BY_SAMPLE =
      Comparator.comparingInt(member -> member.saved.sampledIndex());

  private static final class Member {
    SampledGuard saved;
    Reachability reach = new Untried();

    Member(SampledGuard saved) {
      this.saved = saved;
    }

    boolean confirmed() {
      return saved.confirmed() != null;
    }

    boolean mayBeTried() {
      return !(reach instanceof Failing);
    }
  }

  private final String version;
  private final RandomGenerator random;

  /** In the order of the sample. */
  private final List<Member> sample = new ArrayList<>();

  /** In the order of preference, at most {@link GuardParameters#primaries}. */
  private List<Member> primary = new ArrayList<>();

  private @Nullable PathSelector network;
  private GuardParameters parameters;
  private @Nullable Instant lastSuccess;
  private long changes;

  /**
   * @param version our name and version, for {@code sampled_by}; no blanks
   * @param saved the sample of the last run, guards of other selections left out
   */
  public GuardSet(
      GuardParameters parameters,
      String version,
      List<SampledGuard> saved,
      RandomGenerator random) {
    this.parameters = parameters;
    this.version = version;
    this.random = random;
    Set<RsaIdentity> seen = new HashSet<>();
    for (SampledGuard guard : saved) {
      if (sample.size() < GuardParameters.SAMPLE_BOUND && seen.add(guard.identity())) {
        sample.add(new Member(guard));
      }
    }
    sample.sort(BY_SAMPLE);
  }

  /**
   * Takes a new view: notes who is listed, drops guards whose time is over, fills up the sample and
   * the primary guards.
   *
   * <p>A view far out of date only serves to find relays. A guard whose microdescriptor has yet to
   * come counts as listed; and as long as the view is too small to build circuits with, none is
   * sampled, because the choice would be among those whose microdescriptors happened to come first.
   */
  public void update(PathSelector selector, GuardParameters newParameters, Instant now) {
    network = selector;
    parameters = newParameters;
    if (selector.view().isReasonablyLive(now)) {
      noteListed(selector, now);
      removeExpired(now);
      expand(selector, now);
    }
    choosePrimary();
  }

  private void noteListed(PathSelector selector, Instant now) {
    for (Member member : sample) {
      boolean listed = selector.isPossibleGuard(member.saved.identity());
      if (listed && !member.saved.listed()) {
        member.saved = member.saved.withUnlistedSince(null);
        changes++;
      } else if (!listed && member.saved.listed() && !isAwaited(selector, member)) {
        member.saved =
            member.saved.withUnlistedSince(
                blur(now, parameters.removeUnlistedAfter().dividedBy(BLUR_UNLISTED_SHARE)));
        changes++;
      }
    }
  }

  /** Whether the consensus lists the guard and only its microdescriptor is missing. */
  private static boolean isAwaited(PathSelector selector, Member member) {
    RsaIdentity identity = member.saved.identity();
    return selector.view().lists(identity) && selector.view().byRsa(identity).isEmpty();
  }

  private void removeExpired(Instant now) {
    if (sample.removeIf(member -> isExpired(member.saved, now))) {
      primary.retainAll(sample);
      changes++;
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

  /** Adds guards until enough of the sample may be tried, within the limit of the sample. */
  private void expand(PathSelector selector, Instant now) {
    Set<RsaIdentity> sampled = new HashSet<>();
    sample.forEach(member -> sampled.add(member.saved.identity()));
    int limit = parameters.sampleLimit(selector.possibleGuards());
    long usable = sample.stream().filter(this::isUsable).count();
    boolean enough = selector.view().dirInfo().enough();
    while (enough && usable < parameters.minFilteredSample() && sample.size() < limit) {
      Optional<Relay> added =
          selector.chooseGuard(relay -> !sampled.contains(relay.ids().rsa()), random);
      if (added.isEmpty()) {
        return;
      }
      sampled.add(added.get().ids().rsa());
      sample.add(new Member(newlySampled(added.get(), now)));
      usable++;
      changes++;
    }
  }

  private SampledGuard newlySampled(Relay relay, Instant now) {
    int last = sample.isEmpty() ? -1 : sample.getLast().saved.sampledIndex();
    return new SampledGuard(
        SELECTION,
        relay.ids().rsa(),
        relay.nickname(),
        blur(now, parameters.lifetime().dividedBy(BLUR_LIFETIME_SHARE)),
        last == Integer.MAX_VALUE ? last : last + 1,
        version,
        null,
        null,
        List.of());
  }

  private boolean isUsable(Member member) {
    return member.saved.listed() && member.mayBeTried() && find(member).isPresent();
  }

  private Optional<Relay> find(Member member) {
    PathSelector selector = network;
    RsaIdentity identity = member.saved.identity();
    return selector != null && selector.isPossibleGuard(identity)
        ? selector.view().byRsa(identity)
        : Optional.empty();
  }

  /** Confirmed guards first, then the primary guards there were, then the rest of the sample. */
  private void choosePrimary() {
    List<Member> chosen = new ArrayList<>();
    fill(chosen, sample.stream().filter(Member::confirmed).toList(), m -> m.saved.listed());
    fill(chosen, primary, member -> member.saved.listed());
    fill(chosen, sample, this::isUsable);
    chosen.sort(BY_SAMPLE);
    primary = chosen;
  }

  private void fill(List<Member> chosen, List<Member> from, Predicate<Member> fits) {
    for (Member member : from) {
      if (chosen.size() >= parameters.primaries()) {
        return;
      }
      if (fits.test(member) && !chosen.contains(member)) {
        chosen.add(member);
      }
    }
  }

  /**
   * Gives a guard for a circuit: the first primary guard that can be tried, or else the next of the
   * sample.
   *
   * @param allowed what the rest of the path allows
   * @return empty if no guard can be tried now; then all count as worth a retry, so that a later
   *     call starts from the top. Empty also as long as the microdescriptor of the guard in use is
   *     missing: no other guard is shown our traffic for that
   */
  public Optional<GuardUse> pick(Predicate<Relay> allowed, Instant now) {
    PathSelector selector = network;
    if (selector == null) {
      return Optional.empty();
    }
    progress(now);
    List<GuardUse> usable = new ArrayList<>();
    int considered = 0;
    for (Member member : primary) {
      Optional<Relay> relay = find(member);
      if (relay.isEmpty() && member.mayBeTried() && isAwaited(selector, member)) {
        return anyOf(usable);
      } else if (relay.isPresent() && !allowed.test(relay.get())) {
        // A guard the path excludes counts as used up: taking the next one instead for every such
        // path would let exits decide how many guards see us.
        considered++;
      } else if (relay.isPresent() && member.mayBeTried()) {
        usable.add(new GuardUse(relay.get()));
        considered++;
      }
      if (considered >= parameters.primariesToUse() && !usable.isEmpty()) {
        break;
      }
    }
    return usable.isEmpty() ? pickBeyondPrimaries(selector, allowed, now) : anyOf(usable);
  }

  private <T> Optional<T> anyOf(List<T> choices) {
    return choices.isEmpty()
        ? Optional.empty()
        : Optional.of(choices.get(random.nextInt(choices.size())));
  }

  private Optional<GuardUse> pickBeyondPrimaries(
      PathSelector selector, Predicate<Relay> allowed, Instant now) {
    if (selector.view().isReasonablyLive(now)) {
      expand(selector, now);
    }
    Optional<GuardUse> choice =
        first(sample.stream().filter(Member::confirmed).toList(), allowed)
            .or(() -> first(sample, allowed));
    if (choice.isEmpty()) {
      sample.forEach(GuardSet::allowRetry);
    }
    return choice;
  }

  /**
   * Gives a guard to ask for directory documents: any of the first few primary guards that can be
   * tried, so that fetching shows us to no other relay. Whether it answered need not be told.
   *
   * @return empty if there is none
   */
  public Optional<Relay> pickDirectory(Predicate<Relay> allowed, Instant now) {
    progress(now);
    return anyOf(
        primary.stream()
            .filter(Member::mayBeTried)
            .flatMap(member -> find(member).stream())
            .filter(allowed)
            .limit(parameters.directoriesToUse())
            .toList());
  }

  private Optional<GuardUse> first(List<Member> members, Predicate<Relay> allowed) {
    return members.stream()
        .filter(this::isUsable)
        .filter(member -> !primary.contains(member))
        .flatMap(member -> find(member).stream())
        .filter(allowed)
        .map(GuardUse::new)
        .findFirst();
  }

  /** The circuit's first hop was reached and answered. */
  public void succeeded(GuardUse use, Instant now) {
    Instant before = lastSuccess;
    lastSuccess = now;
    Member member = member(use).orElse(null);
    if (member == null) {
      return;
    }
    member.reach = new Reachable();
    if (!member.confirmed()) {
      confirm(member, now);
    }
    boolean wasOffline =
        before != null && Duration.between(before, now).compareTo(parameters.likelyDown()) > 0;
    if (wasOffline && !primary.contains(member)) {
      primary.forEach(GuardSet::allowRetry);
    }
  }

  private void confirm(Member member, Instant now) {
    int next =
        sample.stream()
            .mapToInt(
                other -> other.saved.confirmed() == null ? -1 : other.saved.confirmed().index())
            .max()
            .orElse(-1);
    member.saved =
        member.saved.withConfirmed(
            new Confirmed(
                blur(now, parameters.lifetime().dividedBy(BLUR_LIFETIME_SHARE)), next + 1));
    changes++;
    choosePrimary();
  }

  /** The circuit's first hop could not be reached or did not answer. */
  public void failed(GuardUse use, Instant now) {
    member(use)
        .ifPresent(
            member ->
                member.reach =
                    switch (member.reach) {
                      case Untried _, Reachable _ -> new Failing(now, now);
                      case Failing(Instant since, _) -> new Failing(since, now);
                      case Retrying(Instant since) -> new Failing(since, now);
                    });
  }

  private Optional<Member> member(GuardUse use) {
    return sample.stream()
        .filter(member -> member.saved.identity().equals(use.identity()))
        .findFirst();
  }

  private static void allowRetry(Member member) {
    if (member.reach instanceof Failing(Instant since, _)) {
      member.reach = new Retrying(since);
    }
  }

  /**
   * Lets failing guards be tried again whose time has come.
   *
   * @return when to call again at the latest; empty if no guard is failing
   */
  public Optional<Instant> progress(Instant now) {
    Optional<Instant> next = Optional.empty();
    for (Member member : sample) {
      if (member.reach instanceof Failing(Instant since, Instant lastTry)) {
        Instant due = lastTry.plus(RetrySchedule.delay(since, now, primary.contains(member)));
        if (!now.isBefore(due)) {
          member.reach = new Retrying(since);
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

  /** The sample to keep on disk, in order, its indexes without gaps. */
  public List<SampledGuard> sample() {
    List<SampledGuard> guards = new ArrayList<>();
    for (Member member : sample) {
      guards.add(member.saved.withSampledIndex(guards.size()));
    }
    return guards;
  }

  /** Identities of the primary guards, the preferred one first. */
  public List<RsaIdentity> primaries() {
    return primary.stream().map(member -> member.saved.identity()).toList();
  }

  /** Counts changes of {@link #sample()}: when it moved, there is something new to save. */
  public long changes() {
    return changes;
  }
}
