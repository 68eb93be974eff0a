package org.tunic.crypto.cert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.testing.ParserFuzz;

/** X.509 certificates: what is read is kept as it came. */
class X509CertificateFuzz extends ParserFuzz {
  X509CertificateFuzz() {
    super(MalformedException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    X509Certificate read = X509Certificate.parse(input);
    assertArrayEquals(input, read.der().toArray());
    read.rsaKey();
  }
}
