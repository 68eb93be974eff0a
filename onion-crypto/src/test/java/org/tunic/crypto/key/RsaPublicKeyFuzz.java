package org.tunic.crypto.key;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.tunic.crypto.bytes.MalformedException;
import org.tunic.testing.ParserFuzz;

/** RSA public keys in DER and, where the input begins with a dash, in PEM. */
class RsaPublicKeyFuzz extends ParserFuzz {
  RsaPublicKeyFuzz() {
    super(MalformedException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    RsaPublicKey read =
        input.length > 0 && input[0] == '-'
            ? RsaPublicKey.parsePem(text(input))
            : RsaPublicKey.parsePkcs1Der(input);
    assertEquals(read, RsaPublicKey.parsePkcs1Der(read.pkcs1Der().toArray()));
    assertEquals(read, RsaPublicKey.parsePem(read.toPem()));
  }
}
