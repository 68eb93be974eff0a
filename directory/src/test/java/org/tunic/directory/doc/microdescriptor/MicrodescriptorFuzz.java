package org.tunic.directory.doc.microdescriptor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.testing.ParserFuzz;

/** Microdescriptors as served, many of them, and as they stand in the cache. */
class MicrodescriptorFuzz extends ParserFuzz {
  MicrodescriptorFuzz() {
    super(DocumentSyntaxException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    NetdocText text = NetdocText.of(input);
    Microdescriptor.parseAll(text);
    if (text.text().startsWith("@")) {
      Microdescriptor.parseCached(text);
    } else {
      assertEquals(text.text(), Microdescriptor.parse(text).text().text());
    }
  }
}
