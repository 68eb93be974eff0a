package org.tunic.directory.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.consensus.Consensus;
import org.tunic.directory.doc.extrainfo.ExtraInfo;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirRequest;

final class DirectoryResponderVectorTest {
  private final DocumentBoard board = new DocumentBoard();
  private final DirectoryResponder cache = new DirectoryResponder(board, () -> CtorDocs.NOW);

  DirectoryResponderVectorTest() {
    DocumentSet documents =
        new DocumentSet.Builder()
            .consensus(CtorDocs.consensus("consensus"))
            .consensus(CtorDocs.consensus("consensus-microdesc"))
            .certificates(CtorDocs.certificates())
            .microdescriptors(Microdescriptor.parseAll(CtorDocs.text("microdescriptors")))
            .descriptors(RouterDescriptor.parseAll(CtorDocs.text("server-descriptors")))
            .extraInfos(ExtraInfo.parseAll(CtorDocs.text("extra-infos")))
            .build();
    board.change(served -> served.withCached(documents));
  }

  private DirAnswer get(String path) {
    return cache.answer(DirRequest.get(path, Integer.MAX_VALUE));
  }

  private static String text(DirAnswer answer) {
    return new String(answer.body().toArray(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void currentConsensus_ofBothFlavors_isSentAsReceived() {
    Consensus ns = CtorDocs.consensus("consensus");
    Consensus microdesc = CtorDocs.consensus("consensus-microdesc");

    assertEquals(ns.text().text(), text(get("/tor/status-vote/current/consensus")));
    assertEquals(
        microdesc.text().text(), text(get("/tor/status-vote/current/consensus-microdesc.z")));
  }
}
