package org.tunic.router.channel;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * How a node pads its channels and how long it keeps them: what the operator and the consensus say.
 *
 * <p>Spec: padding-spec/connection-level-padding
 *
 * <p>Threads: immutable.
 *
 * @param parameters the consensus's
 * @param wish ConnectionPadding
 * @param reduced ReducedConnectionPadding: longer silences, and only this side pads
 * @param relay whether others connect to us; only then do we take PADDING_NEGOTIATE, for a relay
 *     must not turn off the padding of its clients
 * @param keepalive KeepalivePeriod: after so long without a cell from us one is sent, padding or
 *     not
 */
public record PaddingRules(
    PaddingParameters parameters, Wish wish, boolean reduced, boolean relay, Duration keepalive) {
  /** KeepalivePeriod where nothing is said. */
  public static final Duration DEFAULT_KEEPALIVE = Duration.ofMinutes(5);

  /** A client that leaves everything to the consensus. */
  public static final PaddingRules CLIENT =
      new PaddingRules(PaddingParameters.DEFAULT, Wish.AUTO, false, false, DEFAULT_KEEPALIVE);

  /** ConnectionPadding. */
  public enum Wish {
    /** None, and the other side is told so. */
    NEVER,
    /** If both sides speak a link protocol that has it. */
    AUTO,
    /** Always. */
    ALWAYS
  }

  /**
   * How long a channel may stay without circuits. As C tor: a quarter less or more than the
   * consensus says between relays, else up to a half more than {@code client}; half of that for
   * whoever wants less padding.
   *
   * @param client idle time of channels with clients
   * @param betweenRelays whether both ends are listed relays and the address is the peer's own
   */
  Duration idleTimeout(Duration client, boolean betweenRelays, RandomGenerator random) {
    long base =
        betweenRelays
            ? TimeUnit.SECONDS.toMillis(parameters.relayIdleSeconds()) * 3 / 4
            : client.toMillis();
    long spread = betweenRelays ? base * 2 / 3 : base / 2;
    long millis = base + random.nextLong(Math.max(1, spread));
    return Duration.ofMillis(reduced ? millis / 2 : millis);
  }
}
