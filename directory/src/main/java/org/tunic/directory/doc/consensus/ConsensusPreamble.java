package org.tunic.directory.doc.consensus;

import java.util.List;
import java.util.Map;
import org.tunic.directory.protover.ProtocolVersions;

/**
 * What a consensus says before its first relay.
 *
 * <p>Spec: dir-spec/consensus-formats. Threads: immutable.
 *
 * @param flavor ns or microdesc
 * @param method the consensus method it was computed with
 * @param lifetime from when to when it holds
 * @param voteSeconds seconds the authorities leave for votes
 * @param distSeconds seconds they leave for signatures
 * @param clientVersions recommended versions of C tor, comma-separated; may be empty
 * @param serverVersions the same for relays
 * @param knownFlags flags the authorities vote on, in ASCII order
 * @param protocols recommended and required subprotocols
 * @param params consensus parameters
 * @param sharedRandom the shared random values
 * @param sources the authorities whose votes went into it
 */
public record ConsensusPreamble(
    ConsensusFlavor flavor,
    int method,
    Lifetime lifetime,
    int voteSeconds,
    int distSeconds,
    String clientVersions,
    String serverVersions,
    List<String> knownFlags,
    Protocols protocols,
    Map<String, Integer> params,
    SharedRandom sharedRandom,
    List<DirSource> sources) {

  /** Copies the collections. */
  public ConsensusPreamble {
    knownFlags = List.copyOf(knownFlags);
    params = Map.copyOf(params);
    sources = List.copyOf(sources);
  }

  /** The four lists of subprotocols; empty where the consensus has none. */
  public record Protocols(
      ProtocolVersions recommendedClient,
      ProtocolVersions recommendedRelay,
      ProtocolVersions requiredClient,
      ProtocolVersions requiredRelay) {}
}
