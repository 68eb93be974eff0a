package org.tunic.ledger.message;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.testing.ParserFuzz;

/** A stream of frames. */
class MessageFramerFuzz extends ParserFuzz {
  MessageFramerFuzz() {
    super(MalformedException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    new MessageFramer(0xdab5_bffa).take(input, 0, input.length);
  }
}
