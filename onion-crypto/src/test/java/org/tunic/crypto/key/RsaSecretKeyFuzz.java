package org.tunic.crypto.key;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.testing.ParserFuzz;

/** RSA secret keys in PEM. */
class RsaSecretKeyFuzz extends ParserFuzz {
  RsaSecretKeyFuzz() {
    super(MalformedException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    RsaSecretKey read = RsaSecretKey.parsePem(text(input));
    assertEquals(read.toPem(), RsaSecretKey.parsePem(read.toPem()).toPem());
  }
}
