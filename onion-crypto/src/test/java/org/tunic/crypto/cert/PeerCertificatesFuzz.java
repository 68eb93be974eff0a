package org.tunic.crypto.cert;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.testing.ParserFuzz;

/**
 * The certificates of a CERTS cell, as {@code (type:u8 length:u16 body)…}, judged for either role.
 */
class PeerCertificatesFuzz extends ParserFuzz {
  private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");

  PeerCertificatesFuzz() {
    super(UntrustedCertificateException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    Map<Integer, Bytes> bodies = new LinkedHashMap<>();
    try {
      ByteReader in = new ByteReader(input);
      while (in.remaining() > 0) {
        bodies.put(in.u8(), in.bytes(in.u16()));
      }
    } catch (MalformedException cutShort) {
      // What came before is judged.
    }
    if (bodies.containsKey(CertificateType.AUTHENTICATION.code())) {
      PeerCertificates.verifyInitiator(bodies, NOW);
    } else {
      PeerCertificates.verifyResponder(bodies, new byte[1], NOW);
    }
  }
}
