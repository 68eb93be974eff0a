package org.tunic.daemon.config;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What the operator lets the node, and its peers, use.
 *
 * <p>Threads: immutable.
 *
 * @param maxOnionQueueDelay how long onion skins may have to wait; zero: as the consensus says
 * @param circuitHalfLifeSeconds how fast it is forgotten what a circuit sent; empty: as the
 *     consensus says
 * @param dos the DoS options that are set, by name; others are left to the consensus
 * @param connections descriptors that must be available: ConnLimit
 * @param maxMemory bytes in queues and buffers: MaxMemInQueues; empty: by the machine's memory
 * @param bandwidth rates and bursts
 * @param maxHsDirCache bytes of onion services' descriptors that a relay keeps: MaxHSDirCacheBytes;
 *     empty: a fifth of what queues may take
 * @param refuseUnderLoad AuthDirRejectRequestsUnderLoad: whether an authority whose bandwidth is
 *     used up refuses directory requests
 */
public record LimitOptions(
    Duration maxOnionQueueDelay,
    OptionalDouble circuitHalfLifeSeconds,
    Map<String, Integer> dos,
    int connections,
    OptionalLong maxMemory,
    Bandwidth bandwidth,
    OptionalLong maxHsDirCache,
    boolean refuseUnderLoad) {
  /** Copies the map. */
  public LimitOptions {
    dos = Map.copyOf(dos);
  }

  /**
   * Bytes a second, and bytes at once, each way. Those of relayed traffic are never 0: when they
   * are not set they are the ones for everything.
   *
   * @param rate BandwidthRate
   * @param burst BandwidthBurst
   * @param relayRate RelayBandwidthRate
   * @param relayBurst RelayBandwidthBurst
   * @param perConnectionRate PerConnBWRate; 0: as the consensus says
   * @param perConnectionBurst PerConnBWBurst; 0: as the consensus says
   * @param countPrivate CountPrivateBandwidth: whether private addresses are limited too
   * @param refillInterval TokenBucketRefillInterval: how often bytes are given out
   */
  public record Bandwidth(
      long rate,
      long burst,
      long relayRate,
      long relayBurst,
      long perConnectionRate,
      long perConnectionBurst,
      boolean countPrivate,
      Duration refillInterval) {}
}
