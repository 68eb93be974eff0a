package org.tunic.router.circuit;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.router.cell.RendezvousCookie;

/**
 * Where clients and onion services find each other at this relay: the circuits that are
 * introduction points, by their key, and those that wait at a rendezvous point, by their cookie.
 *
 * <p>Each entry stands for an open circuit, so that both maps are bounded by the circuits that the
 * relay's peers keep open, and besides by {@link #MAX_POINTS} each.
 *
 * <p>Spec: rend-spec/introduction-protocol, rend-spec/rendezvous-protocol. Threads: any.
 */
public final class ServicePoints {
  /** Introduction points at this relay, and likewise rendezvous points. */
  static final int MAX_POINTS = 1 << 16;

  /** What became of ESTABLISH_INTRO messages, with C tor's labels. */
  public enum EstablishIntroResult {
    SUCCESS,
    MALFORMED,
    UNSUITABLE_CIRCUIT,
    CIRCUIT_DEAD
  }

  /** What became of ESTABLISH_RENDEZVOUS messages, with C tor's labels. */
  public enum EstablishRendezvousResult {
    SUCCESS,
    UNSUITABLE_CIRCUIT,
    SINGLE_HOP,
    MALFORMED,
    DUPLICATE_COOKIE,
    CIRCUIT_DEAD
  }

  /** What became of INTRODUCE1 messages, with C tor's labels. */
  public enum Introduce1Result {
    SUCCESS,
    CIRCUIT_DEAD,
    MALFORMED,
    UNKNOWN_SERVICE,
    RATE_LIMITED,
    CIRCUIT_REUSED,
    SINGLE_HOP
  }

  /** What became of RENDEZVOUS1 messages, with C tor's labels. */
  public enum Rendezvous1Result {
    SUCCESS,
    UNSUITABLE_CIRCUIT,
    MALFORMED,
    UNKNOWN_COOKIE,
    CIRCUIT_DEAD
  }

  /**
   * What the consensus and the torrc say.
   *
   * @param limitIntroductions HiddenServiceEnableIntroDoSDefense: whether introductions are limited
   *     at points whose service asked for nothing
   * @param introductionRate INTRODUCE2 a second then
   * @param introductionBurst INTRODUCE2 at once then
   * @param refuseSingleHop DoSRefuseSingleHopClientRendezvous: whether a client whose first hop we
   *     are may not meet a service here
   */
  public record Rules(
      boolean limitIntroductions,
      int introductionRate,
      int introductionBurst,
      boolean refuseSingleHop) {
    private static final String REFUSE_SINGLE_HOP = "DoSRefuseSingleHopClientRendezvous";

    /** Where neither says anything. */
    public static final Rules DEFAULTS = of(ConsensusParameters.DEFAULTS, Map.of());

    /**
     * The rules of a consensus.
     *
     * @param options what the torrc sets, by name; an option that is absent is left to the
     *     consensus
     */
    public static Rules of(ConsensusParameters params, Map<String, Integer> options) {
      Integer refuse = options.get(REFUSE_SINGLE_HOP);
      return new Rules(
          params.get("HiddenServiceEnableIntroDoSDefense", 0, 0, 1) == 1,
          params.get("HiddenServiceEnableIntroDoSRatePerSec", 25, 0, Integer.MAX_VALUE),
          params.get("HiddenServiceEnableIntroDoSBurstPerSec", 200, 0, Integer.MAX_VALUE),
          (refuse == null ? params.get(REFUSE_SINGLE_HOP, 0, 0, 1) : refuse) == 1);
    }
  }

  private final ConcurrentHashMap<Ed25519Identity, ServiceEnd> introductions =
      new ConcurrentHashMap<>();
  private final ConcurrentHashMap<RendezvousCookie, ServiceEnd> rendezvous =
      new ConcurrentHashMap<>();
  private final Tally<EstablishIntroResult> establishIntro =
      new Tally<>(EstablishIntroResult.class);
  private final Tally<EstablishRendezvousResult> establishRendezvous =
      new Tally<>(EstablishRendezvousResult.class);
  private final Tally<Introduce1Result> introduce1 = new Tally<>(Introduce1Result.class);
  private final Tally<Rendezvous1Result> rendezvous1 = new Tally<>(Rendezvous1Result.class);
  private final Supplier<Rules> rules;
  private final LongSupplier nanoClock;

  /**
   * @param rules asked at each message
   * @param nanoClock monotonic time, for rates
   */
  public ServicePoints(Supplier<Rules> rules, LongSupplier nanoClock) {
    this.rules = rules;
    this.nanoClock = nanoClock;
  }

  /** How often each of some results came. */
  private static final class Tally<E extends Enum<E>> {
    private final Map<E, LongAdder> counts;

    Tally(Class<E> results) {
      counts = new EnumMap<>(results);
      for (E result : results.getEnumConstants()) {
        counts.put(result, new LongAdder());
      }
    }

    void add(E result) {
      Objects.requireNonNull(counts.get(result)).increment(); // every one has its adder
    }

    long sum(E result) {
      return Objects.requireNonNull(counts.get(result)).sum();
    }
  }

  // ---- what came, for metrics ----

  void count(EstablishIntroResult result) {
    establishIntro.add(result);
  }

  void count(EstablishRendezvousResult result) {
    establishRendezvous.add(result);
  }

  void count(Introduce1Result result) {
    introduce1.add(result);
  }

  void count(Rendezvous1Result result) {
    rendezvous1.add(result);
  }

  /** {@code relay_est_intro_total}. */
  public long counted(EstablishIntroResult result) {
    return establishIntro.sum(result);
  }

  /** {@code relay_est_rend_total}. */
  public long counted(EstablishRendezvousResult result) {
    return establishRendezvous.sum(result);
  }

  /** {@code relay_intro1_total}. */
  public long counted(Introduce1Result result) {
    return introduce1.sum(result);
  }

  /** {@code relay_rend1_total}. */
  public long counted(Rendezvous1Result result) {
    return rendezvous1.sum(result);
  }

  // ---- what circuits ask ----

  Rules rules() {
    return rules.get();
  }

  long nowNanos() {
    return nanoClock.getAsLong();
  }

  /**
   * Makes a circuit the introduction point of a key, in the place of the one before, if any: a
   * service whose circuit broke comes back with the key that its descriptor names.
   *
   * @return false if there are too many already
   */
  boolean introduceAt(Ed25519Identity authKey, ServiceEnd circuit) {
    if (introductions.size() >= MAX_POINTS && !introductions.containsKey(authKey)) {
      return false;
    }
    introductions.put(authKey, circuit);
    return true;
  }

  Optional<ServiceEnd> introduction(Ed25519Identity authKey) {
    return Optional.ofNullable(introductions.get(authKey));
  }

  void endIntroduction(Ed25519Identity authKey, ServiceEnd circuit) {
    introductions.remove(authKey, circuit);
  }

  /**
   * Lets a client's circuit wait for its service.
   *
   * @return false if the cookie is in use, or too many wait already
   */
  boolean waitFor(RendezvousCookie cookie, ServiceEnd circuit) {
    return rendezvous.size() < MAX_POINTS && rendezvous.putIfAbsent(cookie, circuit) == null;
  }

  boolean isTaken(RendezvousCookie cookie) {
    return rendezvous.containsKey(cookie);
  }

  /** The circuit that waits under a cookie, which is used up. */
  Optional<ServiceEnd> meet(RendezvousCookie cookie) {
    return Optional.ofNullable(rendezvous.remove(cookie));
  }

  void stopWaiting(RendezvousCookie cookie, ServiceEnd circuit) {
    rendezvous.remove(cookie, circuit);
  }
}
