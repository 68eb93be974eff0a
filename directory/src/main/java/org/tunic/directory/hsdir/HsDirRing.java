package org.tunic.directory.hsdir;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.crypto.hs.HsIndex;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;

/**
 * The relays that keep descriptors, in the order of one period and one shared random value.
 *
 * <p>Costs a SHA3-256 for each directory, some milliseconds in the public network: make it once for
 * a consensus and slot.
 *
 * <p>Spec: rend-spec/deriving-keys#WHERE-HSDESC
 *
 * <p>Threads: immutable.
 */
public final class HsDirRing {
  private static final int HSDIR_VERSION = 2;

  private final DescriptorSlot slot;
  private final List<Place> places;
  private final int replicas;
  private final int spreadStore;
  private final int spreadFetch;

  /** A relay and where it stands. */
  private record Place(HsIndex index, Relay relay) {}

  private HsDirRing(DescriptorSlot slot, List<Place> places, ConsensusParameters params) {
    this.slot = slot;
    this.places = places;
    this.replicas = params.get("hsdir_n_replicas", 2, 1, 16);
    this.spreadStore = params.get("hsdir_spread_store", 4, 1, 128);
    this.spreadFetch = params.get("hsdir_spread_fetch", 3, 1, 128);
  }

  /** The ring of {@code slot}: relays with the flag HSDir, HSDir=2 and an Ed25519 identity. */
  public static HsDirRing of(NetworkView view, DescriptorSlot slot) {
    List<Place> places = new ArrayList<>();
    for (Relay relay : view.relays()) {
      if (relay.has(RelayFlag.HSDIR) && relay.proto().supports("HSDir", HSDIR_VERSION)) {
        relay
            .ids()
            .ed()
            .map(ed -> HsIndex.ofRelay(ed, slot.sharedRandom(), slot.period()))
            .ifPresent(index -> places.add(new Place(index, relay)));
      }
    }
    places.sort(Comparator.comparing(Place::index));
    return new HsDirRing(slot, List.copyOf(places), view.params());
  }

  /** The slot it is the ring of. */
  public DescriptorSlot slot() {
    return slot;
  }

  /** Number of directories on the ring. */
  public int size() {
    return places.size();
  }

  /** Where a service stores its descriptor: {@code hsdir_spread_store} for each replica. */
  public List<Relay> forStore(HsBlindedId service) {
    return responsible(service, spreadStore);
  }

  /**
   * Where a client finds it, of which it asks one after the other in random order: {@code
   * hsdir_spread_fetch} for each replica.
   */
  public List<Relay> forFetch(HsBlindedId service) {
    return responsible(service, spreadFetch);
  }

  /**
   * The next {@code spread} directories at or behind the place of each replica; those that a
   * replica before has already are stepped over.
   */
  private List<Relay> responsible(HsBlindedId service, int spread) {
    List<Relay> chosen = new ArrayList<>();
    Set<Relay> taken = new HashSet<>();
    for (int replica = 1; replica <= replicas; replica++) {
      int at = firstAtOrBehind(HsIndex.ofReplica(service, replica, slot.period()));
      int added = 0;
      for (int step = 0; step < places.size() && added < spread; step++) {
        Relay relay = places.get((at + step) % places.size()).relay();
        if (taken.add(relay)) {
          chosen.add(relay);
          added++;
        }
      }
    }
    return List.copyOf(chosen);
  }

  private int firstAtOrBehind(HsIndex wanted) {
    int low = 0;
    int high = places.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (places.get(middle).index().compareTo(wanted) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
