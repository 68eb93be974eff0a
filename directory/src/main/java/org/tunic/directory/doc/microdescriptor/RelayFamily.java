package org.tunic.directory.doc.microdescriptor;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.Fields;

/**
 * Which relays a relay says are run by the same people.
 *
 * <p>The list in {@code family} counts only where both sides list each other; an identifier in
 * {@code family-ids} was proven by a certificate and counts where both sides have it.
 *
 * <p>Spec: dir-spec/computing-microdescriptors. Threads: immutable.
 *
 * @param identities members named by fingerprint ({@code $HEX}, with or without a nickname behind)
 * @param nicknames members named by nickname, in lower case
 * @param ids family identifiers such as {@code ed25519:…}
 */
public record RelayFamily(Set<RsaIdentity> identities, Set<String> nicknames, Set<String> ids) {
  /** No family. */
  public static final RelayFamily NONE = new RelayFamily(Set.of(), Set.of(), Set.of());

  /** Copies the sets. */
  public RelayFamily {
    identities = Set.copyOf(identities);
    nicknames = Set.copyOf(nicknames);
    ids = Set.copyOf(ids);
  }

  /**
   * Of the arguments of {@code family} and of {@code family-ids}; malformed members are skipped.
   */
  public static RelayFamily of(List<String> members, List<String> ids) {
    if (members.isEmpty() && ids.isEmpty()) {
      return NONE;
    }
    Set<RsaIdentity> identities = new HashSet<>();
    Set<String> nicknames = new HashSet<>();
    for (String member : members) {
      if (Fields.isNickname(member)) {
        nicknames.add(member.toLowerCase(Locale.ROOT));
      } else {
        addIdentity(member, identities);
      }
    }
    return new RelayFamily(identities, nicknames, new HashSet<>(ids));
  }

  /** {@code [$]HEX40[=NICK|~NICK]}. */
  private static void addIdentity(String member, Set<RsaIdentity> identities) {
    int start = member.startsWith("$") ? 1 : 0;
    int end = start + 2 * RsaIdentity.LENGTH;
    boolean whole = member.length() == end;
    if (!whole
        && !(member.length() > end && (member.charAt(end) == '=' || member.charAt(end) == '~'))) {
      return;
    }
    try {
      identities.add(RsaIdentity.fromHex(member.substring(start, end)));
    } catch (MalformedException e) {
      return; // one bad member does not spoil the others
    }
  }

  /** Whether the list names this relay. */
  public boolean lists(RsaIdentity identity, String nickname) {
    return identities.contains(identity)
        || (!nicknames.isEmpty() && nicknames.contains(nickname.toLowerCase(Locale.ROOT)));
  }
}
