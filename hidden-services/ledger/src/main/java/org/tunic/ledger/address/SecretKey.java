package org.tunic.ledger.address;

import java.util.Arrays;

/**
 * A private key as a wallet hands it over; whoever has it wipes it.
 *
 * <p>Threads: one.
 */
public final class SecretKey implements AutoCloseable {
  private final byte[] scalar;
  private final boolean compressed;

  SecretKey(byte[] owned, boolean compressed) {
    this.scalar = owned;
    this.compressed = compressed;
  }

  /** Whether its public key is written with 33 bytes, not 65. */
  public boolean isCompressed() {
    return compressed;
  }

  /** The 32 bytes themselves, to sign with; not to be kept. */
  public byte[] exposed() {
    return scalar;
  }

  @Override
  public void close() {
    Arrays.fill(scalar, (byte) 0);
  }
}
