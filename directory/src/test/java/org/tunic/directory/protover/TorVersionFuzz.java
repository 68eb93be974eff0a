package org.tunic.directory.protover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.tunic.testing.ParserFuzz;

/** Versions of Tor, alone and in platform lines. */
class TorVersionFuzz extends ParserFuzz {
  TorVersionFuzz() {
    super(NONE);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    String text = text(input);
    Optional<TorVersion> read = TorVersion.parse(text);
    read.ifPresent(version -> assertEquals(0, version.compareTo(version)));
    TorVersion.ofPlatform("Tor " + text);
    TorVersion.TEXT_ORDER.compare(text, "0.4.9.11");
  }
}
