package org.tunic.directory.doc;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.tunic.directory.doc.consensus.UnverifiedConsensus;
import org.tunic.directory.doc.extrainfo.ExtraInfo;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;

/** A document longer than its kind may be is refused before its first line is looked at. */
class DocumentLengthTest {
  private static <T> void assertBound(Documents.Parser<T> parser, int maxLength) {
    DocumentSyntaxException within =
        assertThrows(DocumentSyntaxException.class, () -> parser.parse(noise(maxLength)));
    DocumentSyntaxException beyond =
        assertThrows(DocumentSyntaxException.class, () -> parser.parse(noise(maxLength + 1)));
    assertTrue(
        String.valueOf(beyond.getMessage()).contains("too long")
            && !String.valueOf(within.getMessage()).contains("too long"),
        within.getMessage() + "; " + beyond.getMessage());
  }

  private static NetdocText noise(int length) {
    return NetdocText.of("?\n".repeat(length / 2 + 1).substring(0, length));
  }

  @Test
  void documents_beyondTheirLength_areRefused() {
    assertBound(UnverifiedConsensus::parse, UnverifiedConsensus.MAX_LENGTH);
    assertBound(Microdescriptor::parse, Microdescriptor.MAX_LENGTH);
    assertBound(RouterDescriptor::parse, RouterDescriptor.MAX_LENGTH);
    assertBound(ExtraInfo::parse, ExtraInfo.MAX_LENGTH);
    assertBound(KeyCertificate::parse, KeyCertificate.MAX_LENGTH);
  }
}
