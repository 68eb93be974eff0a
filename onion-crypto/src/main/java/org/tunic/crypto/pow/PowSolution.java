package org.tunic.crypto.pow;

import org.tunic.crypto.bytes.Bytes;

/**
 * A solution as a client sends it: not believed before {@link PowV1#verify}.
 *
 * <p>Spec: hspow-spec/v1-equix
 *
 * <p>Threads: immutable.
 *
 * @param nonce N, 16 bytes
 * @param effort E, 0 to 2^32 - 1
 * @param seedHead the first 4 bytes of the seed that was solved for
 * @param equix S, eight indices of 16 bits, little-endian
 */
public record PowSolution(Bytes nonce, long effort, Bytes seedHead, Bytes equix) {
  /** Bytes of a nonce. */
  public static final int NONCE_LENGTH = 16;

  /** Bytes of an Equi-X solution. */
  public static final int EQUIX_LENGTH = 16;

  /** Greatest effort. */
  public static final long MAX_EFFORT = 0xffff_ffffL;

  /** Checks lengths and range. */
  public PowSolution {
    if (nonce.length() != NONCE_LENGTH
        || effort < 0
        || effort > MAX_EFFORT
        || seedHead.length() != PowSeed.HEAD_LENGTH
        || equix.length() != EQUIX_LENGTH) {
      throw new IllegalArgumentException("not the parts of a solution");
    }
  }
}
