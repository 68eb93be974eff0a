package org.tunic.crypto.hs;

import java.nio.charset.StandardCharsets;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.identity.Ed25519Identity;

/**
 * A place on the ring of hidden-service directories: where a relay stands, or where a replica of a
 * descriptor belongs.
 *
 * <p>The two indices name number and length of the period in opposite orders.
 *
 * <p>Spec: rend-spec/deriving-keys#WHERE-HSDESC
 *
 * <p>Threads: immutable.
 *
 * @param bytes 32 bytes, compared as an unsigned big-endian number
 */
public record HsIndex(Bytes bytes) implements Comparable<HsIndex> {
  private static final byte[] STORE_AT = "store-at-idx".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NODE = "node-idx".getBytes(StandardCharsets.US_ASCII);

  /**
   * hs_index: SHA3-256("store-at-idx" | blinded key | INT_8(replica) | INT_8(length) |
   * INT_8(number)).
   *
   * @param replica from 1
   */
  public static HsIndex ofReplica(HsBlindedId blinded, int replica, TimePeriod period) {
    return new HsIndex(
        Bytes.copyOf(
            Sha.sha3(
                STORE_AT,
                blinded.key().bytes().toArray(),
                new ByteWriter(24)
                    .u64(replica)
                    .u64(period.lengthMinutes())
                    .u64(period.number())
                    .toArray())));
  }

  /**
   * hsdir_index: SHA3-256("node-idx" | relay's Ed25519 identity | shared random value |
   * INT_8(number) | INT_8(length)).
   *
   * @param sharedRandom 32 bytes
   */
  public static HsIndex ofRelay(Ed25519Identity relay, Bytes sharedRandom, TimePeriod period) {
    return new HsIndex(
        Bytes.copyOf(
            Sha.sha3(
                NODE,
                relay.bytes().toArray(),
                sharedRandom.toArray(),
                new ByteWriter(16).u64(period.number()).u64(period.lengthMinutes()).toArray())));
  }

  @Override
  public int compareTo(HsIndex other) {
    return bytes.compareTo(other.bytes);
  }
}
