package org.tunic.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Locale;
import org.tunic.testing.ParserFuzz;

/**
 * A torrc: loaded, or refused with one line; what was loaded is dumped so that it loads the same.
 */
class TorrcFuzz extends ParserFuzz {
  TorrcFuzz() {
    super(ConfigException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    String text = text(input);
    if (text.toLowerCase(Locale.ROOT).contains("include")) {
      TorrcParser.parse(text, "torrc"); // files of this machine are no part of the input
      return;
    }
    try {
      String dumped = Torrcs.config(text).values().dump(false);
      assertEquals(dumped, Torrcs.config(dumped).values().dump(false));
    } catch (ConfigException e) {
      assertFalse(String.valueOf(e.getMessage()).contains("\n"));
      throw e;
    }
  }
}
