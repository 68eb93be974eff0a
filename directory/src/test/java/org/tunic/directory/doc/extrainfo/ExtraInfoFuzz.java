package org.tunic.directory.doc.extrainfo;

import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.testing.ParserFuzz;

/** Extra-info documents, one and many. */
class ExtraInfoFuzz extends ParserFuzz {
  ExtraInfoFuzz() {
    super(DocumentSyntaxException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    NetdocText text = NetdocText.of(input);
    ExtraInfo.parseAll(text);
    ExtraInfo.parse(text);
  }
}
