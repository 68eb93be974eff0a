package org.tunic.crypto.hs;

import java.nio.charset.StandardCharsets;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.identity.Ed25519Identity;

/**
 * A time period: as long as a service keeps one blinded key.
 *
 * <p>Spec: rend-spec/deriving-keys#TIME-PERIODS
 *
 * <p>Threads: immutable.
 *
 * @param number periods since the epoch (after the rotation offset), not negative
 * @param lengthMinutes minutes of a period, positive
 */
public record TimePeriod(long number, int lengthMinutes) {
  /** The NUL belongs to it, as in C tor. */
  private static final byte[] BLIND = ascii("Derive temporary signing key\0");

  private static final byte[] BASE_POINT =
      ascii(
          "(15112221349535400772501151409588531511454012693041857206046113283949847762202,"
              + " 46316835694926478169428394003475163141307993866256225615783033603165251855960)");
  private static final byte[] NONCE = ascii("key-blind");
  private static final byte[] DISASTER = ascii("shared-random-disaster");

  /** Refuses numbers that no period has. */
  public TimePeriod {
    if (number < 0 || lengthMinutes <= 0) {
      throw new IllegalArgumentException("no such time period");
    }
  }

  /** The period after this one. */
  public TimePeriod next() {
    return new TimePeriod(number + 1, lengthMinutes);
  }

  /** The period before this one; period 0 has none. */
  public TimePeriod previous() {
    return new TimePeriod(number - 1, lengthMinutes);
  }

  /**
   * The shared random value of this period if the authorities agreed on none: SHA3-256 of
   * "shared-random-disaster" | INT_8(length) | INT_8(number).
   *
   * <p>Spec: rend-spec/shared-random (“Client behavior in the absence of shared random values”)
   */
  public Bytes disasterValue() {
    return Bytes.copyOf(
        Sha.sha3(DISASTER, new ByteWriter(16).u64(lengthMinutes).u64(number).toArray()));
  }

  /**
   * h = SHA3-256(BLIND_STRING | A | B | N) without the optional secret, not yet clamped; N is
   * "key-blind" | INT_8(number) | INT_8(length).
   */
  Bytes blindingFactor(Ed25519Identity identity) {
    byte[] nonce = new ByteWriter(32).bytes(NONCE).u64(number).u64(lengthMinutes).toArray();
    return Bytes.copyOf(Sha.sha3(BLIND, identity.bytes().toArray(), BASE_POINT, nonce));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
