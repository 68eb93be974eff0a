package org.tunic.router.channel;

import org.tunic.directory.view.ConsensusParameters;

/**
 * What the consensus says of padding on connections, and of how long they stay.
 *
 * <p>Spec: padding-spec/connection-level-padding, param-spec
 *
 * <p>Threads: immutable.
 *
 * @param lowMillis {@code nf_ito_low}: shortest silence before a padding cell
 * @param highMillis {@code nf_ito_high}: longest silence; with both 0 nobody pads
 * @param lowReducedMillis {@code nf_ito_low_reduced}: the same for clients that want less
 * @param highReducedMillis {@code nf_ito_high_reduced}
 * @param relayIdleSeconds {@code nf_conntimeout_relays}: idle time of connections between relays
 * @param padBeforeUsage {@code nf_pad_before_usage}: whether circuits suffice, or traffic it must
 *     be
 * @param padRelays {@code nf_pad_relays}: whether connections between relays are padded too
 */
public record PaddingParameters(
    int lowMillis,
    int highMillis,
    int lowReducedMillis,
    int highReducedMillis,
    int relayIdleSeconds,
    boolean padBeforeUsage,
    boolean padRelays) {
  /** The longest silence that can be asked for. */
  static final int MAX_MILLIS = 60_000;

  private static final int MAX_RELAY_IDLE = 7 * 24 * 3600;

  /** What holds where the consensus says nothing. */
  public static final PaddingParameters DEFAULT = of(ConsensusParameters.DEFAULTS);

  /** The parameters of a consensus. */
  public static PaddingParameters of(ConsensusParameters params) {
    int low = params.get("nf_ito_low", 1500, 0, MAX_MILLIS);
    int lowReduced = params.get("nf_ito_low_reduced", 9000, 0, MAX_MILLIS);
    return new PaddingParameters(
        low,
        Math.max(low, params.get("nf_ito_high", 9500, 0, MAX_MILLIS)),
        lowReduced,
        Math.max(lowReduced, params.get("nf_ito_high_reduced", 14_000, 0, MAX_MILLIS)),
        params.get("nf_conntimeout_relays", 3600, 60, MAX_RELAY_IDLE),
        params.isSet("nf_pad_before_usage", true),
        params.isSet("nf_pad_relays", false));
  }
}
