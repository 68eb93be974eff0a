package org.tunic.directory.doc.vote;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.linkspec.RelayAddress;

/**
 * What a vote says about one relay.
 *
 * @param nickname as its descriptor says
 * @param identity SHA-1 of its RSA identity key
 * @param descriptorDigest SHA-1 of the descriptor meant, 20 bytes
 * @param published of that descriptor
 * @param orPort IPv4 address and port
 * @param dirPort directory port, 0 for none
 * @param ipv6 its IPv6 OR port; null for none
 * @param flags bit n for the flag at index n of the vote's known flags
 * @param version the {@code v} line; null without one
 * @param protocols the {@code pr} line as written
 * @param bandwidth kilobytes a second the relay claims; -1 without one
 * @param measured kilobytes a second measured; -1 without one
 * @param guardFraction percent of time it was a guard; -1 without one
 * @param policy the {@code p} line as written; null without one
 * @param ed25519Listed whether the vote says anything about its Ed25519 identity
 * @param ed25519 that identity, 32 bytes; all zero for {@code none} or if nothing is said
 * @param microdescriptors the {@code m} lines as written
 *     <p>Spec: dir-spec/consensus-formats. Threads: immutable.
 */
public record VoteEntry(
    String nickname,
    RsaIdentity identity,
    Bytes descriptorDigest,
    Instant published,
    RelayAddress orPort,
    int dirPort,
    @Nullable RelayAddress ipv6,
    long flags,
    @Nullable String version,
    String protocols,
    long bandwidth,
    long measured,
    int guardFraction,
    @Nullable String policy,
    boolean ed25519Listed,
    Bytes ed25519,
    List<String> microdescriptors) {
  /** The identity of a relay without one. */
  static final Bytes NO_ED25519 = Bytes.copyOf(new byte[32]);

  private static final int DIGEST_CHARS = 43;

  public VoteEntry {
    microdescriptors = List.copyOf(microdescriptors);
  }

  /**
   * SHA-256 of the microdescriptor that this authority makes by a consensus method; empty if the
   * vote names none.
   */
  public Optional<Bytes> microdescriptor(int method) {
    for (int i = microdescriptors.size() - 1;
        i >= 0;
        i--) { // of several lines for a method C tor takes the last
      String line = microdescriptors.get(i);
      if (namesMethod(line, method)) {
        int at = line.indexOf(" sha256=");
        return at < 0 ? Optional.empty() : digest(line, at + " sha256=".length());
      }
    }
    return Optional.empty();
  }

  private static boolean namesMethod(String line, int method) {
    int space = line.indexOf(' ');
    String methods = space < 0 ? line : line.substring(0, space);
    String wanted = Integer.toString(method);
    for (String listed : methods.split(",")) {
      if (listed.equals(wanted)) {
        return true;
      }
    }
    return false;
  }

  private static Optional<Bytes> digest(String line, int at) {
    try {
      byte[] digest =
          Base64s.decode(line.substring(at, Math.min(line.length(), at + DIGEST_CHARS)));
      return digest.length == 32 ? Optional.of(Bytes.copyOf(digest)) : Optional.empty();
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }
}
