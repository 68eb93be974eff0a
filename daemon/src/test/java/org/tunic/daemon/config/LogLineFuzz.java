package org.tunic.daemon.config;

import java.nio.file.Path;
import java.util.Optional;
import org.tunic.testing.ParserFuzz;

/** The value of a Log line. */
class LogLineFuzz extends ParserFuzz {
  LogLineFuzz() {
    super(ConfigException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    for (ConfigLine line : TorrcParser.parse("Log " + text(input), "torrc")) {
      LogLineParser.parse(
          line, new Paths(Path.of("/"), Optional.of(Path.of("/home/op")), w -> {}), w -> {});
    }
  }
}
