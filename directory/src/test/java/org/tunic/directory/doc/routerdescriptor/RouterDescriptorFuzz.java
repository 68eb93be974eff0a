package org.tunic.directory.doc.routerdescriptor;

import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.testing.ParserFuzz;

/** Router descriptors, one and many. */
class RouterDescriptorFuzz extends ParserFuzz {
  RouterDescriptorFuzz() {
    super(DocumentSyntaxException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    NetdocText text = NetdocText.of(input);
    RouterDescriptor.parseAll(text);
    RouterDescriptor.parse(text);
  }
}
