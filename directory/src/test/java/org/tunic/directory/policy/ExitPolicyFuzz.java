package org.tunic.directory.policy;

import java.util.List;
import java.util.Optional;
import org.tunic.testing.ParserFuzz;

/** Exit policies, a rule on each line, as in a torrc and as in a descriptor. */
class ExitPolicyFuzz extends ParserFuzz {
  ExitPolicyFuzz() {
    super(PolicySyntaxException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    List<String> lines = List.of(text(input).split("\n", -1));
    ExitPolicy read = ExitPolicy.parseRules(lines, Optional.empty());
    read.summary(false);
    read.summary(true);
    read.descriptorLines();
    ExitPolicy.parseDescriptor(lines);
  }
}
