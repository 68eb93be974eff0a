package org.tunic.directory.doc.detachedsig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;

class DetachedSignaturesVectorTest {
  @Test
  void text_ofACTorDocument_isTheSame() throws Exception {
    NetdocText text = CtorDocs.text("detached-signatures");
    DetachedSignatures parsed = DetachedSignatures.parse(text);
    for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
      assertEquals(3, parsed.signatures().getOrDefault(flavor, List.of()).size());
    }
    assertEquals(text.text(), parsed.text().orElseThrow().text());
  }

  @Test
  void parse_signatureTwice_countsOnce() throws Exception {
    String text = CtorDocs.text("detached-signatures").text();
    String last = text.substring(text.lastIndexOf("directory-signature "));
    assertEquals(
        text, DetachedSignatures.parse(NetdocText.of(text + last)).text().orElseThrow().text());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "consensus-digest D1FA|consensus-digest D1",
        "valid-until 2026-11-22 19:34:40|valid-until 2026-11-22 19:34:10",
        "valid-after 2026-11-22|valid-after 2026-13-22",
        "additional-digest microdesc sha256 83|additional-digest microdesc sha256 8Z",
        "directory-signature 1AF7|directory-signature 1AF",
        "BEGIN SIGNATURE|BEGIN SIG",
      })
  void parse_damaged_isRefused(String from, String to) {
    String text = CtorDocs.text("detached-signatures").text();
    assertTrue(text.contains(from));
    assertThrows(
        DocumentSyntaxException.class,
        () -> DetachedSignatures.parse(NetdocText.of(text.replace(from, to))));
  }

  @Test
  void parse_tooLong_isRefused() {
    String text = CtorDocs.text("detached-signatures").text();
    String padding = "future line\n".repeat(DetachedSignatures.MAX_LENGTH / 12);
    assertThrows(
        DocumentSyntaxException.class,
        () -> DetachedSignatures.parse(NetdocText.of(text + padding)));
  }

  @Test
  void parse_tooManySignatures_isRefused() {
    String text = CtorDocs.text("detached-signatures").text();
    String last = text.substring(text.lastIndexOf("directory-signature "));
    StringBuilder many = new StringBuilder(text);
    for (int i = 0; i < DetachedSignatures.MAX_SIGNATURES; i++) {
      many.append(
          last.replace(
              "directory-signature D1F8A503BF", String.format("directory-signature %010X", i)));
    }
    assertThrows(
        DocumentSyntaxException.class,
        () -> DetachedSignatures.parse(NetdocText.of(many.toString())));
  }
}
