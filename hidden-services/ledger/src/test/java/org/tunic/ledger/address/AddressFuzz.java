package org.tunic.ledger.address;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.primitive.Script;
import org.tunic.testing.ParserFuzz;

/** An address, which is written as it was read but for its case. */
class AddressFuzz extends ParserFuzz {
  private static final AddressFormat FORMAT = new AddressFormat(111, 196, 239, "bcrt");

  AddressFuzz() {
    super(MalformedException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    String text = text(input);
    Script script = FORMAT.parse(text);
    assertEquals(script, FORMAT.parse(FORMAT.format(script).orElseThrow()));
  }
}
