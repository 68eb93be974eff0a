package org.tunic.router.channel;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.tunic.router.cell.PaddingNegotiate;

/**
 * When a channel sends a PADDING cell, and what was agreed about it.
 *
 * <p>Routers on the way record how long a flow was active, and start a new record after some
 * seconds of silence. A padding cell before that joins the records of a channel into one, which
 * tells less. Each side pads by itself, after a silence in both directions that is drawn anew each
 * time: the larger of two draws between low and high, because the other side draws too and the
 * earlier of both counts.
 *
 * <p>As in C tor the question is asked once a second ({@link #due}); when less than a second and
 * {@link #SLACK_NANOS} are left, the caller sets a timer for the rest. Until then nothing is
 * scheduled, so a busy channel costs one comparison a second.
 *
 * <p>Spec: padding-spec/connection-level-padding
 *
 * <p>Threads: event loop of the channel.
 */
final class ChannelPadding {
  /** The link protocol that has PADDING_NEGOTIATE. */
  static final int LINK_PROTOCOL = 5;

  /** How often {@link #due} is to be asked. */
  static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How much later it may be asked. */
  static final long SLACK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** This channel is not padded, as things are. */
  static final long NEVER = -1;

  /** Not before the question is asked again. */
  static final long LATER = -2;

  /** What went over a channel until now; it never goes back. */
  enum Usage {
    /** Nothing, or directory requests over one hop. */
    NO_FULL_CIRCUITS,
    /** Circuits of several hops, but no traffic on them. */
    FULL_CIRCUITS,
    USER_TRAFFIC
  }

  private final RandomGenerator random;
  private boolean enabled;
  private int lowMillis; // agreed or wished; 0: the consensus's
  private int highMillis;
  private Usage usage = Usage.NO_FULL_CIRCUITS;

  private boolean drawn;
  private long drawnForNanos; // the activity after which the silence was drawn
  private long dueNanos;

  ChannelPadding(int linkProtocol, RandomGenerator random) {
    this.enabled = linkProtocol >= LINK_PROTOCOL;
    this.random = random;
  }

  /** The channel opens: what to tell the other side, if anything. */
  Optional<PaddingNegotiate> open(PaddingRules rules) {
    boolean agreed = enabled;
    if (rules.wish() == PaddingRules.Wish.NEVER) {
      enabled = false;
      return agreed ? Optional.of(stop()) : Optional.empty();
    }
    if (rules.reduced() && (agreed || rules.wish() == PaddingRules.Wish.ALWAYS)) {
      // The other side is to be silent; we go on at our pace.
      lowMillis = rules.parameters().lowReducedMillis();
      highMillis = rules.parameters().highReducedMillis();
      return agreed ? Optional.of(stop()) : Optional.empty();
    }
    return Optional.empty();
  }

  private static PaddingNegotiate stop() {
    return new PaddingNegotiate(0, PaddingNegotiate.STOP, 0, 0);
  }

  /**
   * The other side asks for padding or for none; ignored unless we are a relay.
   *
   * @return whether it was heeded
   */
  boolean onNegotiate(PaddingNegotiate wish, int linkProtocol, PaddingRules rules) {
    boolean known =
        wish.version() == 0
            && (wish.action() == PaddingNegotiate.START || wish.action() == PaddingNegotiate.STOP);
    if (!known || linkProtocol < LINK_PROTOCOL || !rules.relay()) {
      return false;
    }
    enabled = wish.action() == PaddingNegotiate.START;
    lowMillis = Math.max(rules.parameters().lowMillis(), wish.lowMillis());
    highMillis = Math.max(lowMillis, wish.highMillis());
    drawn = false;
    return true;
  }

  /** A circuit of several hops goes over the channel. */
  void fullCircuit() {
    if (usage == Usage.NO_FULL_CIRCUITS) {
      usage = Usage.FULL_CIRCUITS;
    }
  }

  /** Traffic came over a circuit of several hops. */
  void traffic() {
    usage = Usage.USER_TRAFFIC;
  }

  Usage usage() {
    return usage;
  }

  /** Whether the channel is padded at all, now, if it falls silent. */
  private boolean wanted(PaddingRules rules, boolean client) {
    boolean used =
        switch (usage) {
          case NO_FULL_CIRCUITS -> false;
          case FULL_CIRCUITS -> rules.parameters().padBeforeUsage();
          case USER_TRAFFIC -> true;
        };
    return used
        && (enabled || rules.wish() == PaddingRules.Wish.ALWAYS)
        && (client || rules.parameters().padRelays());
  }

  /**
   * When to send a padding cell.
   *
   * @param client whether one end is a client, or no listed relay
   * @param activeNanos when the last cell went either way
   * @return nanoseconds from now, 0 for at once; {@link #NEVER} or {@link #LATER}
   */
  long due(PaddingRules rules, boolean client, long activeNanos, long nowNanos) {
    if (!wanted(rules, client)) {
      drawn = false;
      return NEVER;
    }
    if (!drawn || drawnForNanos != activeNanos) {
      long silenceMillis = drawSilence(rules.parameters());
      if (silenceMillis == 0) {
        return NEVER;
      }
      drawn = true;
      drawnForNanos = activeNanos;
      dueNanos = activeNanos + TimeUnit.MILLISECONDS.toNanos(silenceMillis);
    }
    long left = dueNanos - nowNanos;
    return left >= PERIOD_NANOS + SLACK_NANOS ? LATER : Math.max(0, left);
  }

  /** Whether nothing happened since the silence was drawn: asked when the timer rings. */
  boolean stillSilent(long activeNanos) {
    return drawn && drawnForNanos == activeNanos;
  }

  /** Milliseconds; 0 for no padding. */
  private long drawSilence(PaddingParameters parameters) {
    int low = parameters.lowMillis();
    int high = parameters.highMillis();
    if (low == 0 && high == 0) {
      return 0;
    }
    if (lowMillis > 0 && highMillis > 0) {
      low = Math.max(low, lowMillis);
      high = Math.max(high, highMillis);
    }
    if (low >= high) {
      return low;
    }
    int first = random.nextInt(high - low);
    int second = random.nextInt(high - low);
    return (long) low + Math.max(first, second);
  }
}
