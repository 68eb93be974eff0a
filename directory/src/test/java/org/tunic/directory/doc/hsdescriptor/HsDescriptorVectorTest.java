package org.tunic.directory.doc.hsdescriptor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.AuthorizedClient;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.directory.doc.Fields;
import org.tunic.directory.linkspec.LinkSpecifier;
import org.tunic.directory.netdoc.Item;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.Tokenizer;
import org.tunic.testing.SeededRandom;
import org.tunic.testing.Vectors;

/** A descriptor that C tor made: opened, and made again as far as its secrets are known. */
class HsDescriptorVectorTest {
  private static final JsonNode LIVE = Vectors.json("rend-spec/hs-descriptor-live.json");
  private static final Instant NOW =
      LocalDateTime.parse(LIVE.required("valid_after").asText().replace(' ', 'T'))
          .toInstant(ZoneOffset.UTC);
  private static final HsBlindedId BLINDED =
      new HsBlindedId(Ed25519Identity.of(Vectors.hex(LIVE, "blinded_public")));
  private static final Subcredential SUBCREDENTIAL =
      new Subcredential(Bytes.copyOf(Vectors.hex(LIVE, "subcredential")));

  /** Gives out one string of bytes: the salt that C tor chose. */
  private static final class GivenBytes extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final transient Bytes given;

    GivenBytes(Bytes given) {
      this.given = given;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(given.toArray(), 0, bytes, 0, bytes.length);
    }
  }

  private static String text(String name) {
    return LIVE.required(name).asText();
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static HsDescriptor descriptor() throws Exception {
    return HsDescriptor.parse(
        NetdocText.of(text("descriptor")), HsDescriptor.DEFAULT_MAX_LENGTH, NOW);
  }

  private static HsDescriptorLayer middleLayer() {
    return HsDescriptorLayer.middle(
        BLINDED, SUBCREDENTIAL, LIVE.required("revision_counter").asLong());
  }

  private static HsDescriptorLayer innerLayer() {
    return HsDescriptorLayer.inner(
        BLINDED, null, SUBCREDENTIAL, LIVE.required("revision_counter").asLong());
  }

  private static Bytes object(String document, String keyword) throws Exception {
    for (Item item : Tokenizer.items(NetdocText.of(document))) {
      if (item.keyword().equals(keyword)) {
        return Bytes.copyOf(item.anyObject());
      }
    }
    throw new AssertionError("no " + keyword);
  }

  @Test
  void outerDocument_live_isReadWithItsFields() throws Exception {
    HsDescriptor descriptor = descriptor();
    assertEquals(BLINDED, descriptor.blindedId());
    assertEquals(Duration.ofHours(3), descriptor.lifetime());
    assertEquals(LIVE.required("revision_counter").asLong(), descriptor.revisionCounter());
    assertTrue(descriptor.certificateExpires().isAfter(NOW.plus(Duration.ofHours(50))));
  }

  @Test
  void layers_live_decryptToTheTexts() throws Exception {
    Bytes middle = object(text("descriptor"), "superencrypted");
    assertArrayEquals(latin1(text("first_layer")), middleLayer().decrypt(middle).orElseThrow());
    Bytes inner = object(text("first_layer"), "encrypted");
    assertArrayEquals(latin1(text("second_layer")), innerLayer().decrypt(inner).orElseThrow());
  }

  @Test
  void layers_sameSalt_encryptToTheSameBlobs() throws Exception {
    Bytes middle = object(text("descriptor"), "superencrypted");
    byte[] padded = HsDescriptorLayer.padded(latin1(text("first_layer")));
    assertEquals(middle, middleLayer().encrypt(padded, new GivenBytes(middle)));
    Bytes inner = object(text("first_layer"), "encrypted");
    assertEquals(inner, innerLayer().encrypt(latin1(text("second_layer")), new GivenBytes(inner)));
  }

  @Test
  void open_live_findsIntroductionPoints() throws Exception {
    HsDescriptorContent content = descriptor().open(BLINDED, SUBCREDENTIAL, null, 31, NOW);
    assertEquals(3, content.introPoints().size());
    assertEquals(new FlowControlOffer("1-2", 31), content.flowControl().orElseThrow());
    assertFalse(content.singleOnionService());
    assertTrue(content.pow().isEmpty());
    for (HsIntroPoint point : content.introPoints()) {
      assertTrue(point.specifiers().getFirst() instanceof LinkSpecifier.Ipv4);
      assertTrue(point.specifiers().stream().anyMatch(LinkSpecifier.Ed25519Id.class::isInstance));
    }
  }

  /** Everything but the bodies of the certificates, whose signing key we do not have. */
  @Test
  void innerLayer_writtenAgain_isTheSameButForSignatures() throws Exception {
    HsDescriptorContent content = descriptor().open(BLINDED, SUBCREDENTIAL, null, 31, NOW);
    try (var signing = Ed25519Keypair.generate(new SeededRandom(1))) {
      String again = HsDescriptorWriter.inner(content, signing, NOW);
      assertEquals(text("second_layer").length(), again.length());
      String body = "(?s)(CERT-----\n).*?(-----END)";
      assertEquals(text("second_layer").replaceAll(body, "$1$2"), again.replaceAll(body, "$1$2"));
    }
  }

  @Test
  void middleLayer_writtenAgain_isTheSame() throws Exception {
    List<AuthorizedClient> clients = new ArrayList<>();
    Item key = null;
    for (Item item : Tokenizer.items(NetdocText.of(text("first_layer")))) {
      if (item.keyword().equals("auth-client")) {
        clients.add(
            new AuthorizedClient(
                Fields.base64(item, 0, 8), Fields.base64(item, 1, 16), Fields.base64(item, 2, 16)));
      } else if (item.keyword().equals("desc-auth-ephemeral-key")) {
        key = item;
      }
    }
    assertEquals(16, clients.size());
    assertEquals(
        text("first_layer"),
        HsDescriptorWriter.middle(
            Fields.ntorKey(Objects.requireNonNull(key), 0),
            clients,
            object(text("first_layer"), "encrypted")));
  }
}
