package org.tunic.daemon.config;

import java.util.List;
import org.tunic.testing.ParserFuzz;

/** A command line, a word on each line. */
class CommandLineFuzz extends ParserFuzz {
  private static final OptionTable OPTIONS = OptionTable.load();

  CommandLineFuzz() {
    super(ConfigException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    OptionAssembler.assemble(
        OPTIONS,
        List.of(CommandLine.parse(List.of(text(input).split("\n", -1))).options()),
        w -> {});
  }
}
