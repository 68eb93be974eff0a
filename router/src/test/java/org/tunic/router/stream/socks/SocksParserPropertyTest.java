package org.tunic.router.stream.socks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes in whatever pieces: no exception, no unbounded waiting, the same outcome. */
final class SocksParserPropertyTest {
  private static final String[] SEEDS_OF_MESSAGES = {
    "04010050000000026d6500746f7270726f6a6563742e6f726700",
    "0401111202020203" + "00",
    "05010005010003" + "0e746f7270726f6a6563742e6f7267" + "0050",
    "050102" + "01026d65026d65" + "05010001020202021111",
    "05020002" + "010000" + "05f10004200241b802020deb021321fffe2014260000",
  };

  private static byte[] mutated(RandomGenerator random) {
    byte[] message =
        HexFormat.of().parseHex(SEEDS_OF_MESSAGES[random.nextInt(SEEDS_OF_MESSAGES.length)]);
    byte[] all = new byte[message.length + random.nextInt(700)];
    random.nextBytes(all);
    System.arraycopy(message, 0, all, 0, message.length);
    for (int flips = random.nextInt(4); flips > 0; flips--) {
      all[random.nextInt(message.length)] = (byte) random.nextInt();
    }
    return all;
  }

  /** What the parser said until it ended or wanted more, given pieces cut at {@code random}. */
  static List<String> outcome(byte[] message, RandomGenerator random) {
    SocksParser parser = new SocksParser(false);
    ByteBuf in = Unpooled.buffer();
    List<String> said = new ArrayList<>();
    int at = 0;
    while (true) {
      SocksParser.Step step = parser.next(in);
      switch (step) {
        case SocksParser.NeedMore _ -> {
          assertTrue(in.readableBytes() < SocksParser.MAX_MESSAGE_BYTES, "keeps too much");
          if (at == message.length) {
            said.add("more");
            return said;
          }
          int piece = 1 + random.nextInt(message.length - at);
          in.writeBytes(message, at, piece);
          at += piece;
        }
        case SocksParser.Answer answer -> said.add(answer.reply().hex());
        case SocksParser.Requested requested -> {
          said.add(requested.request().target().unredacted());
          said.add(requested.request().user().hex());
          said.add("" + requested.request().port());
          return said;
        }
        case SocksParser.Refused refused -> {
          said.add("refused " + refused.reply().hex());
          return said;
        }
        case SocksParser.SpokeHttp _ -> {
          said.add("http");
          return said;
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void anyBytesInAnyPieces_endTheSame(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 5_000; round++) {
      byte[] message = mutated(random);
      List<String> first = outcome(message, random.split());
      List<String> second = outcome(message, random.split());
      assertEquals(first, second, "seed " + seed + " round " + round);
    }
  }
}
