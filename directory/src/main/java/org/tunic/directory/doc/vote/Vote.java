package org.tunic.directory.doc.vote;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.protover.ProtocolVersions;

/**
 * A vote whose signature was checked against the certificate it carries. Whether its author is an
 * authority, and whether it is for the period at hand, is for the reader to decide.
 *
 * @param text the document
 * @param digest SHA-1 of the signed part, 20 bytes
 * @param published when it was made
 * @param lifetime the times it proposes
 * @param voteDelay seconds for exchanging votes
 * @param distDelay seconds for exchanging signatures
 * @param methods consensus methods the authority knows, ascending, each once
 * @param clientVersions recommended versions as written; null if it does not say
 * @param serverVersions likewise for relays
 * @param protocols the recommended and required protocols, by keyword; those it lists
 * @param knownFlags the flags it has an opinion on, ascending, at most {@link #MAX_KNOWN_FLAGS}
 * @param parameters consensus parameters it votes for
 * @param voter who voted
 * @param sharedRandom its shared-random part
 * @param certificate its key certificate
 * @param entries what it says about relays, ascending by identity
 *     <p>Spec: dir-spec/consensus-formats. Threads: immutable.
 */
public record Vote(
    NetdocText text,
    Bytes digest,
    Instant published,
    Lifetime lifetime,
    int voteDelay,
    int distDelay,
    List<Integer> methods,
    @Nullable String clientVersions,
    @Nullable String serverVersions,
    Map<String, ProtocolVersions> protocols,
    List<String> knownFlags,
    Map<String, Integer> parameters,
    Voter voter,
    SharedRandomVote sharedRandom,
    KeyCertificate certificate,
    List<VoteEntry> entries) {
  /** Most flags a vote may know. */
  public static final int MAX_KNOWN_FLAGS = 64;

  /** Longest vote that is read, in bytes: what C tor takes as an upload. */
  public static final int MAX_LENGTH = (1 << 24) - 1;

  public Vote {
    methods = List.copyOf(methods);
    protocols = Map.copyOf(protocols);
    knownFlags = List.copyOf(knownFlags);
    parameters = Map.copyOf(parameters);
    entries = List.copyOf(entries);
  }

  /**
   * The author, as {@code dir-source} and {@code contact} tell.
   *
   * @param nickname its name
   * @param identity SHA-1 of its authority identity key
   * @param hostname its name or address, as written
   * @param address IPv4 address, as written
   * @param dirPort directory port
   * @param orPort OR port
   * @param contact how to reach the operator
   * @param legacyIdentity an older identity it still signs with; null for none
   */
  public record Voter(
      String nickname,
      RsaIdentity identity,
      String hostname,
      String address,
      int dirPort,
      int orPort,
      String contact,
      @Nullable RsaIdentity legacyIdentity) {
    /** The older identity, if there is one. */
    public Optional<RsaIdentity> legacy() {
      return Optional.ofNullable(legacyIdentity);
    }
  }

  /**
   * Reads one vote and checks certificate and signature.
   *
   * @param text exactly one vote
   * @param testing whether this is a testing network, where intervals may be short
   * @throws DocumentSyntaxException if it is malformed or a signature does not verify: refuse it
   */
  public static Vote parse(NetdocText text, boolean testing) throws DocumentSyntaxException {
    return new VoteParser(text, testing).vote();
  }

  /** Whether a voter flag is set on an entry of this vote. */
  public boolean has(VoteEntry entry, String flag) {
    int index = knownFlags.indexOf(flag);
    return index >= 0 && (entry.flags() >>> index & 1) != 0;
  }

  /** Whether any relay has a measured bandwidth here. */
  public boolean measuresBandwidth() {
    return entries.stream().anyMatch(e -> e.measured() >= 0);
  }
}
