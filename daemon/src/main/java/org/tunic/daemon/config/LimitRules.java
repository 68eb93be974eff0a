package org.tunic.daemon.config;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The rules for what a node may use.
 *
 * <p>Threads: one.
 */
final class LimitRules {
  /** Highest bandwidth, bytes a second. */
  private static final long MAX_BANDWIDTH = Integer.MAX_VALUE;

  /** Lowest bandwidth of a relay, bytes a second. */
  private static final long MIN_RELAY_BANDWIDTH = 75 * 1024;

  private static final long MEGABYTE = 1 << 20;
  private static final long MIN_RELAY_MEMORY = 64 * MEGABYTE;
  private static final long LOW_RELAY_MEMORY = 256 * MEGABYTE;
  private static final long LOW_CLIENT_MEMORY = 64 * MEGABYTE;

  private static final Duration LEAST_REFILL = Duration.ofMillis(1);
  private static final Duration MOST_REFILL = Duration.ofSeconds(1);

  private static final double LEAST_HALF_LIFE = 0.00001;

  private static final List<String> DOS_SWITCHES =
      List.of(
          "DoSCircuitCreationEnabled",
          "DoSConnectionEnabled",
          "DoSRefuseSingleHopClientRendezvous",
          "DoSStreamCreationEnabled");
  private static final List<String> DOS_NUMBERS =
      List.of(
          "DoSCircuitCreationMinConnections",
          "DoSCircuitCreationRate",
          "DoSCircuitCreationBurst",
          "DoSCircuitCreationDefenseType",
          "DoSConnectionMaxConcurrentCount",
          "DoSConnectionDefenseType",
          "DoSConnectionConnectRate",
          "DoSConnectionConnectBurst",
          "DoSStreamCreationRate",
          "DoSStreamCreationBurst",
          "DoSStreamCreationDefenseType");
  private static final List<String> DOS_TIMES =
      List.of("DoSCircuitCreationDefenseTimePeriod", "DoSConnectionConnectDefenseTimePeriod");

  private final Rules rules;
  private final OptionValues values;

  LimitRules(Rules rules) {
    this.rules = rules;
    this.values = rules.values();
  }

  LimitOptions check(boolean isRelay) throws ConfigException {
    int connections = values.number("ConnLimit");
    if (connections < 1) {
      throw rules.refuse("ConnLimit", "is not positive", "remove it or write a higher one");
    }
    return new LimitOptions(
        values.interval("MaxOnionQueueDelay"),
        halfLife(),
        dos(),
        connections,
        maxMemory(isRelay),
        bandwidth(isRelay),
        maxHsDirCache(),
        values.flag("AuthDirRejectRequestsUnderLoad"));
  }

  private OptionalLong maxHsDirCache() {
    long bytes = values.bytes("MaxHSDirCacheBytes");
    return bytes == 0 ? OptionalLong.empty() : OptionalLong.of(bytes);
  }

  private OptionalDouble halfLife() {
    double seconds = values.real("CircuitPriorityHalflife");
    if (seconds < -LEAST_HALF_LIFE) {
      return OptionalDouble.empty();
    }
    if (seconds < LEAST_HALF_LIFE) {
      rules.warn("CircuitPriorityHalflife", "is too small; 30 seconds is used");
      return OptionalDouble.of(30);
    }
    return OptionalDouble.of(seconds);
  }

  private Map<String, Integer> dos() {
    Map<String, Integer> set = new HashMap<>();
    for (String option : DOS_SWITCHES) {
      AutoBool value = values.auto(option);
      if (value != AutoBool.AUTO) {
        set.put(option, value == AutoBool.YES ? 1 : 0);
      }
    }
    for (String option : DOS_NUMBERS) {
      if (values.number(option) != 0) {
        set.put(option, values.number(option));
      }
    }
    for (String option : DOS_TIMES) {
      Duration value = values.interval(option);
      if (!value.isZero()) {
        set.put(option, (int) Math.min(value.toSeconds(), Integer.MAX_VALUE));
      }
    }
    return set;
  }

  private OptionalLong maxMemory(boolean isRelay) {
    long bytes = values.bytes("MaxMemInQueues");
    if (bytes == 0) {
      return OptionalLong.empty();
    }
    if (isRelay && bytes < MIN_RELAY_MEMORY) {
      rules.warn("MaxMemInQueues", "is too low for a relay; 64 MB is used");
      return OptionalLong.of(MIN_RELAY_MEMORY);
    }
    if (bytes < (isRelay ? LOW_RELAY_MEMORY : LOW_CLIENT_MEMORY)) {
      rules.warn("MaxMemInQueues", "is low; if connections fail, this may be why");
    }
    return OptionalLong.of(bytes);
  }

  private LimitOptions.Bandwidth bandwidth(boolean isRelay) throws ConfigException {
    long rate = capped("BandwidthRate");
    long burst = capped("BandwidthBurst");
    long relayRate = capped("RelayBandwidthRate");
    long relayBurst = capped("RelayBandwidthBurst");
    relayBurst = relayBurst == 0 ? relayRate : relayBurst;
    relayRate = relayRate == 0 ? relayBurst : relayRate;
    if (rate > burst) {
      throw rules.refuse(
          "BandwidthBurst", "is lower than BandwidthRate", "raise it to at least the rate");
    }
    if (relayRate > relayBurst) {
      throw rules.refuse(
          "RelayBandwidthBurst",
          "is lower than RelayBandwidthRate",
          "raise it to at least the rate");
    }
    if (isRelay) {
      atLeastForRelay("BandwidthRate", rate, MIN_RELAY_BANDWIDTH);
      atLeastForRelay(
          "MaxAdvertisedBandwidth", capped("MaxAdvertisedBandwidth"), MIN_RELAY_BANDWIDTH / 2);
      if (relayRate > 0) {
        atLeastForRelay("RelayBandwidthRate", relayRate, MIN_RELAY_BANDWIDTH);
      }
    }
    long all = Math.max(rate, relayRate);
    long allBurst = Math.max(burst, relayBurst);
    return new LimitOptions.Bandwidth(
        all,
        allBurst,
        relayRate == 0 ? all : relayRate,
        relayRate == 0 ? allBurst : relayBurst,
        capped("PerConnBWRate"),
        capped("PerConnBWBurst"),
        values.flag("CountPrivateBandwidth"),
        refillInterval());
  }

  private Duration refillInterval() throws ConfigException {
    Duration interval = values.interval("TokenBucketRefillInterval");
    if (interval.compareTo(LEAST_REFILL) < 0 || interval.compareTo(MOST_REFILL) > 0) {
      throw rules.refuse(
          "TokenBucketRefillInterval", "is out of range", "write one from 1 to 1000 msec");
    }
    return interval;
  }

  private long capped(String option) throws ConfigException {
    long bytes = values.bytes(option);
    if (bytes > MAX_BANDWIDTH + 1) {
      throw rules.refuse(option, "is too large", "write at most " + MAX_BANDWIDTH + " bytes");
    }
    return Math.min(bytes, MAX_BANDWIDTH);
  }

  private void atLeastForRelay(String option, long bytes, long least) throws ConfigException {
    if (bytes < least) {
      throw rules.refuse(option, "is too low for a relay", "write at least " + least + " bytes");
    }
  }
}
