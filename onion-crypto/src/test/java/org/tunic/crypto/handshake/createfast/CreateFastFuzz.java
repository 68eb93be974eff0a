package org.tunic.crypto.handshake.createfast;

import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.testing.ParserFuzz;
import org.tunic.testing.SeededRandom;

/** CREATE_FAST: the onion skin, and the reply. */
class CreateFastFuzz extends ParserFuzz {
  CreateFastFuzz() {
    super(HandshakeFailedException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    SeededRandom random = new SeededRandom(1);
    CreateFastRelay.answer(input, random).close();
    try (CreateFastClient client = CreateFastClient.begin(random)) {
      client.finish(input).close();
    }
  }
}
