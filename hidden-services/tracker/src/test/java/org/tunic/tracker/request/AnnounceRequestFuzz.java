package org.tunic.tracker.request;

import org.tunic.testing.ParserFuzz;

/** The query of an announce; files called {@code client-…} are what those programs send. */
class AnnounceRequestFuzz extends ParserFuzz {
  AnnounceRequestFuzz() {
    super(RequestException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    AnnounceRequest announce = AnnounceRequest.parse(text(input));
    if (announce.key().length() > AnnounceRequest.MAX_KEY_BYTES
        || announce.ip().length() > AnnounceRequest.MAX_IP_CHARACTERS
        || announce.numwant() < -1
        || announce.port() < 0
        || announce.port() > 0xffff) {
      throw new AssertionError("out of bounds");
    }
  }
}
