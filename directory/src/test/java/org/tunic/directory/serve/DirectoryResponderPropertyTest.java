package org.tunic.directory.serve;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirHeaders;
import org.tunic.directory.fetch.DirRequest;

class DirectoryResponderPropertyTest {
  private static final long SEED = 59_041;
  private static final int ROUNDS = 20_000;

  private static final List<String> BEGINNINGS =
      List.of(
          "",
          "/",
          "http://",
          "/tor/status-vote/current/consensus",
          "/tor/status-vote/current/consensus-microdesc/",
          "/tor/status-vote/current/consensus/diff/",
          "/tor/status-vote/current/",
          "/tor/status-vote/next/",
          "/tor/status-vote/next/d/",
          "/tor/micro/d/",
          "/tor/server/",
          "/tor/server/d/",
          "/tor/server/fp/",
          "/tor/extra/fp/",
          "/tor/extra/d/",
          "/tor/keys/",
          "/tor/keys/fp-sk/",
          "/tor/keys/sk/");

  /** Characters that mean something in targets, so that random ones get somewhere. */
  private static final String USUAL = "0123456789ABCDEFabcdef+-/.z=:, ";

  @Test
  void answer_toRandomRequests_neverThrows() {
    Random random = new Random(SEED);
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
    DirectoryResponder responder = new DirectoryResponder(board, () -> CtorDocs.NOW);
    for (int round = 0; round < ROUNDS; round++) {
      DirRequest request = request(random);
      DirAnswer answer;
      try {
        answer = responder.answer(request);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + SEED + " round " + round + ": " + request, e);
      }
      boolean sane =
          List.of(200, 304, 400, 404).contains(answer.status())
              && answer.reason().chars().allMatch(c -> c >= ' ' && c < 127)
              && (answer.status() == 200) == (answer.body().length() > 0);
      assertTrue(sane, "seed " + SEED + " round " + round + ": " + request);
    }
  }

  private static DirRequest request(Random random) {
    String path = BEGINNINGS.get(random.nextInt(BEGINNINGS.size())) + text(random);
    DirHeaders headers =
        DirHeaders.of("If-Modified-Since", text(random), "X-Or-Diff-From-Consensus", text(random));
    boolean post = random.nextInt(10) == 0;
    return new DirRequest(
        post ? DirRequest.Method.POST : DirRequest.Method.GET,
        path,
        random.nextBoolean() ? headers : DirHeaders.NONE,
        Bytes.EMPTY,
        0);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    boolean usual = random.nextInt(4) > 0;
    for (int i = random.nextInt(4) == 0 ? random.nextInt(200) : random.nextInt(45); i > 0; i--) {
      text.append(
          usual ? USUAL.charAt(random.nextInt(USUAL.length())) : (char) random.nextInt(256));
    }
    return text.toString();
  }
}
