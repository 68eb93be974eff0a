package org.tunic.index.catalogue;

import java.nio.charset.StandardCharsets;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha;

/**
 * The 32 bytes that an operator's record on the ledger says of a catalogue: the tagged hash {@code
 * oia/root} over the operator's id, the number of leaves (four bytes, the lowest first) and the
 * root.
 *
 * <p>Spec: BIP 340 for tagged hashes. Threads: any, because it has no state.
 */
public final class Commitment {
  /** Bytes of an operator's id. */
  public static final int ID_BYTES = 32;

  private static final byte[] TAG = Sha.sha256("oia/root".getBytes(StandardCharsets.US_ASCII));

  private Commitment() {}

  /**
   * The commitment.
   *
   * @param operator 32 bytes
   * @param leaves of the tree
   * @param root of the tree, 32 bytes
   */
  public static Bytes of(Bytes operator, int leaves, Bytes root) {
    byte[] count = {
      (byte) leaves, (byte) (leaves >> 8), (byte) (leaves >> 16), (byte) (leaves >> 24)
    };
    return Bytes.copyOf(Sha.sha256(TAG, TAG, operator.toArray(), count, root.toArray()));
  }
}
