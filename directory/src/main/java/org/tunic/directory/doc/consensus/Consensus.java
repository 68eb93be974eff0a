package org.tunic.directory.doc.consensus;

import java.util.List;
import java.util.Map;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.netdoc.NetdocText;

/**
 * A consensus that more than half of the configured authorities signed. Made by {@link
 * UnverifiedConsensus#verify}.
 *
 * <p>Spec: dir-spec/consensus-formats. Threads: immutable.
 */
public final class Consensus {
  private final UnverifiedConsensus parsed;

  Consensus(UnverifiedConsensus parsed) {
    this.parsed = parsed;
  }

  /** The document as received. */
  public NetdocText text() {
    return parsed.text();
  }

  /** Its flavour. */
  public ConsensusFlavor flavor() {
    return preamble().flavor();
  }

  /** What it says before its first relay. */
  public ConsensusPreamble preamble() {
    return parsed.preamble();
  }

  /** From when to when it holds. */
  public Lifetime lifetime() {
    return preamble().lifetime();
  }

  /** Its relays, ordered by identity. */
  public List<RouterStatus> relays() {
    return parsed.relays();
  }

  /** {@code Wgg} and the others; empty if the authorities could not compute them. */
  public Map<String, Integer> bandwidthWeights() {
    return parsed.bandwidthWeights();
  }

  /** All signatures on it, good or not. */
  public List<DirectorySignature> signatures() {
    return parsed.signatures();
  }

  /**
   * SHA3-256 of the signed part, through {@code directory-signature} and a space: what a request
   * names to get a difference to this consensus.
   */
  public Bytes sha3AsSigned() {
    return Bytes.copyOf(parsed.text().sha3(0, parsed.signedLength()));
  }

  /** The digest that signatures of this flavour are over: SHA-1 (ns) or SHA-256 (microdesc). */
  public Bytes signedDigest() {
    return parsed.signedDigest();
  }
}
