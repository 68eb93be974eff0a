package org.tunic.gateway.announce;

import java.util.Arrays;
import java.util.List;
import org.tunic.testing.ParserFuzz;
import org.tunic.tracker.bencode.BencodeException;

/** Answers of trackers: what is passed on is read as the same and passed on unchanged. */
class TrackerAnswerFuzz extends ParserFuzz {
  TrackerAnswerFuzz() {
    super(BencodeException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    byte[] passed = TrackerAnswer.read(input).write(List.of());
    byte[] again = TrackerAnswer.read(passed).write(List.of());
    if (!Arrays.equals(passed, again)) {
      throw new AssertionError("passed on changed");
    }
  }
}
