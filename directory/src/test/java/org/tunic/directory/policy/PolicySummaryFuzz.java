package org.tunic.directory.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.tunic.testing.ParserFuzz;

/** Policy summaries: what is read is written so that it reads the same. */
class PolicySummaryFuzz extends ParserFuzz {
  PolicySummaryFuzz() {
    super(PolicySyntaxException.class);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    PolicySummary read = PolicySummary.parse(text(input));
    assertEquals(read, PolicySummary.parse(read.toString()));
  }
}
