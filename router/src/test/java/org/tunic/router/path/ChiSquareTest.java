package org.tunic.router.path;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The statistics the path tests rest on, against tables of the chi-square distribution. */
class ChiSquareTest {
  @ParameterizedTest
  @CsvSource({
    "3.841459, 1, 0.05",
    "6.634897, 1, 0.01",
    "0.0039321, 1, 0.95",
    "18.307038, 10, 0.05",
    "3.940299, 10, 0.95",
    "124.342113, 100, 0.05",
    "135.806723, 100, 0.01",
    "249.445126, 200, 0.01",
    "99.334129, 100, 0.5"
  })
  void upperTail_tabulatedQuantile_hasTabulatedProbability(double x, int degrees, double p) {
    assertEquals(p, ChiSquare.upperTail(x, degrees), 1e-6);
  }

  @Test
  void pValue_countsAsExpected_isOne() {
    assertEquals(
        1, ChiSquare.pValue(new long[] {500, 300, 200}, new double[] {0.5, 0.3, 0.2}), 1e-12);
  }

  @Test
  void pValue_impossibleOutcomeObserved_isZero() {
    assertEquals(0, ChiSquare.pValue(new long[] {999, 1}, new double[] {1, 0}));
  }
}
