package org.tunic.directory.serve;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirHeaders;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.testing.ParserFuzz;

/**
 * What a directory is asked for: a target, and on further lines the values of the headers that it
 * heeds.
 */
class DirectoryRequestFuzz extends ParserFuzz {
  private static final DirectoryResponder RESPONDER = responder();

  DirectoryRequestFuzz() {
    super(NONE);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    String[] lines = text(input).split("\n", 3);
    DirHeaders headers =
        DirHeaders.of(
            "If-Modified-Since",
            lines.length > 1 ? lines[1] : "",
            "X-Or-Diff-From-Consensus",
            lines.length > 2 ? lines[2] : "");
    DirAnswer answer =
        RESPONDER.answer(new DirRequest(DirRequest.Method.GET, lines[0], headers, Bytes.EMPTY, 0));
    assertTrue(List.of(200, 304, 400, 404).contains(answer.status()));
  }

  private static DirectoryResponder responder() {
    DocumentBoard board = new DocumentBoard();
    board.change(
        d ->
            d.withCached(
                new DocumentSet.Builder()
                    .consensus(CtorDocs.consensus("consensus"))
                    .consensus(CtorDocs.consensus("consensus-microdesc"))
                    .certificates(CtorDocs.certificates())
                    .microdescriptors(Microdescriptor.parseAll(CtorDocs.text("microdescriptors")))
                    .descriptors(RouterDescriptor.parseAll(CtorDocs.text("server-descriptors")))
                    .build()));
    return new DirectoryResponder(board, () -> CtorDocs.NOW);
  }
}
