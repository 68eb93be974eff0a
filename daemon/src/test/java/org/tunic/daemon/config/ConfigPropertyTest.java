package org.tunic.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the text, loading ends with a configuration or with one line for the operator. */
final class ConfigPropertyTest {
  private static final int ROUNDS_PER_SEED = 400;

  private static final List<String> VALUES =
      List.of(
          "0",
          "1",
          "auto",
          "-1",
          "99999999999999999999",
          "1.5 MB",
          "5 minutes",
          "x",
          "*",
          "\"",
          "\\",
          "127.0.0.1:9050",
          "[::1]:auto",
          "unix:/x",
          "accept *:80",
          "reject 1.2.3.4/8:1-2",
          "{de}",
          "$CD67CE9A5EC6FE643CDDA75DED5CDE8C4BBF249C",
          "[",
          "]",
          "[CIRC]info",
          "notice",
          "file",
          "/",
          "NoIsolateSOCKSAuth",
          "SessionGroup=",
          "%include",
          "a=b",
          "http://1.2.3.4:80/",
          ",",
          "-",
          "#",
          "0.4.9.11",
          "orport=1",
          "v3ident=",
          "~/x",
          "\u0000",
          "ö");

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 8);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void load_randomText_throwsNothingButConfigException(long seed) {
    Random random = new Random(seed);
    List<String> names = TorrcOptions.names();
    for (int round = 0; round < ROUNDS_PER_SEED; round++) {
      String text = random.nextBoolean() ? noise(random) : options(random, names);
      try {
        Config config = Torrcs.config(text);
        String dumped = config.values().dump(false);
        assertEquals(
            dumped, Torrcs.config(dumped).values().dump(false), "seed " + seed + " round " + round);
      } catch (ConfigException e) {
        assertFalse(e.getMessage().contains("\n"), "seed " + seed + " round " + round);
        assertFalse(e.getMessage().isEmpty(), "seed " + seed + " round " + round);
      } catch (RuntimeException e) {
        fail("seed " + seed + " round " + round + ": " + text, e);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void commandLine_randomWords_throwsNothingButConfigException(long seed) {
    Random random = new Random(seed);
    List<String> names = TorrcOptions.names();
    for (int round = 0; round < ROUNDS_PER_SEED; round++) {
      List<String> words =
          Stream.generate(
                  () ->
                      random.nextBoolean()
                          ? VALUES.get(random.nextInt(VALUES.size()))
                          : List.of("-", "--", "--+", "--/", "").get(random.nextInt(5))
                              + names.get(random.nextInt(names.size())))
              .limit(random.nextInt(6))
              .toList();
      try {
        OptionAssembler.assemble(
            OptionTable.load(), List.of(CommandLine.parse(words).options()), warning -> {});
      } catch (ConfigException e) {
        assertFalse(e.getMessage().contains("\n"), "seed " + seed + " round " + round);
      } catch (RuntimeException e) {
        fail("seed " + seed + " round " + round + ": " + words, e);
      }
    }
  }

  /** Characters that mean something to the parser, and a few that do not. */
  private static String noise(Random random) {
    String alphabet = "ab \t\n\r#\"\\/+%x07\u0000ö*:[]{}$,.-=";
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(60); i > 0; i--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  /** Real options with values that fit them or not. */
  private static String options(Random random, List<String> names) {
    StringBuilder text = new StringBuilder();
    for (int line = random.nextInt(4); line >= 0; line--) {
      text.append(List.of("", "", "", "+", "/").get(random.nextInt(5)));
      text.append(names.get(random.nextInt(names.size())));
      for (int word = random.nextInt(4); word > 0; word--) {
        text.append(' ').append(VALUES.get(random.nextInt(VALUES.size())));
      }
      text.append(random.nextInt(8) == 0 ? " \\\n" : "\n");
    }
    return text.toString();
  }
}
