package org.tunic.directory.doc.consensus;

import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.testing.ParserFuzz;

/** The consensus in both flavours. */
class ConsensusFuzz extends ParserFuzz {
  ConsensusFuzz() {
    super(DocumentSyntaxException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    UnverifiedConsensus.parse(NetdocText.of(input));
  }
}
