package org.tunic.crypto.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.secret.ConstantTime;
import org.tunic.testing.SeededRandom;

class LoopRandomTest {
  @Test
  void nextBytes_pieces_areTheSameStream() {
    byte[] whole = new byte[5000];
    new LoopRandom(new SeededRandom(1)).nextBytes(whole);
    byte[] pieces = new byte[5000];
    LoopRandom random = new LoopRandom(new SeededRandom(1));
    int at = 0;
    for (int n = 1; at < pieces.length; n = n * 3 % 1031 + 1) {
      int length = Math.min(n, pieces.length - at);
      random.nextBytes(pieces, at, length);
      at += length;
    }
    assertArrayEquals(whole, pieces);
  }

  @Test
  void nextBytes_target_isFilledInItsRangeOnly() {
    byte[] target = new byte[100];
    new LoopRandom(new SeededRandom(2)).nextBytes(target, 10, 80);
    assertArrayEquals(new byte[10], Arrays.copyOf(target, 10));
    assertArrayEquals(new byte[10], Arrays.copyOfRange(target, 90, 100));
    assertFalse(ConstantTime.isZero(Arrays.copyOfRange(target, 10, 90)));
  }

  @Test
  void nextLong_manyNumbers_haveHalfTheirBitsSet() {
    LoopRandom random = new LoopRandom(new SeededRandom(3));
    long bits = 0;
    for (int i = 0; i < 10_000; i++) {
      bits += Long.bitCount(random.nextLong());
    }
    // 640000 fair coins: the standard deviation is 400.
    assertTrue(Math.abs(bits - 320_000) < 3000, () -> "half of the bits is 320000");
  }

  @Test
  void nextInt_bounded_reachesAllValues() {
    LoopRandom random = new LoopRandom(new SeededRandom(4));
    boolean[] seen = new boolean[10];
    for (int i = 0; i < 300; i++) {
      seen[random.nextInt(10)] = true;
    }
    for (boolean s : seen) {
      assertTrue(s);
    }
  }
}
