package org.tunic.ledger.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.testing.ParserFuzz;

/** Twelve bytes of a name, then a payload: what is read is written so that it reads the same. */
class MessageFuzz extends ParserFuzz {
  MessageFuzz() {
    super(MalformedException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    byte[] name = Arrays.copyOf(input, 12);
    String command = new String(name, StandardCharsets.ISO_8859_1).replace("\0", "");
    byte[] payload = Arrays.copyOfRange(input, Math.min(12, input.length), input.length);
    Message message = Message.decode(command, payload);
    assertEquals(message, Message.decode(message.command(), message.payload()));
  }
}
