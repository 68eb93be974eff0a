package org.tunic.crypto.pow;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A SipHash state of four words, with the two functions that HashX takes from it: a generator of
 * numbers (one and three rounds), and eight registers made of an input.
 *
 * <p>Spec: hspow-spec/v1-equix (HashX as its reference implementation has it)
 *
 * <p>Threads: immutable.
 */
record SipKey(long v0, long v1, long v2, long v3) {
  /** The key in 32 bytes of {@code bytes} from {@code offset}, little-endian. */
  static SipKey of(byte[] bytes, int offset) {
    ByteBuffer in = ByteBuffer.wrap(bytes, offset, 32).order(ByteOrder.LITTLE_ENDIAN);
    return new SipKey(in.getLong(), in.getLong(), in.getLong(), in.getLong());
  }

  /** Number {@code counter} of the generator. */
  long number(long counter) {
    long[] s = {v0, v1, v2, v3 ^ counter};
    round(s, 0);
    s[0] ^= counter;
    s[2] ^= 0xff;
    for (int i = 0; i < 3; i++) {
      round(s, 0);
    }
    return s[0] ^ s[1] ^ s[2] ^ s[3];
  }

  /** Eight registers for {@code input}. */
  void fill(long input, long[] registers) {
    long[] s = {v0, v1 ^ 0xee, v2, v3 ^ input};
    round(s, 0);
    round(s, 0);
    s[0] ^= input;
    s[2] ^= 0xee;
    rounds4(s);
    System.arraycopy(s, 0, registers, 0, 4);
    s[1] ^= 0xdd;
    rounds4(s);
    System.arraycopy(s, 0, registers, 4, 4);
  }

  /** What a hash is of the registers after the program. */
  long finish(long[] r) {
    r[0] += v0;
    r[1] += v1;
    r[6] += v2;
    r[7] += v3;
    round(r, 0);
    round(r, 4);
    return r[0] ^ r[4];
  }

  private static void rounds4(long[] s) {
    for (int i = 0; i < 4; i++) {
      round(s, 0);
    }
  }

  /** One SipHash round over four words from {@code at}. */
  private static void round(long[] s, int at) {
    long a = s[at];
    long b = s[at + 1];
    long c = s[at + 2];
    long d = s[at + 3];
    a += b;
    c += d;
    b = Long.rotateLeft(b, 13) ^ a;
    d = Long.rotateLeft(d, 16) ^ c;
    a = Long.rotateLeft(a, 32);
    c += b;
    a += d;
    b = Long.rotateLeft(b, 17) ^ c;
    d = Long.rotateLeft(d, 21) ^ a;
    c = Long.rotateLeft(c, 32);
    s[at] = a;
    s[at + 1] = b;
    s[at + 2] = c;
    s[at + 3] = d;
  }
}
