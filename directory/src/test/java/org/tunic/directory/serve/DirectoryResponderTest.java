package org.tunic.directory.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.directory.netdoc.NetdocText;

/** The bounds of answers. */
class DirectoryResponderTest {
  private static final Microdescriptor MODEL =
      Microdescriptor.parseAll(CtorDocs.text("microdescriptors")).getFirst();

  /** {@code count} microdescriptors of {@code length} bytes, ascending by digest. */
  private static List<Microdescriptor> microdescriptors(int count, int length) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new Microdescriptor(
                    NetdocText.of(String.format("%06d", i).repeat(length / 6)),
                    Bytes.copyOf(ByteBuffer.allocate(32).putInt(i).array()),
                    MODEL.ntorOnionKey(),
                    MODEL.ed25519(),
                    null,
                    MODEL.family(),
                    MODEL.policy(),
                    MODEL.policy6()))
        .toList();
  }

  private static DirAnswer ask(List<Microdescriptor> documents) {
    DocumentBoard board = new DocumentBoard();
    board.change(d -> d.withCached(new DocumentSet.Builder().microdescriptors(documents).build()));
    String digests =
        documents.stream().map(Microdescriptor::digestBase64).collect(Collectors.joining("-"));
    return new DirectoryResponder(board, () -> CtorDocs.NOW)
        .answer(DirRequest.get("/tor/micro/d/" + digests, 0));
  }

  @Test
  void list_longerThanTheBound_isAnsweredUpToIt() {
    assertEquals(
        12 * DigestLists.MAX_ELEMENTS,
        ask(microdescriptors(DigestLists.MAX_ELEMENTS, 12)).body().length());
    DirAnswer answer = ask(microdescriptors(DigestLists.MAX_ELEMENTS + 1, 12));
    assertEquals(200, answer.status());
    assertEquals(12 * DigestLists.MAX_ELEMENTS, answer.body().length());
  }

  @Test
  void answer_ofBigDocuments_holdsWhatFitsWhole() {
    int length = Microdescriptor.MAX_LENGTH / 6 * 6;
    int fitting = DirectoryResponder.MAX_ANSWER_BYTES / length;
    assertTrue(fitting < DigestLists.MAX_ELEMENTS);

    assertEquals(fitting * length, ask(microdescriptors(fitting, length)).body().length());
    assertEquals(fitting * length, ask(microdescriptors(fitting + 1, length)).body().length());
  }

  @Test
  void answer_ofOneHugeDocument_isSentAllTheSame() {
    int length = DirectoryResponder.MAX_ANSWER_BYTES / 6 * 6 + 6;

    assertEquals(length, ask(microdescriptors(1, length)).body().length());
  }

  @Test
  void board_changedByManyAtOnce_losesNothing() throws Exception {
    DocumentBoard board = new DocumentBoard();
    List<Microdescriptor> documents = microdescriptors(200, 12);
    List<Thread> writers = new ArrayList<>();
    for (Microdescriptor document : documents) {
      writers.add(
          Thread.ofVirtual()
              .start(
                  () ->
                      board.change(
                          d ->
                              d.withCached(
                                  new DocumentSet.Builder()
                                      .microdescriptors(held(d, documents))
                                      .microdescriptors(List.of(document))
                                      .build()))));
    }
    for (Thread writer : writers) {
      writer.join();
    }
    assertEquals(200, held(board.documents(), documents).size());
  }

  private static List<Microdescriptor> held(ServedDocuments served, List<Microdescriptor> of) {
    return of.stream().filter(m -> served.microdescriptor(m.digest()).isPresent()).toList();
  }
}
