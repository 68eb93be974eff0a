package org.tunic.directory.authority.consensus;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.directory.doc.vote.VoteEntry;

/**
 * Finds out which entries of different votes mean the same relay.
 *
 * <p>If more than half of the authorities list one pair of Ed25519 and RSA identity, that pair is a
 * relay, and votes that know only its RSA identity count for it too. Otherwise an RSA identity that
 * more than half of them list is one, and nobody agrees on its Ed25519 identity.
 *
 * <p>Spec: dir-spec/computing-consensus. Threads: pure functions.
 */
final class Collator {
  /** The entries about one relay. */
  static final class Relay {
    private final @Nullable VoteEntry[] byVote;
    private final int ed25519Agreed;

    Relay(@Nullable VoteEntry[] byVote, int ed25519Agreed) {
      this.byVote = byVote;
      this.ed25519Agreed = ed25519Agreed;
    }

    /** What the vote at this index says; null if it does not list the relay. */
    @Nullable VoteEntry of(int vote) {
      return byVote[vote];
    }

    /** How many votes list the agreed Ed25519 identity; 0 if none is agreed. */
    int ed25519Agreed() {
      return ed25519Agreed;
    }

    /** The entries of the votes that list it. */
    List<VoteEntry> entries() {
      List<VoteEntry> entries = new ArrayList<>();
      for (VoteEntry entry : byVote) {
        if (entry != null) {
          entries.add(entry);
        }
      }
      return entries;
    }
  }

  private Collator() {}

  /** The relays to consider, ascending by identity. */
  static SortedMap<RsaIdentity, Relay> collate(List<Vote> votes, int authorities) {
    Map<RsaIdentity, @Nullable VoteEntry[]> byRsa = new HashMap<>();
    Map<Bytes, @Nullable VoteEntry[]> byBoth = new HashMap<>();
    for (int i = 0; i < votes.size(); i++) {
      for (VoteEntry entry : votes.get(i).entries()) {
        slots(byRsa, entry.identity(), votes.size())[i] = entry;
        if (entry.ed25519Listed()) {
          slots(byBoth, Bytes.concat(entry.identity().bytes(), entry.ed25519()), votes.size())[i] =
              entry;
        }
      }
    }
    SortedMap<RsaIdentity, Relay> relays = new TreeMap<>();
    byBoth.forEach(
        (_, entries) -> {
          int listing = count(entries);
          if (listing > authorities / 2) {
            RsaIdentity identity = identity(entries);
            relays.put(identity, new Relay(withRsaOnly(entries, byRsa.get(identity)), listing));
          }
        });
    byRsa.forEach(
        (identity, entries) -> {
          if (!relays.containsKey(identity) && count(entries) > authorities / 2) {
            relays.put(identity, new Relay(entries, 0));
          }
        });
    return relays;
  }

  private static <K> @Nullable VoteEntry[] slots(
      Map<K, @Nullable VoteEntry[]> map, K key, int votes) {
    return map.computeIfAbsent(key, _ -> new @Nullable VoteEntry[votes]);
  }

  private static @Nullable VoteEntry[] withRsaOnly(
      @Nullable VoteEntry[] pair, @Nullable VoteEntry @Nullable [] rsa) {
    @Nullable VoteEntry[] merged = pair.clone();
    for (int i = 0; rsa != null && i < merged.length; i++) {
      VoteEntry other = rsa[i];
      if (merged[i] == null && other != null && !other.ed25519Listed()) {
        merged[i] = other;
      }
    }
    return merged;
  }

  private static int count(@Nullable VoteEntry[] entries) {
    int count = 0;
    for (VoteEntry entry : entries) {
      count += entry == null ? 0 : 1;
    }
    return count;
  }

  private static RsaIdentity identity(@Nullable VoteEntry[] entries) {
    for (VoteEntry entry : entries) {
      if (entry != null) {
        return entry.identity();
      }
    }
    throw new IllegalArgumentException("no entry");
  }
}
