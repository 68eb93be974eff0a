package org.tunic.directory.doc.hsdescriptor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tunic.directory.doc.hsdescriptor.HsDescriptorForge.INCREMENT;
import static org.tunic.directory.doc.hsdescriptor.HsDescriptorForge.MAX;
import static org.tunic.directory.doc.hsdescriptor.HsDescriptorForge.NOW;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsClientKeypair;
import org.tunic.crypto.hs.HsClientPublicKey;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.crypto.pow.PowSeed;
import org.tunic.directory.doc.hsdescriptor.HsDescriptorRefusedException.Reason;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;

/** Descriptors written and read, and those that are refused. */
class HsDescriptorTest {
  private final HsDescriptorForge forge = new HsDescriptorForge(9);

  private Reason refusal(HsDescriptor descriptor) {
    return assertThrows(HsDescriptorRefusedException.class, () -> forge.open(descriptor)).reason();
  }

  private void assertOuterRefused(String keyword, String from, String to) {
    forge.outer =
        text -> {
          assertTrue(text.contains(from), from);
          return text.replace(from, to);
        };
    String text = forge.forge(forge.content(1));
    var refused = assertThrows(DocumentSyntaxException.class, () -> forge.parse(text));
    assertEquals(keyword, refused.keyword(), refused.getMessage());
  }

  private Reason innerReason(String from, String to) throws Exception {
    forge.inner =
        text -> {
          assertTrue(text.contains(from), from);
          return text.replace(from, to);
        };
    return refusal(forge.parse(forge.forge(forge.content(2))));
  }

  private HsDescriptorContent innerChanged(String from, String to) throws Exception {
    forge.inner = text -> text.replace(from, to);
    return forge.open(forge.parse(forge.forge(forge.content(2))));
  }

  @Test
  void write_everything_isReadAgain() throws Exception {
    var pow =
        new PowParameters(
            new PowSeed(Bytes.copyOf(forge.random.bytes(32))),
            0xffff_ffffL,
            Instant.parse("2026-11-22T21:00:07Z"));
    var content =
        new HsDescriptorContent(
            true, true, new FlowControlOffer("1-2", 31), pow, forge.introPoints(20));
    HsDescriptor written = forge.writer.write(content, List.of(), -2, MAX, NOW);
    HsDescriptor read = forge.parse(written.text().text());
    assertEquals(content, forge.open(read));
    assertEquals(forge.blinded.id(), read.blindedId());
    assertEquals(-2, read.revisionCounter());
    assertEquals(Duration.ofHours(3), read.lifetime());
    assertEquals(
        Instant.parse("2026-11-25T02:00:00Z"), read.certificateExpires()); // 54 h, hours rounded up
  }

  @Test
  void write_noIntroductionPoints_isReadAgain() throws Exception {
    var content = new HsDescriptorContent(false, false, null, null, List.of());
    assertEquals(content, forge.open(forge.writer.write(content, List.of(), 1, MAX, NOW)));
  }

  /** A directory learns neither how many clients there are nor how long the inner layer is. */
  @Test
  void write_fewOrManyClients_looksTheSame() throws Exception {
    List<HsClientPublicKey> clients = new ArrayList<>();
    int open = forge.writer.write(forge.content(3), List.of(), 1, MAX, NOW).text().length();
    for (int i = 0; i < 16; i++) {
      clients.add(HsClientKeypair.generate(forge.random).publicKey());
    }
    HsDescriptor one = forge.writer.write(forge.content(3), clients.subList(0, 1), 1, MAX, NOW);
    HsDescriptor full = forge.writer.write(forge.content(3), clients, 1, MAX, NOW);
    HsDescriptor short_ = forge.writer.write(forge.content(1), clients, 1, MAX, NOW);
    assertEquals(open, one.text().length());
    assertEquals(open, full.text().length());
    assertEquals(open, short_.text().length());
  }

  @Test
  void open_authorisedClient_aloneCan() throws Exception {
    try (var alice = HsClientKeypair.generate(forge.random);
        var mallory = HsClientKeypair.generate(forge.random)) {
      List<HsClientPublicKey> clients = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        clients.add(HsClientKeypair.generate(forge.random).publicKey());
      }
      clients.add(7, alice.publicKey());
      var content = forge.content(3);
      HsDescriptor descriptor = forge.writer.write(content, clients, 5, MAX, NOW);
      assertEquals(content, openAs(descriptor, alice));
      assertEquals(Reason.NEEDS_CLIENT_AUTH, refusal(descriptor));
      var refused =
          assertThrows(HsDescriptorRefusedException.class, () -> openAs(descriptor, mallory));
      assertEquals(Reason.BAD_CLIENT_AUTH, refused.reason());
      // A key for a service that is open to all does no harm.
      assertEquals(content, openAs(forge.writer.write(content, List.of(), 6, MAX, NOW), mallory));
    }
  }

  private HsDescriptorContent openAs(HsDescriptor descriptor, HsClientKeypair client)
      throws Exception {
    return descriptor.open(
        forge.blinded.id(), forge.blinded.subcredential(), client, INCREMENT, NOW);
  }

  @Test
  void open_descriptorOfAnotherServiceOrPeriod_isRefused() throws Exception {
    HsDescriptor descriptor = forge.writer.write(forge.content(1), List.of(), 1, MAX, NOW);
    try (var other = HsIdKeypair.generate(forge.random).blind(forge.blinded.period())) {
      var refused =
          assertThrows(
              HsDescriptorRefusedException.class,
              () -> descriptor.open(other.id(), other.subcredential(), null, INCREMENT, NOW));
      assertEquals(Reason.OTHER_SERVICE, refused.reason());
      refused =
          assertThrows(
              HsDescriptorRefusedException.class,
              () ->
                  descriptor.open(forge.blinded.id(), other.subcredential(), null, INCREMENT, NOW));
      assertEquals(Reason.BAD_OUTER_LAYER, refused.reason());
    }
  }

  @Test
  void isNewerThan_comparesUnsigned() throws Exception {
    HsDescriptor low = forge.writer.write(forge.content(1), List.of(), 5, MAX, NOW);
    HsDescriptor high = forge.writer.write(forge.content(1), List.of(), -1, MAX, NOW);
    assertTrue(high.isNewerThan(low));
    assertFalse(low.isNewerThan(high));
    assertFalse(low.isNewerThan(low));
  }

  @Test
  void parse_lengthAtTheBound_isRefused() throws Exception {
    HsDescriptor descriptor = forge.writer.write(forge.content(1), List.of(), 5, MAX, NOW);
    int length = descriptor.text().length();
    HsDescriptor.parse(descriptor.text(), length + 1, NOW);
    assertThrows(
        DocumentSyntaxException.class, () -> HsDescriptor.parse(descriptor.text(), length, NOW));
    assertThrows(
        DocumentSyntaxException.class,
        () -> forge.writer.write(forge.content(1), List.of(), 5, length, NOW));
  }

  @ParameterizedTest
  @CsvSource({
    "hs-descriptor, hs-descriptor 3, hs-descriptor 2",
    "hs-descriptor, hs-descriptor 3, hs-descriptor 4",
    "hs-descriptor, hs-descriptor 3, hs-descriptor 3 3",
    "descriptor-lifetime, descriptor-lifetime 180, descriptor-lifetime 721",
    "descriptor-lifetime, descriptor-lifetime 180, descriptor-lifetime -1",
    "descriptor-lifetime, descriptor-lifetime 180, x-lifetime 180",
    "descriptor-signing-key-cert, ED25519 CERT, ED25519 CERTS",
    "revision-counter, revision-counter 4711, revision-counter 18446744073709551616",
    "revision-counter, revision-counter 4711, revision-counter -1",
    "revision-counter, revision-counter 4711, revision-counter +1",
    "superencrypted, MESSAGE, MASSAGE",
    "superencrypted, superencrypted, superencrypted x"
  })
  void parse_malformedOuterDocument_isRefused(String keyword, String from, String to) {
    assertOuterRefused(keyword, from, to);
  }

  @Test
  void parse_itemBehindTheSignature_isRefused() {
    String text = forge.forge(forge.content(1)) + "revision-count 7\nsignature-x 1\n";
    assertThrows(DocumentSyntaxException.class, () -> forge.parse(text));
  }

  @Test
  void parse_unknownItems_areSkipped() throws Exception {
    forge.outer = text -> text + "later-idea yes\n";
    forge.inner = text -> text.replace("flow-control", "later-idea\nflow-control");
    forge.middle = text -> text.replace("encrypted\n", "later-idea\nencrypted\n");
    assertEquals(2, forge.open(forge.parse(forge.forge(forge.content(2)))).introPoints().size());
  }

  @Test
  void parse_changedAfterSigning_isRefused() {
    String good = forge.forge(forge.content(1));
    for (String changed :
        List.of(
            good.replace("lifetime 180", "lifetime 181"),
            good.replace("counter 4711", "counter 4712"))) {
      var refused = assertThrows(DocumentSyntaxException.class, () -> forge.parse(changed));
      assertEquals("bad signature", refused.why());
    }
  }

  @Test
  void parse_certificateThatIsNotGood_isRefused() throws Exception {
    String good = forge.forge(forge.content(1));
    HsDescriptor.parse(NetdocText.of(good), MAX, NOW.plus(Duration.ofHours(54)));
    var expired =
        assertThrows(
            DocumentSyntaxException.class,
            () -> HsDescriptor.parse(NetdocText.of(good), MAX, NOW.plus(Duration.ofHours(56))));
    assertEquals("descriptor-signing-key-cert", expired.keyword());
    HsDescriptorForge other = new HsDescriptorForge(10);
    // Signed by a key that another blinded key certified.
    String theirs = other.forge(other.content(1));
    String cert = "(?s)-----BEGIN ED25519.*?END ED25519 CERT-----\n";
    var matcher = Pattern.compile(cert).matcher(theirs);
    assertTrue(matcher.find());
    forge.outer = text -> text.replaceFirst(cert, matcher.group());
    var refused =
        assertThrows(
            DocumentSyntaxException.class, () -> forge.parse(forge.forge(forge.content(1))));
    assertEquals("bad signature", refused.why());
  }

  @ParameterizedTest
  @CsvSource({
    "create2-formats 2, create2-formats 3",
    "create2-formats 2, create2-formats",
    "create2-formats 2, intro-auth-required ed25519",
    "create2-formats 2, create2-formats 2 NL intro-auth-required password",
    "flow-control 1-2 31, flow-control 1-2",
    "flow-control 1-2 31, flow-control 1-2 0",
    "flow-control 1-2 31, flow-control 1-2 33",
    "flow-control 1-2 31, flow-control 1-2 29",
    "flow-control 1-2 31, flow-control 1-2 287",
    "flow-control 1-2 31, pow-params v1 AAAA 1 2026-01-01T00:00:00",
    "flow-control 1-2 31, pow-params v1 SEED 1",
    "flow-control 1-2 31, pow-params v1 SEED -1 2026-01-01T00:00:00",
    "flow-control 1-2 31, pow-params v1 SEED 4294967296 2026-01-01T00:00:00",
    "flow-control 1-2 31, pow-params v1 SEED 1 2026-01-01",
    "flow-control 1-2 31, pow-params v1 SEED 1 2026-13-01T00:00:00",
    "flow-control 1-2 31, POW NL POW"
  })
  void open_malformedInnerLayer_isRefused(String from, String to) throws Exception {
    String pow = "pow-params v1 SEED 1 2026-01-01T00:00:00";
    String seed = "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=";
    String made = to.replace(" NL ", "\n").replace("POW", pow).replace("SEED", seed);
    assertEquals(Reason.BAD_INNER_LAYER, innerReason(from, made));
  }

  @Test
  void open_powOfOtherVersions_isSkipped() throws Exception {
    String seed = "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=";
    HsDescriptorContent content =
        innerChanged(
            "flow-control 1-2 31",
            "pow-params v2 x\npow-params v1 " + seed + " 7 2026-01-01T00:00:00\npow-params v0");
    assertEquals(7, content.pow().orElseThrow().suggestedEffort());
    assertTrue(content.flowControl().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(ints = {30, 32})
  void open_sendmeIncrementBesideOurs_isTaken(int increment) throws Exception {
    HsDescriptorContent content =
        innerChanged("flow-control 1-2 31", "flow-control 1-2 " + increment);
    assertEquals(increment, content.flowControl().orElseThrow().sendmeIncrement());
  }

  /** Each fault takes one of the two introduction points away, not the descriptor. */
  @ParameterizedTest
  @CsvSource({
    "onion-key ntor, onion-key later",
    "enc-key ntor, enc-key later",
    "onion-key ntor , onion-key ntor AAAA",
    "auth-key, auth-keys",
    "enc-key-cert, enc-key-crt",
    "introduction-point A, introduction-point B",
    "(?m)^auth-key$, auth-key x"
  })
  void open_brokenIntroductionPoint_isLeftOut(String from, String to) throws Exception {
    forge.inner = text -> text.replaceFirst(from, to);
    HsDescriptorContent content = forge.open(forge.parse(forge.forge(forge.content(2))));
    assertEquals(1, content.introPoints().size());
  }

  /** Certificates of an introduction point by another descriptor's signing key. */
  @Test
  void open_introductionPointOfAnotherService_isLeftOut() throws Exception {
    HsDescriptorForge other = new HsDescriptorForge(11);
    String theirs = HsDescriptorWriter.inner(other.content(1), other.signing, NOW);
    forge.inner = text -> text + theirs.substring(theirs.indexOf("introduction-point"));
    assertEquals(1, forge.open(forge.parse(forge.forge(forge.content(1)))).introPoints().size());
  }

  @Test
  void open_twentyOneIntroductionPoints_isRefused() throws Exception {
    String points = HsDescriptorWriter.inner(forge.content(1), forge.signing, NOW);
    String one = points.substring(points.indexOf("introduction-point"));
    forge.inner = text -> text + one;
    HsDescriptor descriptor = forge.parse(forge.forge(forge.content(20)));
    assertEquals(Reason.BAD_INNER_LAYER, refusal(descriptor));
  }

  @ParameterizedTest
  @CsvSource({
    "desc-auth-type x25519, desc-auth-type x448",
    "desc-auth-ephemeral-key, desc-auth-key",
    "desc-auth-ephemeral-key , desc-auth-ephemeral-key A",
    "auth-client, auth-klient",
    "auth-client , auth-client A",
    "MESSAGE, MASSAGE"
  })
  void open_malformedMiddleLayer_isRefused(String from, String to) throws Exception {
    forge.middle = text -> text.replace(from, to);
    assertEquals(Reason.BAD_OUTER_LAYER, refusal(forge.parse(forge.forge(forge.content(1)))));
  }

  /** What authenticates or not: nothing but the two exceptions comes out. */
  @Test
  void parseAndOpen_mutatedTexts_throwNothingElse() throws Exception {
    SplittableRandom random = new SplittableRandom(20261127);
    for (int i = 0; i < 300; i++) {
      forge.inner = i % 3 == 0 ? text -> mutate(text, random) : text -> text;
      forge.middle = i % 3 == 1 ? text -> mutate(text, random) : text -> text;
      forge.outer = i % 3 == 2 ? text -> mutate(text, random) : text -> text;
      String text = forge.forge(forge.content(2));
      try {
        forge.open(forge.parse(text));
      } catch (DocumentSyntaxException | HsDescriptorRefusedException e) {
        // the two ways
      }
    }
  }

  private static String mutate(String text, SplittableRandom random) {
    StringBuilder out = new StringBuilder(text);
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      int at = random.nextInt(out.length());
      switch (random.nextInt(3)) {
        case 0 -> out.setCharAt(at, (char) random.nextInt(256));
        case 1 -> out.delete(at, Math.min(out.length(), at + random.nextInt(80)));
        default -> out.insert(at, text, 0, Math.min(text.length(), random.nextInt(200)));
      }
      if (out.isEmpty()) {
        out.append('x');
      }
    }
    return out.toString();
  }
}
