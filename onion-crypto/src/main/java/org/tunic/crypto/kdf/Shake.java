package org.tunic.crypto.kdf;

import org.bouncycastle.crypto.digests.SHAKEDigest;
import org.tunic.crypto.secret.SecretBytes;

/**
 * SHAKE-256 as a key derivation function, as ntor v3 and onion services use it.
 *
 * <p>Spec: tor-spec/create-created-cells#ntor-v3, FIPS 202
 *
 * <p>Threads: any, because it has no state.
 */
public final class Shake {
  private static final int BITS = 256;

  private Shake() {}

  /**
   * The first {@code length} bytes of SHAKE-256 of the concatenation of {@code parts}; the caller
   * owns the result and still has to wipe the parts.
   */
  public static SecretBytes derive(int length, byte[]... parts) {
    SHAKEDigest shake = new SHAKEDigest(BITS);
    for (byte[] part : parts) {
      shake.update(part, 0, part.length);
    }
    byte[] out = new byte[length];
    shake.doFinal(out, 0, length); // resets the state, too
    return SecretBytes.takeOwnership(out);
  }
}
