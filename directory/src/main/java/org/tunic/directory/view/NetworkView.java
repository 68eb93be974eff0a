package org.tunic.directory.view;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.Consensus;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.directory.doc.consensus.RouterStatus;
import org.tunic.directory.doc.consensus.SharedRandom;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;

/**
 * The network as a client sees it: one consensus and what we know of its relays.
 *
 * <p>The relays stand in a list with constant-time access, ordered by RSA identity, so that a
 * position in it serves as index into arrays of weights. Only relays whose microdescriptor we hold
 * are there; {@link #dirInfo()} says how large a part of the network that is.
 *
 * <p>Threads: immutable.
 */
public final class NetworkView {
  /** For how long past its validity, or before it, a consensus is still better than none. */
  public static final Duration REASONABLY_LIVE = Duration.ofHours(24);

  private final Lifetime lifetime;
  private final ConsensusParameters params;
  private final BandwidthWeights weights;
  private final SharedRandom sharedRandom;
  private final List<Relay> relays;
  private final DirInfo dirInfo;
  private final Set<RsaIdentity> listed;
  private final Map<RsaIdentity, Integer> byRsa;
  private final Map<Ed25519Identity, Integer> byEd25519;
  private final boolean useFamilyLists;
  private final boolean useFamilyIds;

  /**
   * A view of these relays, which are all the consensus lists.
   *
   * @param relays ordered by RSA identity, without duplicates; copied
   */
  public NetworkView(
      Lifetime lifetime,
      ConsensusParameters params,
      BandwidthWeights weights,
      SharedRandom sharedRandom,
      List<Relay> relays,
      DirInfo dirInfo) {
    this(lifetime, params, weights, sharedRandom, relays, identities(relays), dirInfo);
  }

  private static Set<RsaIdentity> identities(List<Relay> relays) {
    return relays.stream().map(r -> r.ids().rsa()).collect(Collectors.toSet());
  }

  private NetworkView(
      Lifetime lifetime,
      ConsensusParameters params,
      BandwidthWeights weights,
      SharedRandom sharedRandom,
      List<Relay> relays,
      Set<RsaIdentity> listed,
      DirInfo dirInfo) {
    this.listed = Set.copyOf(listed);
    this.lifetime = lifetime;
    this.params = params;
    this.weights = weights;
    this.sharedRandom = sharedRandom;
    this.relays = List.copyOf(relays);
    this.dirInfo = dirInfo;
    this.byRsa = HashMap.newHashMap(relays.size());
    this.byEd25519 = HashMap.newHashMap(relays.size());
    for (int i = 0; i < this.relays.size(); i++) {
      int index = i;
      Relay relay = this.relays.get(i);
      byRsa.put(relay.ids().rsa(), i);
      relay.ids().ed().ifPresent(ed -> byEd25519.put(ed, index));
    }
    this.useFamilyLists = params.isSet("use-family-lists", true);
    this.useFamilyIds = params.isSet("use-family-ids", true);
  }

  /**
   * A view of a consensus of the microdesc flavour and the microdescriptors at hand.
   *
   * @param held finds a microdescriptor by its digest (32 bytes); null for one we lack
   * @param pathsNeeded what fraction of likely paths we must be able to build, 0 to 1; empty to
   *     leave it to the parameter {@code min_paths_for_circs_pct}
   */
  public static NetworkView of(
      Consensus consensus,
      Function<Bytes, @Nullable Microdescriptor> held,
      OptionalDouble pathsNeeded) {
    ConsensusParameters params = new ConsensusParameters(consensus.preamble().params());
    BandwidthWeights weights =
        new BandwidthWeights(
            consensus.bandwidthWeights(),
            params.get("bwweightscale", BandwidthWeights.DEFAULT_SCALE, 1, Integer.MAX_VALUE));
    DirInfoCounter counter = new DirInfoCounter(weights);
    List<Relay> relays = new ArrayList<>(consensus.relays().size());
    Set<RsaIdentity> listed = HashSet.newHashSet(consensus.relays().size());
    for (RouterStatus status : consensus.relays()) {
      Microdescriptor micro = status.digest() == null ? null : held.apply(status.digest());
      counter.count(status, micro);
      listed.add(status.identity());
      if (micro != null) {
        relays.add(Relay.of(status, micro));
      }
    }
    double needed = pathsNeeded.orElse(params.get("min_paths_for_circs_pct", 60, 25, 95) / 100.0);
    return new NetworkView(
        consensus.lifetime(),
        params,
        weights,
        consensus.preamble().sharedRandom(),
        relays,
        listed,
        counter.result(needed));
  }

  /** From when to when the consensus holds. */
  public Lifetime lifetime() {
    return lifetime;
  }

  /** From when the consensus holds. */
  public Instant validAfter() {
    return lifetime.validAfter();
  }

  /** When the next consensus is due. */
  public Instant freshUntil() {
    return lifetime.freshUntil();
  }

  /** Until when the consensus may be used. */
  public Instant validUntil() {
    return lifetime.validUntil();
  }

  /** The consensus parameters. */
  public ConsensusParameters params() {
    return params;
  }

  /** The bandwidth weights. */
  public BandwidthWeights weights() {
    return weights;
  }

  /** The shared random values, for onion services. */
  public SharedRandom sharedRandom() {
    return sharedRandom;
  }

  /** The usable relays, ordered by RSA identity. */
  public List<Relay> relays() {
    return relays;
  }

  /** Whether this is enough to build circuits with. */
  public DirInfo dirInfo() {
    return dirInfo;
  }

  /** Whether the consensus lists this relay, be its microdescriptor at hand or not. */
  public boolean lists(RsaIdentity identity) {
    return listed.contains(identity);
  }

  /** The relay with this RSA identity. */
  public Optional<Relay> byRsa(RsaIdentity identity) {
    return Optional.ofNullable(byRsa.get(identity)).map(relays::get);
  }

  /** The relay with this Ed25519 identity. */
  public Optional<Relay> byEd25519(Ed25519Identity identity) {
    return Optional.ofNullable(byEd25519.get(identity)).map(relays::get);
  }

  /** The position in {@link #relays()} of the relay with this RSA identity. */
  public OptionalInt indexOf(RsaIdentity identity) {
    Integer index = byRsa.get(identity);
    return index == null ? OptionalInt.empty() : OptionalInt.of(index);
  }

  /** Whether the consensus is within its validity. */
  public boolean isLive(Instant now) {
    return lifetime.isLive(now);
  }

  /**
   * Whether the consensus is within its validity or less than a day off, good enough for circuits.
   */
  public boolean isReasonablyLive(Instant now) {
    return lifetime.isWithin(now, REASONABLY_LIVE);
  }

  /**
   * Whether two relays say, each of the other, that the same people run them, or share a proven
   * family identifier. The parameters {@code use-family-lists} and {@code use-family-ids} switch
   * the two off. A relay is in a family with itself.
   */
  public boolean sameFamily(Relay a, Relay b) {
    if (a.ids().rsa().equals(b.ids().rsa())) {
      return true;
    }
    if (useFamilyLists
        && a.family().lists(b.ids().rsa(), b.nickname())
        && b.family().lists(a.ids().rsa(), a.nickname())) {
      return true;
    }
    if (useFamilyIds) {
      for (String id : a.family().ids()) {
        if (b.family().ids().contains(id)) {
          return true;
        }
      }
    }
    return false;
  }
}
