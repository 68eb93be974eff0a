package org.tunic.directory.doc.hsdescriptor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.testing.ParserFuzz;
import org.tunic.testing.Vectors;

/** Descriptors of onion services as a directory gets them, and their inner layers opened. */
class HsDescriptorFuzz extends ParserFuzz {
  private static final Instant NOW = Instant.parse("2026-11-22T19:44:30Z");

  private final Ed25519Identity signingKey;

  HsDescriptorFuzz() throws DocumentSyntaxException {
    super(DocumentSyntaxException.class);
    String live = Vectors.json("rend-spec/hs-descriptor-live.json").required("descriptor").asText();
    signingKey = parse(NetdocText.of(live)).signingKey();
  }

  private static HsDescriptor parse(NetdocText text) throws DocumentSyntaxException {
    return HsDescriptor.parse(text, HsDescriptor.DEFAULT_MAX_LENGTH, NOW);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    NetdocText text = NetdocText.of(input);
    if (text.text().startsWith("create2-formats")) {
      HsDescriptorReader.readInner(text, signingKey, 31, NOW);
    } else {
      assertEquals(text.text(), parse(text).text().text());
    }
  }
}
