package org.tunic.router.circuit.service;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.tunic.directory.view.ConsensusParameters;

/**
 * The positions of circuits for onion services whose relays are kept: how many there are, and how
 * long each stays.
 *
 * <p>Spec: vanguards-spec/full-vanguards, vanguards-spec/vanguards-lite. Threads: immutable.
 */
enum VanguardLayer {
  /** Second hops of vanguards-lite: 4, each for 1 to 12 days, uniformly. */
  LITE(2, "guard-hs-l2-number", 4) {
    @Override
    long seconds(ConsensusParameters params, RandomGenerator random) {
      long least = params.get("guard-hs-l2-lifetime-min", DAY, 1, Integer.MAX_VALUE);
      long most = params.get("guard-hs-l2-lifetime-max", 12 * DAY, 1, Integer.MAX_VALUE);
      return uniform(least, most, random);
    }
  },

  /**
   * Second hops of full vanguards: 4, each for 30 to 60 days, uniformly. The consensus parameters
   * of the lifetime are those of vanguards-lite, and do not count here.
   */
  SECOND(2, "guard-hs-l2-number", 4) {
    @Override
    long seconds(ConsensusParameters params, RandomGenerator random) {
      return uniform(30 * DAY, 60 * DAY, random);
    }
  },

  /** Third hops of full vanguards: 8, each for 1 to 48 hours, the longer of two uniform draws. */
  THIRD(3, "guard-hs-l3-number", 8) {
    @Override
    long seconds(ConsensusParameters params, RandomGenerator random) {
      long least = params.get("guard-hs-l3-lifetime-min", HOUR, 1, Integer.MAX_VALUE);
      long most = params.get("guard-hs-l3-lifetime-max", 48 * HOUR, 1, Integer.MAX_VALUE);
      long first = uniform(least, most, random);
      long second = uniform(least, most, random);
      return Math.max(first, second);
    }
  };

  /** Of any set, whatever the consensus says. */
  static final int MAX_NUMBER = 19;

  private static final int HOUR = 3600;
  private static final int DAY = 24 * HOUR;

  private final int hop;
  private final String numberParameter;
  private final int defaultNumber;

  VanguardLayer(int hop, String numberParameter, int defaultNumber) {
    this.hop = hop;
    this.numberParameter = numberParameter;
    this.defaultNumber = defaultNumber;
  }

  /** The position in a path: 2 or 3. */
  int hop() {
    return hop;
  }

  /** How many relays there should be: 1 to {@link #MAX_NUMBER}. */
  int number(ConsensusParameters params) {
    return params.get(numberParameter, defaultNumber, 1, MAX_NUMBER);
  }

  /** How long a relay that is drawn now stays. */
  Duration lifetime(ConsensusParameters params, RandomGenerator random) {
    return Duration.ofSeconds(seconds(params, random));
  }

  abstract long seconds(ConsensusParameters params, RandomGenerator random);

  private static long uniform(long least, long most, RandomGenerator random) {
    return random.nextLong(least, Math.max(least, most) + 1);
  }
}
