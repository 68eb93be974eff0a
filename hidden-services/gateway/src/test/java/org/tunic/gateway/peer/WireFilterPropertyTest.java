package org.tunic.gateway.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.tunic.gateway.peer.Wire.extended;
import static org.tunic.gateway.peer.Wire.handshake;
import static org.tunic.gateway.peer.Wire.length;
import static org.tunic.gateway.peer.Wire.message;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.swarm.InfoHash;

/** However the bytes of a conversation are cut, the same is passed on, and never an address. */
class WireFilterPropertyTest {
  private static final String ADDRESS = "\u00cb\0q\u0007";

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void filter_anySplit_passesTheSame(long seed) throws WireViolation {
    SeededRandom random = new SeededRandom(seed);
    String said = conversation(random);
    String whole = Wire.through(filter(), said);
    WireFilter filter = filter();
    StringBuilder parts = new StringBuilder();
    for (int at = 0; at < said.length(); ) {
      int end = Math.min(said.length(), at + 1 + random.nextInt(random.nextBoolean() ? 5 : 500));
      parts.append(Wire.through(filter, said.substring(at, end)));
      at = end;
    }
    assertEquals(whole, parts.toString(), random.toString());
    assertFalse(whole.contains(ADDRESS), random.toString());
  }

  private static WireFilter filter() {
    return WireFilter.pair(InfoHash.at(Wire.INFO_HASH, 0), Wire.SELF).out();
  }

  private static String conversation(SeededRandom random) {
    StringBuilder all =
        new StringBuilder(handshake("hhhhhhhhhhhhhhhhhhhh", "-qB4520-a5L9xJtPDNJv"));
    for (int n = random.nextInt(30); n > 0; n--) {
      all.append(
          switch (random.nextInt(5)) {
            case 0 -> length(0);
            case 1 -> message(random.nextInt(9), "z".repeat(random.nextInt(3000)));
            case 2 -> message(9, ADDRESS);
            case 3 -> extended(1 + random.nextInt(5), "d5:added6:" + ADDRESS + "xxe");
            default -> extended(0, "d4:ipv44:" + ADDRESS + "1:md6:ut_pexi1eee");
          });
    }
    return all.toString();
  }
}
