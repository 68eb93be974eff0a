package org.tunic.directory.doc.vote;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.tunic.testing.ParserFuzz;

/** A commit line of a vote, words apart by blanks: what is read is written the same. */
class SharedRandomCommitFuzz extends ParserFuzz {
  SharedRandomCommitFuzz() {
    super(NONE);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    Optional<SharedRandomCommit> read =
        SharedRandomCommit.parse(List.of(text(input).split(" ", -1)));
    read.ifPresent(
        commit -> assertEquals(read, SharedRandomCommit.parse(List.of(words(commit.line(true))))));
  }

  private static String[] words(String line) {
    return line.substring("shared-rand-commit ".length()).strip().split(" ", -1);
  }
}
