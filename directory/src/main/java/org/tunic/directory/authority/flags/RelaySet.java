package org.tunic.directory.authority.flags;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.policy.ExitPolicy;
import org.tunic.directory.policy.PolicySyntaxException;

/**
 * A set of relays as torrc options name them: fingerprints with or without {@code $}, nicknames,
 * address patterns such as {@code *} or {@code 10.0.0.0/8}, separated by commas.
 *
 * <p>Spec: tor(1), TestingDirAuthVoteGuard. Threads: immutable.
 */
public final class RelaySet {
  public static final RelaySet NONE = new RelaySet(Set.of(), Set.of(), ExitPolicy.ACCEPT_ALL);

  private static final int FINGERPRINT_LENGTH = 40;
  private static final int MAX_NICKNAME_LENGTH = 19;

  private final Set<RsaIdentity> identities;

  /** In lower case. */
  private final Set<String> nicknames;

  /** Rejects the addresses of the set. */
  private final ExitPolicy addresses;

  private RelaySet(Set<RsaIdentity> identities, Set<String> nicknames, ExitPolicy addresses) {
    this.identities = Set.copyOf(identities);
    this.nicknames = Set.copyOf(nicknames);
    this.addresses = addresses;
  }

  /**
   * Reads the value of an option. Country codes are not supported and count as malformed.
   *
   * @throws MalformedException if an element is none of the three kinds
   */
  public static RelaySet parse(String value) throws MalformedException {
    Set<RsaIdentity> identities = new HashSet<>();
    Set<String> nicknames = new HashSet<>();
    List<String> patterns = new ArrayList<>();
    for (String part : value.split(",")) {
      String element = part.strip();
      String name = element.startsWith("$") ? element.substring(1) : element;
      if (name.length() >= FINGERPRINT_LENGTH) {
        identities.add(RsaIdentity.fromHex(name.substring(0, FINGERPRINT_LENGTH)));
      } else if (isNickname(element)) {
        nicknames.add(element.toLowerCase(Locale.ROOT));
      } else if (!element.isEmpty()) {
        patterns.add(element.contains(":") || element.contains("[") ? element : element + ":*");
      }
    }
    try {
      return new RelaySet(
          identities, nicknames, ExitPolicy.parseRules(patterns, Optional.of(false)));
    } catch (PolicySyntaxException e) {
      throw new MalformedException("neither fingerprint, nickname nor address pattern");
    }
  }

  /** Whether the set names this relay by any of its attributes. */
  public boolean contains(RsaIdentity identity, String nickname, InetAddress address, int orPort) {
    return identities.contains(identity)
        || nicknames.contains(nickname.toLowerCase(Locale.ROOT))
        || !addresses.allows(address, Math.max(1, orPort));
  }

  private static boolean isNickname(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_NICKNAME_LENGTH
        && text.chars().allMatch(c -> c < 128 && Character.isLetterOrDigit(c))
        && !Character.isDigit(text.charAt(0));
  }
}
