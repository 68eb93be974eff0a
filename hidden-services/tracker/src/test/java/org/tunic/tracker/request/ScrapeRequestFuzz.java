package org.tunic.tracker.request;

import org.tunic.testing.ParserFuzz;

/** The query of a scrape. */
class ScrapeRequestFuzz extends ParserFuzz {
  ScrapeRequestFuzz() {
    super(RequestException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    if (ScrapeRequest.parse(text(input)).torrents().size() > ScrapeRequest.MAX_TORRENTS) {
      throw new AssertionError("out of bounds");
    }
  }
}
