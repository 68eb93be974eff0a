package org.tunic.directory.authority.consensus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.directory.doc.vote.VoteEntry;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.protover.TorVersion;

/**
 * Counts the votes about one relay.
 *
 * <p>Spec: dir-spec/computing-consensus. Threads: one caller, short-lived.
 */
final class RelayTally {
  /** Which descriptor is meant; entries that compare equal mean the same one. */
  private static final Comparator<VoteEntry> DESCRIPTOR =
      Comparator.comparing(VoteEntry::descriptorDigest)
          .thenComparing(VoteEntry::published, Comparator.reverseOrder())
          .thenComparing(VoteEntry::nickname, Comparator.reverseOrder())
          .thenComparing(e -> e.orPort().ip())
          .thenComparing(e -> e.orPort().port(), Comparator.reverseOrder())
          .thenComparing(VoteEntry::dirPort, Comparator.reverseOrder());

  private static final Comparator<RelayAddress> OR_PORT =
      Comparator.comparing(RelayAddress::ip)
          .thenComparing(RelayAddress::port, Comparator.reverseOrder());

  /** Measurements needed before they count more than what relays claim. */
  private static final int ENOUGH_MEASUREMENTS = 2;

  private final Context context;
  private final Collator.Relay relay;
  private final List<VoteEntry> entries;

  /**
   * What is common to all relays of one computation.
   *
   * @param flags all flags that anybody knows, ascending
   * @param bandwidthAuthorities how many votes measure bandwidth
   * @param maxUnmeasured cap in kilobytes a second on bandwidths that nobody measured, if enough
   *     measure
   */
  record Context(
      List<Vote> votes,
      int authorities,
      int method,
      SequencedSet<String> flags,
      NameMap names,
      int bandwidthAuthorities,
      long maxUnmeasured) {}

  RelayTally(Context context, Collator.Relay relay) {
    this.context = context;
    this.relay = relay;
    this.entries = relay.entries();
  }

  /** The result; empty if the relay is not to be in the consensus. */
  Optional<RelayResult> result() {
    if (entries.size() <= context.authorities / 2) {
      return Optional.empty();
    }
    VoteEntry winner = mostFrequentDescriptor();
    List<VoteEntry> supporters =
        entries.stream().filter(e -> DESCRIPTOR.compare(e, winner) == 0).toList();
    String nickname = nickname(winner);
    List<String> flags = flags(nickname, winner);
    if (!flags.contains("Running") || !flags.contains("Valid")) {
      return Optional.empty();
    }
    boolean guard = flags.contains("Guard");
    if (flags.contains("MiddleOnly")) {
      flags.removeAll(List.of("Exit", "Guard", "HSDir", "V2Dir"));
      guard = false;
      if (context.flags.contains("BadExit") && !flags.contains("BadExit")) {
        flags.add("BadExit");
        flags.sort(Comparator.naturalOrder());
      }
    }
    long[] measured = entries.stream().mapToLong(VoteEntry::measured).filter(v -> v >= 0).toArray();
    long[] claimed = entries.stream().mapToLong(VoteEntry::bandwidth).filter(v -> v >= 0).toArray();
    boolean unmeasured = measured.length <= ENOUGH_MEASUREMENTS;
    return Optional.of(
        new RelayResult(
            nickname,
            winner.identity(),
            winner.descriptorDigest(),
            winner.published(),
            winner.orPort(),
            winner.dirPort(),
            ipv6(supporters),
            microdescriptor(supporters),
            List.copyOf(flags),
            version(),
            Tally.mostFrequent(
                    entries.stream().map(VoteEntry::protocols).toList(), Comparator.naturalOrder())
                .orElse(null),
            unmeasured ? claimedBandwidth(claimed) : Tally.median(measured),
            unmeasured,
            guard ? guardFraction() : -1,
            policy(winner)));
  }

  /**
   * The most frequent; of equally frequent ones the newest, and then the one with the smallest
   * digest.
   */
  private VoteEntry mostFrequentDescriptor() {
    List<VoteEntry> sorted = entries.stream().sorted(DESCRIPTOR).toList();
    VoteEntry best = sorted.getFirst();
    int bestCount = 0;
    int from = 0;
    for (int i = 0; i < sorted.size(); i++) {
      if (i + 1 == sorted.size() || DESCRIPTOR.compare(sorted.get(from), sorted.get(i + 1)) != 0) {
        int count = i + 1 - from;
        VoteEntry candidate = sorted.get(from);
        if (count > bestCount
            || (count == bestCount && candidate.published().isAfter(best.published()))) {
          best = candidate;
          bestCount = count;
        }
        from = i + 1;
      }
    }
    return best;
  }

  private static @Nullable RelayAddress ipv6(List<VoteEntry> supporters) {
    List<RelayAddress> voted = new ArrayList<>();
    for (VoteEntry entry : supporters) {
      RelayAddress address = entry.ipv6();
      if (address != null && !address.ip().isZero() && address.port() != 0) {
        voted.add(address);
      }
    }
    return Tally.mostFrequent(voted, OR_PORT).orElse(null);
  }

  private @Nullable Bytes microdescriptor(List<VoteEntry> supporters) {
    List<Bytes> voted =
        supporters.stream().flatMap(e -> e.microdescriptor(context.method).stream()).toList();
    return Tally.mostFrequent(voted, Comparator.naturalOrder())
        .filter(digest -> !digest.isZero())
        .orElse(null);
  }

  private String nickname(VoteEntry winner) {
    String chosen = null;
    for (int i = 0; i < context.votes.size(); i++) {
      VoteEntry entry = relay.of(i);
      if (entry != null && context.votes.get(i).has(entry, "Named")) {
        if (chosen != null && !chosen.equals(entry.nickname())) {
          return winner.nickname();
        }
        chosen = entry.nickname();
      }
    }
    return chosen == null ? winner.nickname() : chosen;
  }

  /** The flags that more than half of the authorities with an opinion on them give, ascending. */
  private List<String> flags(String nickname, VoteEntry winner) {
    List<String> chosen = new ArrayList<>();
    for (String flag : context.flags) {
      boolean set =
          switch (flag) {
            case "Named" -> context.names.isNamed(nickname, winner.identity());
            case "Unnamed" -> context.names.isUnnamed(nickname, winner.identity());
            case "NoEdConsensus" -> relay.ed25519Agreed() <= context.authorities / 2;
            default -> isSetByMajority(flag);
          };
      if (set) {
        chosen.add(flag);
      }
    }
    return chosen;
  }

  private boolean isSetByMajority(String flag) {
    int knowing = 0;
    int setting = 0;
    for (int i = 0; i < context.votes.size(); i++) {
      Vote vote = context.votes.get(i);
      int index = vote.knownFlags().indexOf(flag);
      if (index >= 0) {
        knowing++;
        VoteEntry entry = relay.of(i);
        setting += entry != null && (entry.flags() >>> index & 1) != 0 ? 1 : 0;
      }
    }
    return setting > knowing / 2;
  }

  private @Nullable String version() {
    List<String> voted = new ArrayList<>();
    for (VoteEntry entry : entries) {
      String version = entry.version();
      if (version != null && !version.isEmpty()) {
        voted.add(version);
      }
    }
    voted.sort(TorVersion.TEXT_ORDER);
    return Tally.mostFrequentOfSorted(voted, Comparator.naturalOrder()).orElse(null);
  }

  private long claimedBandwidth(long[] claimed) {
    if (claimed.length == 0) {
      return -1;
    }
    long bandwidth = Tally.median(claimed);
    return context.bandwidthAuthorities > ENOUGH_MEASUREMENTS
        ? Math.min(bandwidth, context.maxUnmeasured)
        : bandwidth;
  }

  private int guardFraction() {
    long[] voted =
        entries.stream().mapToLong(VoteEntry::guardFraction).filter(v -> v >= 0).toArray();
    return voted.length > ENOUGH_MEASUREMENTS ? (int) Tally.median(voted) : -1;
  }

  /** The summary voted with the chosen descriptor; if nobody gave one with it, any. */
  private @Nullable String policy(VoteEntry winner) {
    List<String> any = new ArrayList<>();
    List<String> ofWinner = new ArrayList<>();
    for (VoteEntry entry : entries) {
      String policy = entry.policy();
      if (policy != null) {
        any.add(policy);
        if (entry.descriptorDigest().equals(winner.descriptorDigest())) {
          ofWinner.add(policy);
        }
      }
    }
    return Tally.mostFrequent(
            ofWinner.isEmpty() ? any : ofWinner, Comparator.<String>naturalOrder())
        .orElse(null);
  }
}
