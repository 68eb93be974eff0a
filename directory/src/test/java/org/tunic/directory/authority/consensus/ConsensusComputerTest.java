package org.tunic.directory.authority.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tunic.directory.authority.consensus.SyntheticVotes.line;
import static org.tunic.directory.authority.consensus.SyntheticVotes.ns;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.directory.authority.consensus.SyntheticVotes.E;
import org.tunic.directory.authority.consensus.SyntheticVotes.V;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.protover.ProtocolVersions;

class ConsensusComputerTest {
  @Test
  void relay_listedByHalf_isLeftOut() {
    String text = ns(4, new V(1).with(new E(1)), new V(2).with(new E(1)), new V(3), new V(4));
    assertFalse(text.contains("\nr "));
    text =
        ns(4, new V(1).with(new E(1)), new V(2).with(new E(1)), new V(3).with(new E(1)), new V(4));
    assertTrue(text.contains("\nr relay1 "));
  }

  @Test
  void relay_majorityCountsAllConfiguredAuthorities() {
    assertFalse(ns(5, new V(1).with(new E(1)), new V(2).with(new E(1)), new V(3)).contains("\nr "));
  }

  @Test
  void relay_differentEd25519_isListedWithoutConsensusOnIt() {
    E other = new E(1);
    other.ed25519 = 99;
    String text = ns(3, new V(1).with(new E(1)), new V(2).with(other));
    assertEquals("NoEdConsensus Running Valid", line(text, "s "));
    E unlisted = new E(1);
    unlisted.edListed = false;
    assertEquals(
        "Running Valid",
        line(
            ns(3, new V(1).with(new E(1)), new V(2).with(new E(1)), new V(3).with(unlisted)),
            "s "));
  }

  @Test
  void flags_needMoreThanHalfOfThoseThatKnowThem() {
    V opinionless = new V(3);
    opinionless.flags = List.of("Exit", "Running", "V2Dir", "Valid");
    String text =
        ns(
            3,
            new V(1).with(new E(1).flags("Exit", "Guard", "Running", "Valid")),
            new V(2).with(new E(1).flags("Guard", "Running", "Valid")),
            opinionless.with(new E(1)));
    assertEquals("Guard Running Valid", line(text, "s "));
  }

  @Test
  void relay_notRunningOrNotValid_isLeftOut() {
    for (String missing : List.of("Running", "Valid")) {
      String kept = missing.equals("Running") ? "Valid" : "Running";
      String text =
          ns(
              3,
              new V(1).with(new E(1).flags(kept)),
              new V(2).with(new E(1).flags(kept)),
              new V(3).with(new E(1)));
      assertFalse(text.contains("\nr "), missing);
    }
  }

  @Test
  void middleOnly_takesFlagsAwayAndAddsBadExit() {
    V[] votes = new V[3];
    for (int i = 0; i < 3; i++) {
      votes[i] = new V(i);
      votes[i].flags =
          List.of("BadExit", "Exit", "Guard", "HSDir", "MiddleOnly", "Running", "V2Dir", "Valid");
      votes[i].with(
          new E(1).flags("Exit", "Guard", "HSDir", "MiddleOnly", "Running", "V2Dir", "Valid"));
    }
    assertEquals("BadExit MiddleOnly Running Valid", line(ns(3, votes), "s "));
    for (V vote : votes) {
      vote.flags = List.of("Exit", "Guard", "HSDir", "MiddleOnly", "Running", "V2Dir", "Valid");
    }
    assertEquals("MiddleOnly Running Valid", line(ns(3, votes), "s "));
  }

  @Test
  void descriptor_mostFrequentThenNewestThenSmallestDigest() {
    E frequent = new E(1);
    frequent.digest = 5;
    E newer = new E(1);
    newer.digest = 9;
    newer.published = SyntheticVotes.T.minusSeconds(60);
    assertEquals(
        digest(5),
        digestOf(ns(3, new V(1).with(frequent), new V(2).with(frequent), new V(3).with(newer))));
    assertEquals(digest(9), digestOf(ns(3, new V(1).with(frequent), new V(2).with(newer))));
    E equallyNew = new E(1);
    equallyNew.digest = 7;
    assertEquals(digest(5), digestOf(ns(3, new V(1).with(equallyNew), new V(2).with(frequent))));
  }

  @Test
  void microdescriptor_ofTheWinnersOnlyAndLargerOfEquals() {
    E a = new E(1);
    a.microdescriptor = 3;
    E b = new E(1);
    b.microdescriptor = 8;
    String text =
        SyntheticVotes.compute(3, ConsensusFlavor.MICRODESC, new V(1).with(a), new V(2).with(b));
    assertEquals(Base64s.encodeUnpadded(SyntheticVotes.digest(8, 32)), line(text, "m "));
    assertTrue(line(text, "r ").endsWith(" 2038-01-01 00:00:00 127.0.0.1 9001 0"), text);
  }

  @Test
  void microdescriptorTime_beforeMethod33_isReal() {
    V one = new V(1).with(new E(1));
    V two = new V(2).with(new E(1));
    one.methods = List.of(32);
    two.methods = List.of(32, 33);
    String text = SyntheticVotes.compute(3, ConsensusFlavor.MICRODESC, one, two);
    assertEquals("32", line(text, "consensus-method "));
    assertTrue(line(text, "r ").contains(" 2026-11-22 11:00:00 "));
  }

  @Test
  void method_needsMoreThanTwoThirds() {
    V one = new V(1);
    one.methods = List.of(32, 33, 34, 35, 36);
    V two = new V(2);
    two.methods = List.of(32, 33, 34);
    assertEquals("34", line(ns(3, one, two, new V(3)), "consensus-method "));
    assertEquals("35", line(ns(4, one, two, new V(3), new V(4)), "consensus-method "));
    two.methods = List.of(40);
    V three = new V(3);
    three.methods = List.of(40);
    assertEquals(
        "35",
        line(ns(3, two, three), "consensus-method "),
        "an unknown method leaves us with our highest");
  }

  @Test
  void bandwidth_measuredByThree_countsAndIsNotCapped() {
    V[] votes = {new V(1), new V(2), new V(3), new V(4)};
    long[] measured = {10, 5000, 300, -1};
    for (int i = 0; i < 4; i++) {
      E entry = new E(1);
      entry.measured = measured[i];
      votes[i].with(entry);
    }
    assertEquals("Bandwidth=300", line(ns(4, votes), "w "));
    votes[0].entries.getFirst().measured = -1;
    assertEquals("Bandwidth=100 Unmeasured=1", line(ns(4, votes), "w "));
  }

  @Test
  void bandwidth_unmeasuredWhereOthersAreMeasured_isCapped() {
    V[] votes = {new V(1), new V(2), new V(3)};
    for (V vote : votes) {
      E measured = new E(2);
      measured.measured = 1000;
      vote.with(new E(1), measured);
    }
    assertTrue(ns(3, votes).contains("w Bandwidth=20 Unmeasured=1\n"));
    for (V vote : votes) {
      vote.params = Map.of("maxunmeasuredbw", 50);
    }
    assertTrue(ns(3, votes).contains("w Bandwidth=50 Unmeasured=1\n"));
  }

  @Test
  void params_needThreeVotesOrAMajority() {
    V[] votes = {new V(1), new V(2), new V(3), new V(4), new V(5), new V(6), new V(7)};
    for (int i = 0; i < 7; i++) {
      votes[i].params =
          i < 3 ? Map.of("a1", i, "a", 10 * i) : i < 5 ? Map.of("lonely", 1) : Map.of();
    }
    assertEquals("a1=1 a=10", line(ns(7, votes), "params "));
    assertEquals("", line(ns(7, new V(1)), "params "));
    V one = new V(1);
    one.params = Map.of("x", -5);
    V two = new V(2);
    two.params = Map.of("x", 3);
    assertEquals("x=-5", line(ns(3, one, two), "params "), "the low median of two");
  }

  @Test
  void protocols_recommendedByHalfRequiredByTwoThirds() {
    V[] votes = {new V(1), new V(2), new V(3), new V(4)};
    for (int i = 0; i < 4; i++) {
      ProtocolVersions list = ProtocolVersions.of(i < 2 ? "Link=4-5 Relay=2" : "Link=4");
      votes[i].protocols =
          Map.of("recommended-relay-protocols", list, "required-relay-protocols", list);
    }
    String text = ns(4, votes);
    assertEquals("Link=4-5 Relay=2", line(text, "recommended-relay-protocols "));
    assertEquals("Link=4", line(text, "required-relay-protocols "));
    assertTrue(text.contains("\nrequired-client-protocols \n"));
  }

  @Test
  void versions_ofThoseThatRecommendAny() {
    V one = new V(1);
    one.clientVersions = "0.4.8.10,0.4.9.11, 0.4.8.9";
    V two = new V(2);
    two.clientVersions = "0.4.9.11,0.4.8.10";
    V three = new V(3);
    three.clientVersions = "0.4.9.11,0.4.9.11";
    assertEquals(
        "0.4.8.10,0.4.9.11", line(ns(5, one, two, three, new V(4), new V(5)), "client-versions "));
    assertTrue(ns(3, new V(1)).contains("\nclient-versions \nserver-versions \n"));
  }

  @Test
  void versionAndProtocolsOfARelay_mostFrequentThenLater() {
    E older = new E(1);
    older.version = "Tor 0.4.8.9";
    older.protocols = "Link=4";
    E newer = new E(1);
    newer.version = "Tor 0.4.8.10";
    newer.protocols = "Link=4-5";
    String text = ns(3, new V(1).with(older), new V(2).with(newer));
    assertEquals("Tor 0.4.8.10", line(text, "v "));
    assertEquals("Link=4-5", line(text, "pr "));
    text = ns(3, new V(1).with(older), new V(2).with(newer), new V(3).with(older));
    assertEquals("Tor 0.4.8.9", line(text, "v "));
  }

  @Test
  void ipv6_mostFrequentOfTheWinners() {
    E a = new E(1);
    a.ipv6 = "[2001:db8::1]:9001";
    E b = new E(1);
    b.ipv6 = "[2001:db8::2]:9001";
    assertEquals(
        "[2001:db8::1]:9001",
        line(ns(3, new V(1).with(a), new V(2).with(a), new V(3).with(b)), "a "));
    assertEquals("", line(ns(3, new V(1).with(new E(1)), new V(2).with(new E(1))), "a "));
  }

  @Test
  void delays_areMedians() {
    V slow = new V(1);
    slow.delay = 30;
    assertEquals("4 4", line(ns(3, slow, new V(2), new V(3)), "voting-delay "));
  }

  @Test
  void constructor_withoutVotesOrWithTooMany_isABug() {
    assertThrows(IllegalArgumentException.class, () -> new ConsensusComputer(List.of(), 3, false));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ConsensusComputer(List.of(new V(1).build(), new V(2).build()), 1, false));
  }

  private static String digest(int number) {
    return Base64s.encodeUnpadded(SyntheticVotes.digest(number, 20));
  }

  private static String digestOf(String text) {
    return line(text, "r ").split(" ")[2];
  }
}
