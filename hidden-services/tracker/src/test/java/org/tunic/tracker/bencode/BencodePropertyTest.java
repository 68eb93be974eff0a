package org.tunic.tracker.bencode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.bencode.Bencode.Limits;

/** Whatever is written is read, and written again the same. */
class BencodePropertyTest {
  static LongStream seeds() {
    return LongStream.rangeClosed(1, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void read_whatWasWritten_isWrittenTheSame(long seed) throws BencodeException {
    SeededRandom random = new SeededRandom(seed);
    BencodeWriter out = new BencodeWriter(1);
    write(out, random, 6);
    byte[] bytes = out.toArray();
    BencodeValue value = Bencode.read(bytes, Limits.SMALL);
    assertArrayEquals(bytes, new BencodeWriter(1).value(value).toArray(), random.toString());
  }

  private static void write(BencodeWriter out, SeededRandom random, int depth) {
    switch (random.nextInt(depth == 0 ? 2 : 4)) {
      case 0 -> out.integer(random.nextBoolean() ? random.nextLong() : random.nextInt(20) - 10);
      case 1 -> out.text(random.bytes(random.nextInt(20)));
      case 2 -> {
        out.list();
        for (int n = random.nextInt(4); n > 0; n--) {
          write(out, random, depth - 1);
        }
        out.end();
      }
      default -> {
        out.dictionary();
        int length = 0;
        for (int n = random.nextInt(4); n > 0; n--) {
          // Longer with each, and of zeros: so they are in order.
          length += 1 + random.nextInt(3);
          out.text(new byte[length]);
          write(out, random, depth - 1);
        }
        out.end();
      }
    }
  }
}
