package org.tunic.directory.serve;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;
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

  private DigestLists() {}

  /** Digests of 20 bytes in hexadecimal, joined with {@code +}; ascending, each once. */
  static List<Bytes> sha1(String list) {
    TreeSet<Bytes> digests = new TreeSet<>();
    for (String element : elements(list, '+')) {
      if (element.length() == HEX_SHA1) {
        try {
          digests.add(Bytes.fromHex(element));
        } catch (MalformedException e) {
          continue;
        }
      }
    }
    return List.copyOf(digests);
  }

  /** Digests of 32 bytes in base64 without padding, joined with {@code -}; ascending, each once. */
  static List<Bytes> sha256(String list) {
    TreeSet<Bytes> digests = new TreeSet<>();
    for (String element : elements(list, '-')) {
      if (element.length() == BASE64_SHA256) {
        try {
          digests.add(Bytes.copyOf(Base64.getDecoder().decode(element)));
        } catch (IllegalArgumentException e) {
          continue;
        }
      }
    }
    return List.copyOf(digests);
  }

  /** Identities in hexadecimal, joined with {@code +}; ascending, each once. */
  static List<RsaIdentity> identities(String list) {
    return sha1(list).stream().map(RsaIdentity::new).toList();
  }

  /** Pairs {@code IDENTITY-SIGNINGKEY} in hexadecimal, joined with {@code +}; each once. */
  static List<CertificateId> pairs(String list) {
    TreeSet<Bytes> pairs = new TreeSet<>();
    for (String element : elements(list, '+')) {
      if (element.length() == 2 * HEX_SHA1 + 1 && element.charAt(HEX_SHA1) == '-') {
        try {
          pairs.add(
              Bytes.concat(
                  Bytes.fromHex(element.substring(0, HEX_SHA1)),
                  Bytes.fromHex(element.substring(HEX_SHA1 + 1))));
        } catch (MalformedException e) {
          continue;
        }
      }
    }
    return pairs.stream()
        .map(
            p ->
                new CertificateId(
                    new RsaIdentity(p.slice(0, RsaIdentity.LENGTH)),
                    new RsaIdentity(p.slice(RsaIdentity.LENGTH, RsaIdentity.LENGTH))))
        .toList();
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
