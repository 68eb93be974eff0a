package org.tunic.directory.authority.consensus;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.directory.doc.vote.VoteEntry;

/**
 * The flags Named and Unnamed, which no authority has given for many years; as long as the
 * computation knows them, all must treat them alike.
 *
 * <p>Spec: dir-spec/computing-consensus. Threads: immutable.
 */
final class NameMap {
  /**
   * By nickname in lower case; empty for a name that is disputed, or that an authority wants to
   * stay unassigned.
   */
  private final Map<String, Optional<RsaIdentity>> owners = new HashMap<>();

  NameMap(List<Vote> votes) {
    for (Vote vote : votes) {
      if (vote.knownFlags().contains("Named")) {
        vote.entries().stream().filter(e -> vote.has(e, "Named")).forEach(this::name);
      }
    }
    for (Vote vote : votes) {
      if (vote.knownFlags().contains("Unnamed")) {
        vote.entries().stream().filter(e -> vote.has(e, "Unnamed")).forEach(this::unname);
      }
    }
  }

  boolean isNamed(String nickname, RsaIdentity identity) {
    return owners.getOrDefault(key(nickname), Optional.empty()).equals(Optional.of(identity));
  }

  boolean isUnnamed(String nickname, RsaIdentity identity) {
    return owners.containsKey(key(nickname)) && !isNamed(nickname, identity);
  }

  private void name(VoteEntry entry) {
    owners.merge(
        key(entry.nickname()),
        Optional.of(entry.identity()),
        (old, now) -> old.equals(now) ? old : Optional.empty());
  }

  private void unname(VoteEntry entry) {
    owners.merge(
        key(entry.nickname()),
        Optional.empty(),
        (old, _) -> old.equals(Optional.of(entry.identity())) ? Optional.empty() : old);
  }

  private static String key(String nickname) {
    return nickname.toLowerCase(Locale.ROOT);
  }
}
