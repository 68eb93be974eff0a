package org.tunic.crypto.pow;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.digests.Blake2bDigest;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsBlindedId;

/**
 * Proof of work of version 1: the challenge of an onion service, and whether a solution proves the
 * effort that it claims.
 *
 * <pre>
 * challenge = "Tor hs intro v1" 00 | blinded key 32 | seed 32 | nonce 16 | effort 4
 * R         = first 4 of Blake2b-32(challenge | solution), good if R * effort &lt;= 2^32 - 1
 * </pre>
 *
 * <p>Spec: hspow-spec/v1-equix
 *
 * <p>Threads: any, because it has no state.
 */
public final class PowV1 {
  /** Bytes of a challenge. */
  static final int CHALLENGE_LENGTH = 100;

  private static final byte[] LABEL = "Tor hs intro v1\0".getBytes(StandardCharsets.US_ASCII);
  private static final int HASH_LENGTH = 4;
  private static final long MAX_PRODUCT = 0xffff_ffffL;

  private PowV1() {}

  /**
   * Whether {@code solution} is one for this service and seed, of the effort it claims. That its
   * nonce was not used before, the service has to see to.
   *
   * <p>The effort is checked first: a wrong claim costs a hash, only a right one a HashX program.
   *
   * @param seed the service's seed of which the solution names the first bytes
   */
  public static boolean verify(PowSolution solution, HsBlindedId service, PowSeed seed) {
    if (!solution.seedHead().equals(seed.head())) {
      return false;
    }
    byte[] challenge = challenge(service, seed, solution.nonce(), solution.effort());
    return isWorth(challenge, solution.equix(), solution.effort())
        && EquiX.verify(challenge, solution.equix());
  }

  static byte[] challenge(HsBlindedId service, PowSeed seed, Bytes nonce, long effort) {
    return new ByteWriter(CHALLENGE_LENGTH)
        .bytes(LABEL)
        .bytes(service.key().bytes())
        .bytes(seed.bytes())
        .bytes(nonce)
        .u32(effort)
        .toArray();
  }

  static boolean isWorth(byte[] challenge, Bytes equix, long effort) {
    Blake2bDigest digest = new Blake2bDigest(8 * HASH_LENGTH);
    digest.update(challenge, 0, challenge.length);
    digest.update(equix.toArray(), 0, equix.length());
    byte[] hash = new byte[HASH_LENGTH];
    digest.doFinal(hash, 0);
    long r = 0;
    for (byte b : hash) {
      r = r << 8 | (b & 0xff);
    }
    // Below 2^64 as both are below 2^32, so it must be compared unsigned.
    return Long.compareUnsigned(r * effort, MAX_PRODUCT) <= 0;
  }
}
