package org.tunic.crypto.cert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.testing.ParserFuzz;

/** The certificate by which an RSA identity vouches for an Ed25519 one. */
class RsaCrossCertificateFuzz extends ParserFuzz {
  RsaCrossCertificateFuzz() {
    super(MalformedException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    assertArrayEquals(input, RsaCrossCertificate.parse(input).encoded().toArray());
  }
}
