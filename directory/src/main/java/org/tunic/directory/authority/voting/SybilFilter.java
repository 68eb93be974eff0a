package org.tunic.directory.authority.voting;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.authority.flags.KnownRelay;
import org.tunic.directory.linkspec.RelayAddress;

/**
 * Finds relays that are too many at one address: the most useful ones there (authorities, running
 * ones, fast ones) may stay.
 *
 * <p>Spec: dir-spec/assigning-flags-vote (Sybil), tor(1) AuthDirMaxServersPerAddr. Threads: any,
 * because all is pure.
 */
final class SybilFilter {
  private static final Comparator<KnownRelay> MOST_USEFUL_FIRST =
      Comparator.comparing(KnownRelay::authority, Comparator.reverseOrder())
          .thenComparing(KnownRelay::running, Comparator.reverseOrder())
          .thenComparing(
              r -> r.measured() >= 0 ? r.measured() : r.advertisedBandwidth(),
              Comparator.reverseOrder())
          .thenComparing(KnownRelay::identity);

  private SybilFilter() {}

  /**
   * The relays that are too many.
   *
   * @param limit most relays at one address; 0 for no limit
   */
  static Set<RsaIdentity> find(Collection<KnownRelay> relays, int limit) {
    Set<RsaIdentity> sybils = new HashSet<>();
    if (limit <= 0) {
      return sybils;
    }
    Map<Bytes, List<KnownRelay>> byAddress = new HashMap<>();
    for (KnownRelay relay : relays) {
      var contents = relay.descriptor().contents();
      byAddress.computeIfAbsent(contents.orPort().ip(), _ -> new ArrayList<>()).add(relay);
      contents
          .ipv6()
          .map(RelayAddress::ip)
          .ifPresent(ip -> byAddress.computeIfAbsent(ip, _ -> new ArrayList<>()).add(relay));
    }
    for (List<KnownRelay> atOneAddress : byAddress.values()) {
      atOneAddress.stream()
          .sorted(MOST_USEFUL_FIRST)
          .skip(limit)
          .forEach(r -> sybils.add(r.identity()));
    }
    return sybils;
  }
}
