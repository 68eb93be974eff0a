package org.tunic.directory.doc.keycertificate;

import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.testing.ParserFuzz;

/** Authority key certificates, one and many. */
class KeyCertificateFuzz extends ParserFuzz {
  KeyCertificateFuzz() {
    super(DocumentSyntaxException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    NetdocText text = NetdocText.of(input);
    KeyCertificate.parseAll(text);
    KeyCertificate.parse(text);
  }
}
