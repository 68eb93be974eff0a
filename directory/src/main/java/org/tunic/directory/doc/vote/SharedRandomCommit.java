package org.tunic.directory.doc.vote;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.identity.RsaIdentity;

/**
 * One authority's commitment in a shared-random run and, in the second phase, what it had committed
 * to.
 *
 * <p>Both texts are base64 of 40 bytes: {@code timestamp (8) | value (32)}; the commit's value is
 * the SHA3-256 of the reveal's text.
 *
 * @param identity whose commitment it is
 * @param commit the commitment as written, 56 characters
 * @param timestamp start of the run in seconds since 1970
 * @param hashedReveal SHA3-256 of the reveal's text, 32 bytes; the order of commits in the
 *     computation
 * @param reveal the reveal as written, 56 characters; null as long as it is unknown
 *     <p>Spec: srv-spec/specification#COMMITREVEAL. Threads: immutable.
 */
public record SharedRandomCommit(
    RsaIdentity identity,
    String commit,
    long timestamp,
    Bytes hashedReveal,
    @Nullable String reveal) {
  /** Characters of a commit or reveal in base64. */
  public static final int TEXT_LENGTH = 56;

  private static final int VERSION = 1;
  private static final String ALGORITHM = "sha3-256";

  /**
   * Reads the arguments of a {@code shared-rand-commit} line: version, algorithm, identity, commit,
   * and perhaps a reveal. Empty for one that we cannot use, which is not the vote's fault: it may
   * be of a later version.
   */
  public static Optional<SharedRandomCommit> parse(List<String> args) {
    if (args.size() < 4 || !args.get(0).equals("" + VERSION) || !args.get(1).equals(ALGORITHM)) {
      return Optional.empty();
    }
    try {
      String reveal = args.size() > 4 ? args.get(4) : null;
      if (reveal != null) {
        decode(reveal);
      }
      return Optional.of(of(RsaIdentity.fromHex(args.get(2)), args.get(3), reveal));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  /**
   * A commitment from its texts.
   *
   * @throws MalformedException if the commit is not 40 bytes in base64
   */
  public static SharedRandomCommit of(RsaIdentity identity, String commit, @Nullable String reveal)
      throws MalformedException {
    ByteReader in = new ByteReader(decode(commit));
    return new SharedRandomCommit(identity, commit, in.u64(), in.bytes(32), reveal);
  }

  /** Whether the reveal, if there is one, is what was committed to. */
  public boolean revealMatches() {
    if (reveal == null) {
      return false;
    }
    try {
      long revealTimestamp = new ByteReader(decode(reveal)).u64();
      byte[] hash = Sha.sha3(reveal.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      return revealTimestamp == timestamp && Bytes.copyOf(hash).equals(hashedReveal);
    } catch (MalformedException e) {
      return false;
    }
  }

  /** The reveal, if it is known. */
  public Optional<String> revealed() {
    return Optional.ofNullable(reveal);
  }

  /**
   * The line of a vote, without its end.
   *
   * @param revealPhase whether reveals are due; then the line has a field for it, which may be
   *     empty
   */
  public String line(boolean revealPhase) {
    String line =
        "shared-rand-commit " + VERSION + " " + ALGORITHM + " " + identity.hex() + " " + commit;
    return revealPhase ? line + " " + (reveal == null ? "" : reveal) : line;
  }

  /** Without the reveal, which may be our own and not due yet. */
  @Override
  public String toString() {
    return "shared-random commit of " + identity.hex();
  }

  private static byte[] decode(String text) throws MalformedException {
    if (text.length() != TEXT_LENGTH) {
      throw new MalformedException("length of a shared-random commit");
    }
    byte[] bytes = Base64s.decode(text);
    if (bytes.length != 40) {
      throw new MalformedException("length of a shared-random commit");
    }
    return bytes;
  }
}
