package org.tunic.crypto.cert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.testing.ParserFuzz;

/** Ed25519 certificates: what is read is kept as it came. */
class Ed25519CertificateFuzz extends ParserFuzz {
  Ed25519CertificateFuzz() {
    super(MalformedException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    assertArrayEquals(input, Ed25519Certificate.parse(input).encoded().toArray());
  }
}
