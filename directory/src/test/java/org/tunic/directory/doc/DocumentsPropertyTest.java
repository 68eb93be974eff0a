package org.tunic.directory.doc;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.consensus.UnverifiedConsensus;
import org.tunic.directory.doc.extrainfo.ExtraInfo;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;

/** Whatever a parser is given, it returns a document or throws {@link DocumentSyntaxException}. */
class DocumentsPropertyTest {
  private static final Map<String, Documents.Parser<?>> PARSERS =
      Map.of(
          "consensus", UnverifiedConsensus::parse,
          "consensus-microdesc", UnverifiedConsensus::parse,
          "microdescriptors", Microdescriptor::parse,
          "key-certificates", KeyCertificate::parse,
          "server-descriptors", RouterDescriptor::parse,
          "extra-infos", ExtraInfo::parse);

  private static final Map<String, String> FIRST =
      Map.of(
          "microdescriptors", "onion-key",
          "key-certificates", "dir-key-certificate-version",
          "server-descriptors", "router",
          "extra-infos", "extra-info");

  @Test
  void parsers_givenRandomBytes_throwNothingElse() {
    long seed = 20261122;
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 2_000; i++) {
      byte[] noise = new byte[random.nextInt(400)];
      random.nextBytes(noise);
      PARSERS.forEach((name, parser) -> parse(name, parser, noise, seed));
    }
  }

  @Test
  void parsers_givenMutatedDocuments_throwNothingElse() {
    long seed = 4242;
    SplittableRandom random = new SplittableRandom(seed);
    PARSERS.forEach(
        (name, parser) -> {
          List<NetdocText> originals =
              FIRST.containsKey(name)
                  ? CtorDocs.text(name).split(FIRST.get(name))
                  : List.of(CtorDocs.text(name));
          for (int i = 0; i < 400; i++) {
            byte[] original = originals.get(random.nextInt(originals.size())).bytes();
            parse(name, parser, mutate(original, random), seed);
          }
        });
  }

  private static byte[] mutate(byte[] original, SplittableRandom random) {
    byte[] bytes = original.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes && bytes.length > 1; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes = Arrays.copyOf(bytes, at);
        case 2 -> bytes = without(bytes, at, at + random.nextInt(bytes.length - at));
        default -> bytes = twice(bytes, at, Math.min(bytes.length, at + random.nextInt(200)));
      }
    }
    return bytes;
  }

  private static byte[] without(byte[] bytes, int from, int to) {
    byte[] out = Arrays.copyOf(bytes, bytes.length - (to - from));
    System.arraycopy(bytes, to, out, from, bytes.length - to);
    return out;
  }

  private static byte[] twice(byte[] bytes, int from, int to) {
    byte[] out = Arrays.copyOf(bytes, bytes.length + (to - from));
    System.arraycopy(bytes, from, out, to, bytes.length - from);
    return out;
  }

  private static void parse(String name, Documents.Parser<?> parser, byte[] bytes, long seed) {
    try {
      parser.parse(NetdocText.of(bytes));
    } catch (DocumentSyntaxException e) {
      return; // as it must be
    } catch (RuntimeException e) {
      throw new AssertionError(name + " with seed " + seed + ": " + NetdocText.of(bytes).text(), e);
    }
  }
}
