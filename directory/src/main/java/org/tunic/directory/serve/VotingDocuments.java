package org.tunic.directory.serve;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.directory.netdoc.NetdocText;

/**
 * What an authority shows of the making of consensuses.
 *
 * <p>Spec: dir-spec/exchanging-votes, dir-spec/exchanging-detached-signatures,
 * dir-spec/serving-bandwidth-list-files. Threads: immutable.
 *
 * @param pending votes for the next consensus, ours included, at most one of each authority
 * @param previous the votes that the current consensus was computed from
 * @param consensus the next consensus in the ns flavour, with the signatures so far; null unless it
 *     is computed and not yet published
 * @param signatures the detached signatures on it; null likewise
 * @param bandwidthFile the bandwidth file that our vote is made from; null if there is none
 */
public record VotingDocuments(
    List<Vote> pending,
    List<Vote> previous,
    @Nullable NetdocText consensus,
    @Nullable NetdocText signatures,
    @Nullable Bytes bandwidthFile) {
  /** Nothing yet. */
  public static final VotingDocuments NONE =
      new VotingDocuments(List.of(), List.of(), null, null, null);

  /** Copies the lists. */
  public VotingDocuments {
    pending = List.copyOf(pending);
    previous = List.copyOf(previous);
  }

  Optional<NetdocText> pendingConsensus() {
    return Optional.ofNullable(consensus);
  }

  Optional<NetdocText> pendingSignatures() {
    return Optional.ofNullable(signatures);
  }

  /** The vote of an authority for the next consensus. */
  Optional<Vote> pendingOf(RsaIdentity authority) {
    return of(pending, authority);
  }

  /** The vote of an authority for the current consensus. */
  Optional<Vote> previousOf(RsaIdentity authority) {
    return of(previous, authority);
  }

  private static Optional<Vote> of(List<Vote> votes, RsaIdentity authority) {
    return votes.stream().filter(v -> v.voter().identity().equals(authority)).findFirst();
  }

  /** The vote whose signed part has this SHA-1 digest. */
  Optional<Vote> byDigest(Bytes digest) {
    return pending.stream()
        .filter(v -> v.digest().equals(digest))
        .findFirst()
        .or(() -> previous.stream().filter(v -> v.digest().equals(digest)).findFirst());
  }
}
