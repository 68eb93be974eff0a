package org.tunic.directory.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.DirectorySignature.CertificateId;

/**
 * The lists of digests at the end of request targets. Elements of a wrong length or with wrong
 * characters are skipped, as C tor skips them, and those beyond {@link #MAX_ELEMENTS} are not
 * looked at.
 *
 * <p>Spec: dir-spec/general-use-http-urls. Threads: pure functions.
 */
final class DigestLists {
  /**
   * Most elements of one list that are answered; C tor asks for at most 96 at a time. Who asks for
   * more misses the rest, and asks again.
   */
  static final int MAX_ELEMENTS = 512;

  private static final int HEX_SHA1 = 40;
  private static final int BASE64_SHA256 = 43;
  private static final int SHA256_BYTES = 32;

  private DigestLists() {}

  /** Digests of 20 bytes in hexadecimal, joined with {@code +}; ascending, each once. */
  static List<Bytes> sha1(String list) {
    return sorted(elements(list, '+').stream().flatMap(e -> hexSha1(e).stream()));
  }

  /** Digests of 32 bytes in base64 without padding, joined with {@code -}; ascending, each once. */
  static List<Bytes> sha256(String list) {
    return sorted(elements(list, '-').stream().flatMap(e -> base64Sha256(e).stream()));
  }

  /** Identities in hexadecimal, joined with {@code +}; ascending, each once. */
  static List<RsaIdentity> identities(String list) {
    return sha1(list).stream().map(RsaIdentity::new).toList();
  }

  /** Pairs {@code IDENTITY-SIGNINGKEY} in hexadecimal, joined with {@code +}; each once. */
  static List<CertificateId> pairs(String list) {
    return elements(list, '+').stream().flatMap(e -> pair(e).stream()).distinct().toList();
  }

  private static List<Bytes> sorted(Stream<Bytes> digests) {
    return digests.sorted().distinct().toList();
  }

  private static Optional<Bytes> hexSha1(String element) {
    if (element.length() != HEX_SHA1) {
      return Optional.empty();
    }
    try {
      return Optional.of(Bytes.fromHex(element));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  private static Optional<Bytes> base64Sha256(String element) {
    if (element.length() != BASE64_SHA256) {
      return Optional.empty();
    }
    try {
      Bytes digest = Bytes.copyOf(Base64s.decode(element));
      return Optional.of(digest).filter(d -> d.length() == SHA256_BYTES);
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  private static Optional<CertificateId> pair(String element) {
    if (element.length() != 2 * HEX_SHA1 + 1 || element.charAt(HEX_SHA1) != '-') {
      return Optional.empty();
    }
    Optional<Bytes> identity = hexSha1(element.substring(0, HEX_SHA1));
    Optional<Bytes> signingKey = hexSha1(element.substring(HEX_SHA1 + 1));
    return identity.flatMap(
        id -> signingKey.map(key -> new CertificateId(new RsaIdentity(id), new RsaIdentity(key))));
  }

  /** What stands between the separators; of an empty list one empty element. */
  static List<String> elements(String list, char separator) {
    List<String> elements = new ArrayList<>();
    int from = 0;
    while (elements.size() < MAX_ELEMENTS) {
      int to = list.indexOf(separator, from);
      if (to < 0) {
        elements.add(list.substring(from));
        break;
      }
      elements.add(list.substring(from, to));
      from = to + 1;
    }
    return elements;
  }
}
