package org.tunic.directory.authority.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.authority.AuthorityConfig;
import org.tunic.directory.authority.AuthorityConfigs;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.doc.vote.Vote;

/**
 * The relays of the recorded network, with the statistics of auth0's vote, must get auth0's
 * thresholds and flags.
 */
class FlagsVectorTest {
  private final Vote vote;
  private final List<KnownRelay> relays = new ArrayList<>();
  private final FlagThresholds thresholds;
  private final FlagSettings settings = AuthorityConfigs.testing().flags();

  FlagsVectorTest() throws Exception {
    vote = Vote.parse(CtorDocs.text("vote.0"), true);
    AuthorityConfig config = AuthorityConfigs.testing();
    for (RouterDescriptor descriptor :
        RouterDescriptor.parseAll(CtorDocs.text("server-descriptors"))) {
      relays.add(
          new KnownRelay(
              descriptor,
              config.isAuthority(descriptor.identity()),
              true,
              RelayMarks.NONE,
              false,
              false,
              -1,
              stability(descriptor)));
    }
    thresholds =
        FlagThresholds.compute(
            relays, settings, true, false, 4, Integer.MAX_VALUE, vote.published());
  }

  @Test
  void thresholds_areThoseOfCTor() {
    assertEquals(line(vote.text().text(), "flag-thresholds "), thresholds.line());
  }

  @Test
  void flags_areThoseOfCTor() {
    FlagAssigner assigner =
        new FlagAssigner(settings, thresholds, true, Duration.ofMinutes(10), vote.published());
    assertEquals(vote.knownFlags(), List.copyOf(assigner.knownFlags()));
    for (KnownRelay relay : relays) {
      String flags = line(entry(relay.descriptor()), "s ");
      assertEquals(new TreeSet<>(Arrays.asList(flags.split(" "))), assigner.flags(relay));
    }
  }

  @Test
  void flags_notRunning_losesRunningOnly() {
    FlagAssigner assigner =
        new FlagAssigner(settings, thresholds, true, Duration.ofMinutes(10), vote.published());
    KnownRelay r = relays.getFirst();
    KnownRelay down =
        new KnownRelay(
            r.descriptor(), r.authority(), false, r.marks(), false, false, -1, r.stability());
    var expected = new TreeSet<>(assigner.flags(r));
    expected.remove("Running");
    assertEquals(expected, assigner.flags(down));
  }

  @Test
  void flags_sybil_hasNothingButThat() {
    FlagAssigner assigner =
        new FlagAssigner(settings, thresholds, true, Duration.ofMinutes(10), vote.published());
    KnownRelay r = relays.getFirst();
    KnownRelay sybil =
        new KnownRelay(r.descriptor(), false, true, r.marks(), true, false, -1, r.stability());
    assertEquals(new TreeSet<>(List.of("Sybil")), assigner.flags(sybil));
  }

  /** AuthDirListBadExits and AuthDirListMiddleOnly are off, as they are by default. */
  @Test
  void flags_markedByAnAuthorityThatListsNone_losesValidOnly() {
    FlagAssigner assigner =
        new FlagAssigner(settings, thresholds, true, Duration.ofMinutes(10), vote.published());
    KnownRelay r = relays.getFirst();
    RelayMarks marks = new RelayMarks(false, true, true, true, false, false, false);
    KnownRelay marked =
        new KnownRelay(r.descriptor(), r.authority(), true, marks, false, false, -1, r.stability());
    var expected = new TreeSet<>(assigner.flags(r));
    assertTrue(expected.remove("Valid"));
    assertEquals(expected, assigner.flags(marked));
  }

  @Test
  void flags_withoutTestingSets_followTheRules() {
    FlagSettings plain = FlagSettings.testing(RelaySet.NONE, RelaySet.NONE, RelaySet.NONE);
    FlagAssigner assigner =
        new FlagAssigner(plain, thresholds, true, Duration.ofMinutes(10), vote.published());
    for (KnownRelay relay : relays) {
      var contents = relay.descriptor().contents();
      assertEquals(contents.policy().isGeneralExit(true), assigner.flags(relay).contains("Exit"));
      boolean guard =
          relay.advertisedBandwidth() >= 119 && relay.stability().weightedUptime() >= 0.98;
      assertEquals(guard, assigner.flags(relay).contains("Guard"), relay.toString());
    }
  }

  private Stability stability(RouterDescriptor descriptor) {
    String[] stats = line(entry(descriptor), "stats ").split("[ =]");
    return new Stability(
        Double.parseDouble(stats[1]), Long.parseLong(stats[3]), Double.parseDouble(stats[5]), 0);
  }

  private String entry(RouterDescriptor descriptor) {
    String text = vote.text().text();
    int at = text.indexOf("\nr " + descriptor.nickname() + " ");
    int end = text.indexOf("\nr ", at + 1);
    return text.substring(at, end < 0 ? text.length() : end);
  }

  private static String line(String text, String start) {
    int at = text.indexOf("\n" + start) + 1;
    return text.substring(at + start.length(), text.indexOf('\n', at));
  }
}
