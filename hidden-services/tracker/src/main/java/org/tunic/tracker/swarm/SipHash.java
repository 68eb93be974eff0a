package org.tunic.tracker.swarm;

/**
 * SipHash-1-3 of short inputs: peers choose what is hashed, so tables need a hash that they cannot
 * foresee.
 *
 * <p>Threads: immutable.
 *
 * @param k0 half of the key
 * @param k1 the other half
 */
record SipHash(long k0, long k1) {
  /** Of three words. */
  long of(long a, long b, long c) {
    long v0 = k0 ^ 0x736f6d6570736575L;
    long v1 = k1 ^ 0x646f72616e646f6dL;
    long v2 = k0 ^ 0x6c7967656e657261L;
    long v3 = k1 ^ 0x7465646279746573L;
    for (int i = 0; i < 4; i++) {
      // The last block is the length, 24 bytes, as for any input of whole words.
      long word = i == 0 ? a : i == 1 ? b : i == 2 ? c : 24L << 56;
      v3 ^= word;
      v0 += v1;
      v2 += v3;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 = Long.rotateLeft(v0, 32) + v3;
      v2 += v1;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
      v0 ^= word;
    }
    v2 ^= 0xff;
    for (int i = 0; i < 3; i++) {
      v0 += v1;
      v2 += v3;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 = Long.rotateLeft(v0, 32) + v3;
      v2 += v1;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  /** Of any bytes, by folding them into words one after the other. */
  long of(byte[] bytes) {
    long sum = bytes.length;
    for (int i = 0; i < bytes.length; i += 8) {
      long word = 0;
      for (int j = i; j < Math.min(bytes.length, i + 8); j++) {
        word = (word << 8) | (bytes[j] & 0xff);
      }
      sum = of(sum, word, i);
    }
    return of(sum, 0, bytes.length);
  }

  /** Nothing that tells the key. */
  @Override
  public String toString() {
    return "SipHash";
  }
}
