package org.tunic.daemon.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RsaIdentity;

/**
 * Relays named in the torrc: by nickname, fingerprint, country or address pattern, or {@code *} for
 * all.
 *
 * <p>Threads: immutable.
 *
 * @param text the entries as written, with commas between
 * @param nicknames nicknames in lower case
 * @param fingerprints identities
 * @param countries two-letter codes in lower case, which need a GeoIP database to mean anything
 * @param addresses address patterns as in an exit policy, without {@code accept} or {@code reject}
 */
public record RouterSet(
    String text,
    Set<String> nicknames,
    Set<RsaIdentity> fingerprints,
    Set<String> countries,
    List<String> addresses) {

  /** Nobody. */
  public static final RouterSet EMPTY = new RouterSet("", Set.of(), Set.of(), Set.of(), List.of());

  /** Copies the collections. */
  public RouterSet {
    nicknames = Set.copyOf(nicknames);
    fingerprints = Set.copyOf(fingerprints);
    countries = Set.copyOf(countries);
    addresses = List.copyOf(addresses);
  }

  static RouterSet parse(String value) throws BadValue {
    Set<String> nicknames = new LinkedHashSet<>();
    Set<RsaIdentity> fingerprints = new LinkedHashSet<>();
    Set<String> countries = new LinkedHashSet<>();
    List<String> addresses = new ArrayList<>();
    List<String> entries = OptionType.csv(value);
    for (String entry : entries) {
      if (Nicknames.isFingerprint(entry)) {
        fingerprints.add(fingerprint(entry));
      } else if (Nicknames.isNickname(entry)) {
        nicknames.add(entry.toLowerCase(Locale.ROOT));
      } else if (entry.length() == 4 && entry.charAt(0) == '{' && entry.charAt(3) == '}') {
        countries.add(entry.substring(1, 3).toLowerCase(Locale.ROOT));
      } else if (AddressPattern.isValid(entry)) {
        addresses.add(entry);
      } else {
        throw new BadValue(
            "has an entry that names no relay: " + OneLine.quote(entry),
            "use nicknames, fingerprints, {cc} country codes or addresses, with commas between");
      }
    }
    return new RouterSet(String.join(",", entries), nicknames, fingerprints, countries, addresses);
  }

  private static RsaIdentity fingerprint(String entry) {
    try {
      return RsaIdentity.fromHex(entry.startsWith("$") ? entry.substring(1) : entry);
    } catch (MalformedException e) {
      throw new IllegalStateException("checked before", e);
    }
  }

  /** Whoever is in one of both. */
  RouterSet and(RouterSet other) {
    if (isEmpty()) {
      return other;
    }
    Set<String> names = new LinkedHashSet<>(nicknames);
    names.addAll(other.nicknames);
    Set<RsaIdentity> identities = new LinkedHashSet<>(fingerprints);
    identities.addAll(other.fingerprints);
    Set<String> codes = new LinkedHashSet<>(countries);
    codes.addAll(other.countries);
    List<String> patterns = new ArrayList<>(addresses);
    patterns.addAll(other.addresses);
    return new RouterSet(text + "," + other.text, names, identities, codes, patterns);
  }

  /** Whether nobody is named. */
  public boolean isEmpty() {
    return text.isEmpty();
  }

  /** Whether {@code *} is in it. */
  public boolean isEverybody() {
    return addresses.contains("*");
  }

  /** Whether a relay is in it by name or fingerprint, or everybody is. */
  public boolean names(String nickname, RsaIdentity fingerprint) {
    return isEverybody()
        || fingerprints.contains(fingerprint)
        || nicknames.contains(nickname.toLowerCase(Locale.ROOT));
  }

  @Override
  public String toString() {
    return text;
  }
}
