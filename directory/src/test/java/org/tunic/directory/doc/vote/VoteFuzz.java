package org.tunic.directory.doc.vote;

import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.testing.ParserFuzz;

/** Votes. */
class VoteFuzz extends ParserFuzz {
  VoteFuzz() {
    super(DocumentSyntaxException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    Vote.parse(NetdocText.of(input), true);
  }
}
