package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * An authority of C tor and one of ours with the same torrc, and relays of C tor: both decide the
 * same about relays whose addresses their operator lists, and what C tor's relays upload to and
 * fetch from ours they take.
 *
 * <p>Threads: that of the test.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuthorityListsIT {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Set<String> JUDGED =
      Set.of("Valid", "Exit", "BadExit", "MiddleOnly", "V2Dir", "HSDir");

  private static final Pattern ENTRY = Pattern.compile("(?m)^r (\\S+) .*\n(?:[^r].*\n)*?s (.*)$");
  private static final Pattern KNOWN_FLAGS = Pattern.compile("(?m)^known-flags (.*)$");

  /** What C tor logs when an authority refuses its descriptor, and which one it was. */
  private static final Pattern REFUSED =
      Pattern.compile("http status 400 \\((\".*\")\\) response from dirserver .*?:(\\d+)\\b");

  private @Nullable TorNetwork started;

  @BeforeAll
  void start() throws IOException {
    Interop.require(Subject.CTOR);
    Interop.require(Subject.OURS);
    started =
        TorNetwork.in(Interop.directory("authority-lists"))
            .node("ctor", Role.AUTHORITY, Subject.CTOR)
            .node("ours", Role.AUTHORITY, Subject.OURS)
            .node("plain", Role.EXIT, Subject.CTOR)
            .node("badexit", Role.EXIT, Subject.CTOR)
            .node("middle", Role.EXIT, Subject.CTOR)
            .guest("invalid", Role.EXIT, Subject.CTOR)
            .guest("rejected", Role.EXIT, Subject.CTOR)
            .exits("ctor")
            .hsDirs("ctor,ours,plain,badexit,invalid,rejected")
            .authorityLine(LISTS)
            .address("rejected", "127.0.0.2")
            .address("invalid", "127.0.0.3")
            .address("plain", "127.0.0.4")
            .address("badexit", "127.0.0.5")
            .address("middle", "127.0.0.7")
            .start();
  }

  /**
   * The forms of an entry: without a mask, with one, several in a line; ports count for nothing.
   */
  private static final String LISTS =
      """
      AuthDirListBadExits 1
      AuthDirListMiddleOnly 1
      AuthDirReject 127.0.0.2
      AuthDirInvalid reject 127.0.0.3/32:9
      AuthDirBadExit accept 127.0.0.4:1-9
      AuthDirBadExit 192.0.2.0/24:*,127.0.0.4/31:443
      AuthDirMiddleOnly 127.0.0.7
      """;

  @AfterAll
  void stop() throws IOException {
    if (started != null) {
      started.close();
    }
  }

  private TorNetwork network() {
    return Objects.requireNonNull(started);
  }

  @Test
  void votes_ofBothAuthorities_sayTheSameOfListedRelays() {
    Map<String, Set<String>> expected = new TreeMap<>();
    expected.put("ctor", Set.of("Exit", "HSDir", "V2Dir", "Valid"));
    expected.put("ours", Set.of("HSDir", "V2Dir", "Valid"));
    expected.put("plain", Set.of("Exit", "HSDir", "V2Dir", "Valid"));
    expected.put("badexit", Set.of("BadExit", "Exit", "HSDir", "V2Dir", "Valid"));
    expected.put("middle", Set.of("BadExit", "MiddleOnly", "Valid"));
    expected.put("invalid", Set.of("Exit", "HSDir", "V2Dir"));
    for (String authority : List.of("ctor", "ours")) {
      Await.until(
          "a vote of " + authority + " about six relays",
          LIMIT,
          () -> flags(vote(authority)).size() >= expected.size(),
          () -> vote(authority));
      assertEquals(expected, flags(vote(authority)), authority);
    }
    assertEquals(knownFlags(vote("ctor")), knownFlags(vote("ours")));
    assertTrue(knownFlags(vote("ours")).containsAll(Set.of("BadExit", "MiddleOnly")));
    assertFalse(network().consensus().contains("\nr invalid "), "what is not valid is left out");
  }

  @Test
  void upload_ofRejectedRelay_isRefusedByBoth() {
    TorNode relay = network().node("rejected");
    Await.until("both refuse", LIMIT, () -> refusals(relay).size() == 2, () -> relay.log("notice"));
    for (String reason : refusals(relay).values()) { // whom to ask differs
      assertTrue(reason.startsWith("\"Suspicious relay address range -- if you think"), reason);
    }
    assertEquals(Map.of(), refusals(network().node("invalid")));
  }

  /**
   * C tor takes LZMA for a consensus and Zstandard for all else from those who have it, which are
   * here the authority and the relays; a relay that could not decode an answer says so.
   */
  @Test
  void requestsOfCTor_areAnsweredByTheCodingsItPrefers() {
    TorNode ours = network().node("ours");
    List<String> answered =
        List.of(
            "directory POST answered 200 as identity",
            "directory GET answered 200 as x-tor-lzma",
            "directory GET answered 200 as x-zstd");
    Await.until(
        "uploads and fetches in each of " + answered,
        LIMIT,
        () -> answered.stream().allMatch(ours.log("info")::contains),
        ours::logTail);
    for (TorNode node : network().nodes()) {
      if (node.subject() == Subject.CTOR) {
        List<String> undecoded =
            node.log("info").lines().filter(line -> line.contains("to decompress")).toList();
        assertEquals(List.of(), undecoded, node.name());
      }
    }
  }

  private Map<String, String> refusals(TorNode relay) {
    Map<String, String> refusals = new TreeMap<>();
    Matcher matcher = REFUSED.matcher(relay.log("notice"));
    while (matcher.find()) {
      int port = Integer.parseInt(matcher.group(2));
      for (String name : List.of("ctor", "ours")) {
        TorNode.Ports ports = network().node(name).ports();
        if (ports.or() == port || ports.dir() == port) {
          refusals.put(name, matcher.group(1));
        }
      }
    }
    return refusals;
  }

  private static Map<String, Set<String>> flags(String vote) {
    Map<String, Set<String>> relays = new TreeMap<>();
    Matcher entries = ENTRY.matcher(vote);
    while (entries.find()) {
      Set<String> flags = new TreeSet<>(Arrays.asList(entries.group(2).split(" ", -1)));
      flags.retainAll(JUDGED);
      relays.put(entries.group(1), flags);
    }
    return relays;
  }

  private static Set<String> knownFlags(String vote) {
    Matcher line = KNOWN_FLAGS.matcher(vote);
    return line.find() ? Set.of(line.group(1).split(" ", -1)) : Set.of();
  }

  private String vote(String authority) {
    return network().get(network().node(authority), "/tor/status-vote/current/authority");
  }
}
