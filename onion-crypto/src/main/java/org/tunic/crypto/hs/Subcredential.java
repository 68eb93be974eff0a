package org.tunic.crypto.hs;

import java.nio.charset.StandardCharsets;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha;

/**
 * What only those know who have a service's onion address, in one time period: it keeps the
 * directories from reading descriptors.
 *
 * <pre>
 * credential    = SHA3-256("credential" | identity public key)
 * subcredential = SHA3-256("subcredential" | credential | blinded public key)
 * </pre>
 *
 * <p>Spec: rend-spec/deriving-keys#SUBCRED
 *
 * <p>Threads: immutable.
 *
 * @param bytes 32 bytes
 */
public record Subcredential(Bytes bytes) {
  /** Length in bytes. */
  public static final int LENGTH = 32;

  private static final byte[] CREDENTIAL = "credential".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SUBCREDENTIAL = "subcredential".getBytes(StandardCharsets.US_ASCII);

  /** Checks the length. */
  public Subcredential {
    if (bytes.length() != LENGTH) {
      throw new IllegalArgumentException("a subcredential has 32 bytes");
    }
  }

  /** That of {@code service} while its blinded key is {@code blinded}. */
  public static Subcredential of(HsId service, HsBlindedId blinded) {
    byte[] credential = Sha.sha3(CREDENTIAL, service.key().bytes().toArray());
    return new Subcredential(
        Bytes.copyOf(Sha.sha3(SUBCREDENTIAL, credential, blinded.key().bytes().toArray())));
  }
}
