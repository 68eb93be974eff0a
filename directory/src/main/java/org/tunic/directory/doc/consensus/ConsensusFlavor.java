package org.tunic.directory.doc.consensus;

import java.util.Optional;

/**
 * The two flavours of a consensus.
 *
 * <p>Spec: dir-spec/consensus-formats. Threads: immutable.
 */
public enum ConsensusFlavor {
  /** Names router descriptors by SHA-1 digest and holds policy summaries; signed over SHA-1. */
  NS("ns", "/tor/status-vote/current/consensus", "SHA-1"),
  /** Names microdescriptors by SHA-256 digest; signed over SHA-256. */
  MICRODESC("microdesc", "/tor/status-vote/current/consensus-microdesc", "SHA-256");

  private final String keyword;
  private final String path;
  private final String digestAlgorithm;

  ConsensusFlavor(String keyword, String path, String digestAlgorithm) {
    this.keyword = keyword;
    this.path = path;
    this.digestAlgorithm = digestAlgorithm;
  }

  /** The flavour's name in documents. */
  public String keyword() {
    return keyword;
  }

  /** The request target of the current consensus. */
  public String path() {
    return path;
  }

  /** The digest its signatures are over, by its Java name. */
  public String digestAlgorithm() {
    return digestAlgorithm;
  }

  /** The flavour with this name. */
  public static Optional<ConsensusFlavor> of(String keyword) {
    for (ConsensusFlavor flavor : values()) {
      if (flavor.keyword.equals(keyword)) {
        return Optional.of(flavor);
      }
    }
    return Optional.empty();
  }
}
