package org.tunic.router.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.router.cell.PaddingNegotiate;
import org.tunic.testing.SeededRandom;

/** When a channel is padded, on times that the test names. */
class ChannelPaddingTest {
  private static final long START = 1_000_000_000L;
  private static final PaddingNegotiate STOP = new PaddingNegotiate(0, PaddingNegotiate.STOP, 0, 0);

  private final Random random = new SeededRandom(7);
  private final ChannelPadding padding = new ChannelPadding(5, random);

  private static PaddingRules rules(PaddingRules.Wish wish, boolean reduced, boolean relay) {
    return rules(PaddingParameters.DEFAULT, wish, reduced, relay);
  }

  private static PaddingRules rules(
      PaddingParameters parameters, PaddingRules.Wish wish, boolean reduced, boolean relay) {
    return new PaddingRules(parameters, wish, reduced, relay, PaddingRules.DEFAULT_KEEPALIVE);
  }

  private static PaddingParameters parameters(String name, int value) {
    return PaddingParameters.of(new ConsensusParameters(Map.of(name, value)));
  }

  private static final PaddingRules CLIENT = PaddingRules.CLIENT;
  private static final PaddingRules RELAY = rules(PaddingRules.Wish.AUTO, false, true);

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  /**
   * Milliseconds of silence after which padding goes out, asking once a second as the node does.
   */
  private long silence(ChannelPadding of, PaddingRules rules, long since) {
    for (long now = since; ; now += ChannelPadding.PERIOD_NANOS) {
      long wait = of.due(rules, true, since, now);
      if (wait >= 0) {
        return millis(now + wait - since);
      }
      assertEquals(ChannelPadding.LATER, wait);
    }
  }

  @Test
  void due_withoutFullCircuits_isNever() {
    assertEquals(ChannelPadding.NEVER, padding.due(CLIENT, true, START, START));
  }

  @Test
  void due_withAFullCircuit_isBetweenLowAndHigh() {
    padding.fullCircuit();
    long least = Long.MAX_VALUE;
    long most = 0;
    long sum = 0;
    for (int i = 1; i <= 2000; i++) {
      long silence = silence(padding, CLIENT, START + i);
      least = Math.min(least, silence);
      most = Math.max(most, silence);
      sum += silence;
    }
    assertTrue(least >= 1500 && least < 2500, "shortest " + least);
    assertTrue(most > 9000 && most <= 9500, "longest " + most);
    // The mean of the larger of two draws is two thirds of the way up.
    assertEquals(1500 + 8000 * 2 / 3, sum / 2000, 150);
  }

  @Test
  void due_isTheSameUntilSomethingHappens() {
    padding.fullCircuit();
    long silence = silence(padding, CLIENT, START);
    assertEquals(silence, silence(padding, CLIENT, START));
    assertTrue(padding.stillSilent(START));
    assertFalse(padding.stillSilent(START + 1));
  }

  @Test
  void due_whenAskedTooLate_isAtOnce() {
    padding.fullCircuit();
    padding.due(CLIENT, true, START, START);
    assertEquals(0, padding.due(CLIENT, true, START, START + TimeUnit.SECONDS.toNanos(10)));
  }

  @Test
  void due_betweenRelays_onlyIfTheConsensusSaysSo() {
    padding.fullCircuit();
    assertEquals(ChannelPadding.NEVER, padding.due(RELAY, false, START, START));
    PaddingRules relays =
        rules(parameters("nf_pad_relays", 1), PaddingRules.Wish.AUTO, false, true);
    assertTrue(padding.due(relays, false, START, START) != ChannelPadding.NEVER);
  }

  @Test
  void due_whenTheConsensusWantsTraffic_waitsForIt() {
    PaddingRules late =
        rules(parameters("nf_pad_before_usage", 0), PaddingRules.Wish.AUTO, false, false);
    padding.fullCircuit();
    assertEquals(ChannelPadding.NEVER, padding.due(late, true, START, START));
    padding.traffic();
    padding.fullCircuit(); // never goes back
    assertTrue(padding.due(late, true, START, START) != ChannelPadding.NEVER);
  }

  @Test
  void due_whenBothTimesAreZero_isNever() {
    PaddingParameters off =
        PaddingParameters.of(new ConsensusParameters(Map.of("nf_ito_low", 0, "nf_ito_high", 0)));
    padding.traffic();
    assertEquals(
        ChannelPadding.NEVER,
        padding.due(rules(off, PaddingRules.Wish.AUTO, false, false), true, START, START));
  }

  @Test
  void due_onLinkProtocol4_onlyForWhoInsists() {
    ChannelPadding old = new ChannelPadding(4, random);
    old.traffic();
    assertEquals(ChannelPadding.NEVER, old.due(CLIENT, true, START, START));
    PaddingRules always = rules(PaddingRules.Wish.ALWAYS, false, false);
    assertTrue(old.open(always).isEmpty());
    assertTrue(old.due(always, true, START, START) != ChannelPadding.NEVER);
  }

  @Test
  void open_byDefault_saysNothing() {
    assertEquals(Optional.empty(), padding.open(CLIENT));
    assertEquals(Optional.empty(), padding.open(RELAY));
  }

  @Test
  void open_withoutPadding_tellsTheOtherSideToStop() {
    PaddingRules never = rules(PaddingRules.Wish.NEVER, false, false);
    assertEquals(Optional.of(STOP), padding.open(never));
    padding.traffic();
    assertEquals(ChannelPadding.NEVER, padding.due(never, true, START, START));
    assertEquals(Optional.empty(), new ChannelPadding(4, random).open(never));
  }

  @Test
  void open_withReducedPadding_stopsTheOtherSideAndWaitsLonger() {
    PaddingRules reduced = rules(PaddingRules.Wish.AUTO, true, false);
    assertEquals(Optional.of(STOP), padding.open(reduced));
    padding.fullCircuit();
    for (int i = 1; i < 500; i++) {
      long silence = silence(padding, reduced, START + i);
      assertTrue(silence >= 9000 && silence <= 14_000, "silence " + silence);
    }
  }

  @Test
  void negotiate_atARelay_stopsAndStarts() {
    padding.traffic();
    assertTrue(padding.onNegotiate(STOP, 5, RELAY));
    assertEquals(ChannelPadding.NEVER, padding.due(RELAY, true, START, START));
    assertTrue(
        padding.onNegotiate(
            new PaddingNegotiate(0, PaddingNegotiate.START, 20_000, 30_000), 5, RELAY));
    for (int i = 1; i < 500; i++) {
      long silence = silence(padding, RELAY, START + i);
      assertTrue(silence >= 20_000 && silence <= 30_000, "silence " + silence);
    }
  }

  @Test
  void negotiate_belowTheConsensus_isRaisedToIt() {
    padding.traffic();
    padding.onNegotiate(new PaddingNegotiate(0, PaddingNegotiate.START, 1, 2), 5, RELAY);
    for (int i = 1; i < 500; i++) {
      assertTrue(silence(padding, RELAY, START + i) >= 1500);
    }
  }

  @Test
  void negotiate_atAClient_isIgnored() {
    padding.traffic();
    assertFalse(padding.onNegotiate(STOP, 5, CLIENT));
    assertTrue(padding.due(CLIENT, true, START, START) != ChannelPadding.NEVER);
  }

  @Test
  void negotiate_ofAnotherVersionOrCommandOrLink_isIgnored() {
    assertFalse(padding.onNegotiate(new PaddingNegotiate(1, 1, 0, 0), 5, RELAY));
    assertFalse(padding.onNegotiate(new PaddingNegotiate(0, 3, 0, 0), 5, RELAY));
    assertFalse(padding.onNegotiate(STOP, 4, RELAY));
  }

  @Test
  void idleTimeout_isAsInCTor() {
    Duration client = Duration.ofMinutes(3);
    PaddingRules reduced = rules(PaddingRules.Wish.AUTO, true, false);
    for (int i = 0; i < 1000; i++) {
      within(180, 270, CLIENT.idleTimeout(client, false, random));
      within(90, 135, reduced.idleTimeout(client, false, random));
      within(45 * 60, 75 * 60, RELAY.idleTimeout(client, true, random));
    }
  }

  private static void within(long least, long most, Duration time) {
    assertTrue(time.toSeconds() >= least && time.toSeconds() <= most, "idle " + time);
  }
}
