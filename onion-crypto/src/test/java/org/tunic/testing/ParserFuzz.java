package org.tunic.testing;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What every parser is held to: whatever bytes come, it returns a value or throws its own
 * violation, and a subclass may ask for more, such as that what was read is written the same.
 *
 * <p>A subclass is one parser. Three things run it:
 *
 * <ul>
 *   <li>Jazzer over the corpus, {@code <class>Inputs/fuzz/} beside the class in the test resources,
 *       in each run of the tests. Files called {@code ctor-…} were made by C tor, {@code own-…} by
 *       this program, {@code bad-…} by hand, and {@code crash-…} were found by fuzzing.
 *   <li>A property test with seeded noise and with spoilt files of the corpus.
 *   <li>Jazzer in earnest, {@code ./verify --soak fuzz}; what it finds becomes a file of the
 *       corpus.
 * </ul>
 *
 * <p>Threads: that of the test.
 */
public abstract class ParserFuzz {
  /** Bytes of one spoilt input; a larger seed is cut, so that a run stays short. */
  private static final int MAX_SPOILT_BYTES = 64 * 1024;

  private static final int NOISES = 300;
  private static final int SPOILT = 400;

  /** For a parser that refuses by returning nothing. */
  protected static final Class<NoViolation> NONE = NoViolation.class;

  private final Class<? extends Exception> violation;

  /** Never thrown. */
  protected static final class NoViolation extends Exception {
    private static final long serialVersionUID = 1L;

    private NoViolation() {}
  }

  /**
   * @param violation the one exception by which the parser refuses its input
   */
  protected ParserFuzz(Class<? extends Exception> violation) {
    this.violation = violation;
  }

  /** Parses, and checks what was read. */
  protected abstract void parse(byte[] input) throws Exception;

  /** One input; fails for any exception that is not the violation. */
  @FuzzTest
  void fuzz(byte[] input) throws Exception {
    // Jazzer hands null for the empty input it begins with.
    feed(input == null ? new byte[0] : input);
  }

  private void feed(byte[] input) throws Exception {
    try {
      parse(input);
    } catch (Exception e) {
      if (!violation.isInstance(e)) {
        throw e;
      }
    }
  }

  /** The property: neither noise nor spoilt input is answered in any other way. */
  @Test
  void parse_noiseAndSpoiltInput_throwsNothingButTheViolation() throws Exception {
    SeededRandom random = new SeededRandom(getClass().getName().hashCode());
    for (int i = 0; i < NOISES; i++) {
      say(random.bytes(random.nextInt(300)), random);
    }
    List<byte[]> corpus = corpus();
    for (int i = 0; i < SPOILT; i++) {
      say(spoilt(corpus.get(random.nextInt(corpus.size())), random), random);
    }
  }

  private void say(byte[] input, SeededRandom random) {
    try {
      feed(input);
    } catch (Exception | Error e) {
      throw new AssertionError(random + ", input " + HexFormat.of().formatHex(input), e);
    }
  }

  private List<byte[]> corpus() throws IOException, URISyntaxException {
    String name = getClass().getSimpleName() + "Inputs/fuzz";
    URL folder = getClass().getResource(name);
    if (folder == null) {
      throw new AssertionError("no corpus " + name);
    }
    List<byte[]> corpus = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of(URI.create(folder.toString())))) {
      for (Path file : files.sorted().toList()) {
        byte[] all = Files.readAllBytes(file);
        corpus.add(all.length > MAX_SPOILT_BYTES ? Arrays.copyOf(all, MAX_SPOILT_BYTES) : all);
      }
    }
    return corpus;
  }

  /** Some bytes changed, and now and then cut, doubled in part, or made longer. */
  private static byte[] spoilt(byte[] good, SeededRandom random) {
    byte[] bad = good.clone();
    for (int n = random.nextInt(5); n > 0 && bad.length > 0; n--) {
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
    }
    int at = random.nextInt(bad.length + 1);
    return switch (random.nextInt(6)) {
      case 0 -> Arrays.copyOf(bad, at);
      case 1 -> Arrays.copyOf(bad, bad.length + random.nextInt(64));
      case 2 -> spliced(bad, at, random.bytes(random.nextInt(20)), at);
      case 3 -> spliced(bad, at, new byte[0], Math.min(bad.length, at + random.nextInt(100)));
      case 4 -> spliced(bad, Math.min(bad.length, at + random.nextInt(100)), new byte[0], at);
      default -> bad;
    };
  }

  private static byte[] spliced(byte[] bytes, int end, byte[] middle, int start) {
    byte[] out = Arrays.copyOf(bytes, end + middle.length + bytes.length - start);
    System.arraycopy(middle, 0, out, end, middle.length);
    System.arraycopy(bytes, start, out, end + middle.length, bytes.length - start);
    return out;
  }

  /** Bytes as text, one character for each. */
  protected static String text(byte[] input) {
    return new String(input, StandardCharsets.ISO_8859_1);
  }
}
