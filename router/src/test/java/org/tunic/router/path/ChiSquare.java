package org.tunic.router.path;

import java.util.Arrays;

/**
 * Pearson's chi-square test of counts against expected probabilities.
 *
 * <p>Threads: any, because it has no state.
 */
public final class ChiSquare {
  /** Outcomes expected less often than this are put together, or the approximation fails. */
  private static final double MIN_EXPECTED = 5;

  private static final int MAX_STEPS = 10_000;
  private static final double PRECISION = 1e-14;

  private ChiSquare() {}

  /**
   * How likely counts at least this far from the expected ones are, if the expectation is right.
   *
   * @param counts observed, one for each outcome
   * @param probabilities of the outcomes, sum 1
   * @return 0 if an outcome of probability 0 was observed
   */
  public static double pValue(long[] counts, double[] probabilities) {
    long total = Arrays.stream(counts).sum();
    double statistic = 0;
    double restExpected = 0;
    long restObserved = 0;
    int bins = 0;
    for (int i = 0; i < counts.length; i++) {
      double expected = probabilities[i] * total;
      if (expected == 0 && counts[i] > 0) {
        return 0;
      }
      if (expected < MIN_EXPECTED) {
        restExpected += expected;
        restObserved += counts[i];
      } else {
        statistic += square(counts[i] - expected) / expected;
        bins++;
      }
    }
    if (restExpected > 0) {
      statistic += square(restObserved - restExpected) / restExpected;
      bins++;
    }
    return upperTail(statistic, bins - 1);
  }

  private static double square(double x) {
    return x * x;
  }

  /**
   * Probability that a chi-square variable of {@code degrees} degrees of freedom exceeds {@code x}.
   */
  static double upperTail(double x, int degrees) {
    return x <= 0 ? 1 : upperGamma(degrees / 2.0, x / 2);
  }

  /** The regularised upper incomplete gamma function Q(a, x). */
  private static double upperGamma(double a, double x) {
    double front = Math.exp(a * Math.log(x) - x - logGamma(a));
    return x < a + 1 ? 1 - front * lowerSeries(a, x) : front * upperFraction(a, x);
  }

  /** Sum of x^n / (a (a+1) … (a+n)). */
  private static double lowerSeries(double a, double x) {
    double term = 1 / a;
    double sum = term;
    for (int n = 1; n < MAX_STEPS && term > sum * PRECISION; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return sum;
  }

  /** The continued fraction 1/(x+1-a- 1(1-a)/(x+3-a- 2(2-a)/(x+5-a- …))), from the far end. */
  private static double upperFraction(double a, double x) {
    double tail = 0;
    for (int n = MAX_STEPS; n >= 1; n--) {
      tail = n * (n - a) / (x + 2 * n + 1 - a - tail);
    }
    return 1 / (x + 1 - a - tail);
  }

  /** Stirling's series after shifting the argument above 10. */
  private static double logGamma(double z) {
    double shift = 0;
    double at = z;
    while (at < 10) {
      shift -= Math.log(at);
      at++;
    }
    double inverse = 1 / at;
    double square = inverse * inverse;
    return shift
        + (at - 0.5) * Math.log(at)
        - at
        + 0.5 * Math.log(2 * Math.PI)
        + inverse * (1 / 12.0 - square * (1 / 360.0 - square * (1 / 1260.0 - square / 1680)));
  }
}
