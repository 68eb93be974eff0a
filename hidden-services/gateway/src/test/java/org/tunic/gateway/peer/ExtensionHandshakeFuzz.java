package org.tunic.gateway.peer;

import java.util.Arrays;
import org.tunic.testing.ParserFuzz;

/** Extension handshakes: what is passed on is read as the same and passed on unchanged. */
class ExtensionHandshakeFuzz extends ParserFuzz {
  ExtensionHandshakeFuzz() {
    super(NONE);
  }

  @Override
  protected void parse(byte[] input) {
    byte[] passed = ExtensionHandshake.read(input).write();
    if (!Arrays.equals(passed, ExtensionHandshake.read(passed).write())) {
      throw new AssertionError("passed on changed");
    }
  }
}
