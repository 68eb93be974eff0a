package org.tunic.directory.doc.detachedsig;

import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.testing.ParserFuzz;

/** Detached signatures. */
class DetachedSignaturesFuzz extends ParserFuzz {
  DetachedSignaturesFuzz() {
    super(DocumentSyntaxException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    DetachedSignatures.parse(NetdocText.of(input));
  }
}
