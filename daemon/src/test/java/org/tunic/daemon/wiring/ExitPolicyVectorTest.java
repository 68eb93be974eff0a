package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our descriptor says of exit policies what C tor's said. */
class ExitPolicyVectorTest {
  static List<ExitPolicyCases.Case> cases() throws IOException {
    return ExitPolicyCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lines_areCTors(ExitPolicyCases.Case wanted) throws Exception {
    assertEquals(wanted.lines(), ExitPolicyCases.ours(wanted.options()));
  }

  @Test
  void corpus_isLargeEnough() throws Exception {
    assertTrue(cases().size() >= 60, "cases: " + cases().size());
  }
}
