package org.tunic.tracker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.testing.ManualClock;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.TrackerCounters.Kind;
import org.tunic.tracker.account.AccountList;
import org.tunic.tracker.account.Accounts;
import org.tunic.tracker.account.Admission;
import org.tunic.tracker.bencode.Bencode;
import org.tunic.tracker.bencode.BencodeException;
import org.tunic.tracker.bencode.BencodeValue.Dict;
import org.tunic.tracker.bencode.BencodeValue.Int;
import org.tunic.tracker.bencode.BencodeValue.Items;
import org.tunic.tracker.bencode.BencodeValue.Text;
import org.tunic.tracker.bencode.BencodeWriter;
import org.tunic.tracker.request.AddressRules;
import org.tunic.tracker.request.AddressRules.Policy;
import org.tunic.tracker.request.AddressRules.Unsigned;
import org.tunic.tracker.request.AnnounceRequest;
import org.tunic.tracker.request.RequestException;
import org.tunic.tracker.request.ScrapeRequest;
import org.tunic.tracker.swarm.InfoHash;
import org.tunic.tracker.swarm.PeerAddress;
import org.tunic.tracker.swarm.SwarmStore;

/** Answers, as clients read them. */
class TrackerTest {
  private static final Admission EVERYBODY = new Admission.Everybody();
  private static final String TORRENT = "info_hash=aaaaaaaaaaaaaaaaaaaa";

  private final ManualClock clock = ManualClock.at("2026-01-02T03:04:05Z");
  private final SeededRandom random = new SeededRandom(1);
  private final TrackerCounters counters = new TrackerCounters();
  private final Accounts accounts = new Accounts(clock);
  private Policy policy = Policy.ONION;
  private TrackerSettings settings = TrackerSettings.DEFAULT;
  private Tracker tracker = tracker();
  private Visitor visitor = new Visitor(settings, clock.nanos());

  @TempDir Path folder;

  private Tracker tracker() {
    return new Tracker(
        settings,
        new SwarmStore(
            SwarmStore.Limits.DEFAULT, clock, random, () -> new SeededRandom(random.nextLong())),
        new AddressRules(policy, Unsigned.LAST, Optional.empty(), clock),
        accounts,
        counters,
        clock.nanos());
  }

  private void use(Policy other) {
    policy = other;
    tracker = tracker();
  }

  private Dict announce(int peer, String more, String source) {
    try {
      AnnounceRequest request =
          AnnounceRequest.parse(
              TORRENT + "&peer_id=peer-id-%04d-bbbbbbb".formatted(peer) + "&port=6881" + more);
      Optional<InetAddress> from = IpLiteral.parseAddress(source);
      return read(
          tracker.announce(
              request, tracker.rules().decide(request, from), from, visitor, EVERYBODY));
    } catch (RequestException e) {
      throw new AssertionError(e);
    }
  }

  private static Dict read(BencodeWriter answer) {
    try {
      return (Dict) Bencode.read(answer.toArray(), Bencode.Limits.SMALL);
    } catch (BencodeException e) {
      throw new AssertionError(new String(answer.toArray(), ISO_8859_1), e);
    }
  }

  private static long number(Dict answer, String key) {
    return ((Int) answer.get(key).orElseThrow()).value();
  }

  private static Bytes text(Dict answer, String key) {
    return ((Text) answer.get(key).orElseThrow()).value();
  }

  private static String reason(Dict answer) {
    return new String(text(answer, "failure reason").toArray(), ISO_8859_1);
  }

  private String onion() {
    return HsIdKeypair.generate(random).id().unredactedHost();
  }

  @Test
  void announce_ofUnmodifiedClient_getsNumbersAndNoPeers() {
    announce(1, "&left=0", "");
    Dict answer = announce(2, "&left=5&compact=1", "");
    assertEquals(1, number(answer, "complete"));
    assertEquals(1, number(answer, "incomplete"));
    assertEquals(0, text(answer, "peers").length());
    long interval = number(answer, "interval");
    assertTrue(interval >= 1620 && interval <= 1980);
    assertEquals(interval / 2, number(answer, "min interval"));
  }

  @Test
  void announce_askingForOnions_getsKeysAndPorts() {
    String seed = onion();
    announce(1, "&left=0&ip=" + seed, "");
    Dict answer = announce(2, "&left=5&onion=1", "");
    Bytes peers = text(answer, "peers_onion");
    assertEquals(34, peers.length());
    assertEquals(6881, peers.at(32) << 8 | peers.at(33));
    assertEquals(0, text(answer, "peers").length());
  }

  @Test
  void announce_askingForNames_getsDictionaries() {
    String seed = onion();
    announce(1, "&left=0&ip=" + seed, "");
    Dict answer = announce(2, "&left=5&compact=1&onion=names", "");
    Items peers = (Items) answer.get("peers").orElseThrow();
    Dict peer = (Dict) peers.values().getFirst();
    assertEquals(seed, new String(text(peer, "ip").toArray(), ISO_8859_1));
    assertEquals(6881, number(peer, "port"));
    assertEquals("peer-id-0001-bbbbbbb", new String(text(peer, "peer id").toArray(), ISO_8859_1));
    Dict without = announce(3, "&left=5&no_peer_id=1&onion=names", "");
    assertTrue(
        ((Dict) ((Items) without.get("peers").orElseThrow()).values().getFirst())
            .get("peer id")
            .isEmpty());
  }

  @Test
  void announce_namingAnOnionWithoutAskingForNames_getsNoNames() {
    announce(1, "&left=0&ip=" + onion(), "");
    Dict answer = announce(2, "&left=5&compact=1&ip=" + onion(), "");
    assertEquals(0, text(answer, "peers").length());
    assertTrue(answer.get("peers_onion").isEmpty());
    Dict verbose = announce(3, "&left=5&compact=0&ip=" + onion(), "");
    assertEquals(2, ((Items) verbose.get("peers").orElseThrow()).values().size());
  }

  @Test
  void announce_overTcp_getsCompactAddresses() {
    use(Policy.LAN);
    announce(1, "&left=0", "192.168.1.7");
    announce(2, "&left=0", "2001:db8::7");
    Dict answer = announce(3, "&left=5", "10.0.0.1");
    assertEquals("c0a801071ae1", text(answer, "peers").hex());
    assertEquals("20010db80000000000000000000000071ae1", text(answer, "peers6").hex());
    assertEquals("0a000001", text(answer, "external ip").hex());
    Items peers =
        (Items) announce(4, "&left=5&compact=0&numwant=1", "10.0.0.2").get("peers").orElseThrow();
    assertEquals(1, peers.values().size());
  }

  @Test
  void announce_overOnion_hasNoExternalIp() {
    use(Policy.CLEARNET_OPT_IN);
    assertTrue(announce(1, "&left=0&ip=8.8.8.8", "").get("external ip").isEmpty());
    assertTrue(announce(2, "&left=0", "127.0.0.1").get("external ip").isEmpty());
  }

  @Test
  void announce_namingAnAddress_isWarnedOnce() {
    use(Policy.CLEARNET_OPT_IN);
    assertTrue(announce(1, "&left=0&ip=8.8.8.8", "").get("warning message").isPresent());
    assertTrue(announce(1, "&left=0&ip=8.8.8.8", "").get("warning message").isEmpty());
  }

  @Test
  void announce_mixedSwarm_listsNeverMix() {
    use(Policy.CLEARNET_OPT_IN);
    announce(1, "&left=0&ip=8.8.8.8", "");
    announce(2, "&left=0&ip=" + onion(), "");
    assertEquals(6, text(announce(3, "&left=5", ""), "peers").length());
    Dict onions = announce(4, "&left=5&onion=1", "");
    assertEquals(0, text(onions, "peers").length());
    assertEquals(34, text(onions, "peers_onion").length());
  }

  @Test
  void announce_withAnotherKey_fails() {
    announce(1, "&left=5&key=mine", "");
    assertEquals("this peer is known by another key", reason(announce(1, "&key=yours", "")));
    assertEquals(1, counters.of(Kind.WRONG_KEYS));
  }

  @Test
  void numwant_overTheBound_getsTheBound() {
    settings =
        new TrackerSettings(
            Policy.LAN, Unsigned.DROP, settings.interval(), settings.peerTtl(), 0, 1, 1);
    use(Policy.LAN);
    visitor = new Visitor(settings, clock.nanos());
    for (int i = 0; i < 250; i++) {
      announce(i, "&left=0&numwant=0", "10.0.0." + i);
    }
    assertEquals(
        6 * TrackerSettings.MAX_NUMWANT,
        text(announce(999, "&left=5&numwant=99999", "10.0.1.1"), "peers").length());
    assertEquals(
        6 * TrackerSettings.DEFAULT_NUMWANT,
        text(announce(999, "&left=5", "10.0.1.1"), "peers").length());
  }

  @Test
  void visitor_aboveItsRate_isToldToWait() {
    settings =
        new TrackerSettings(
            policy, Unsigned.DROP, settings.interval(), settings.peerTtl(), 2, 3, 100);
    tracker = tracker();
    visitor = new Visitor(settings, clock.nanos());
    for (int i = 0; i < 3; i++) {
      assertTrue(announce(i, "", "").get("failure reason").isEmpty());
    }
    Dict refused = announce(4, "", "");
    assertEquals("too many requests", reason(refused));
    assertEquals(1, number(refused, "retry in"));
    assertFalse(visitor.isIncorrigible());
    for (int i = 0; i < 3; i++) {
      announce(4, "", "");
    }
    assertTrue(visitor.isIncorrigible());
    clock.advance(Duration.ofMillis(500));
    assertTrue(announce(4, "", "").get("failure reason").isEmpty());
    assertFalse(visitor.isIncorrigible());
    assertEquals("too many requests", reason(announce(5, "", "")));
    assertEquals(5, counters.of(Kind.RATE_LIMITED));
  }

  @Test
  void visitor_withManyPeers_addsNoMore() {
    settings =
        new TrackerSettings(
            policy, Unsigned.DROP, settings.interval(), settings.peerTtl(), 100, 100, 2);
    tracker = tracker();
    visitor = new Visitor(settings, clock.nanos());
    announce(1, "", "");
    announce(2, "", "");
    Dict third = announce(3, "", "");
    assertTrue(third.get("warning message").isPresent());
    assertEquals(2, number(third, "incomplete"));
    assertTrue(announce(1, "", "").get("warning message").isEmpty());
    assertEquals(1, counters.of(Kind.FULL_VISITORS));
  }

  @Test
  void visitors_beyondTheBound_shareOneAllowance() {
    Visitors visitors = new Visitors(settings, clock.nanos(), counters);
    for (int i = 0; i < Visitors.MAX_VISITORS + 10; i++) {
      visitors.of(Bytes.copyOf(new byte[] {(byte) (i >> 16), (byte) (i >> 8), (byte) i}));
    }
    assertEquals(Visitors.MAX_VISITORS, visitors.size());
    Bytes one = Bytes.copyOf(new byte[] {7});
    assertTrue(visitors.of(one) == visitors.of(Bytes.copyOf(new byte[] {8})));
    clock.advance(Duration.ofMinutes(11));
    assertFalse(visitors.of(one) == visitors.of(Bytes.copyOf(new byte[] {8})));
    assertEquals(2, visitors.size());
  }

  @Test
  void serve_lists_areObeyedAndForgetful() throws IOException {
    announce(1, "", "");
    Path block = folder.resolve("block");
    Files.writeString(block, "# no\n" + "61".repeat(20) + "  # this one\n\n");
    tracker.serve(ServedTorrents.load(Optional.empty(), Optional.of(block)));
    Dict answer = announce(2, "", "");
    assertEquals("this torrent is not served here", reason(answer));
    assertEquals("never", new String(text(answer, "retry in").toArray(), ISO_8859_1));
    tracker.serve(ServedTorrents.ALL);
    assertEquals(1, number(announce(2, "", ""), "incomplete"), "peer 1 was forgotten");
    tracker.serve(new ServedTorrents(Optional.of(Set.of()), Set.of()));
    assertEquals("this torrent is not served here", reason(announce(2, "", "")));
    Files.writeString(block, "61".repeat(32) + "\nx\n");
    assertTrue(
        org.junit.jupiter.api.Assertions.assertThrows(
                IOException.class, () -> ServedTorrents.load(Optional.of(block), Optional.empty()))
            .getMessage()
            .endsWith("block:2: an info hash has 40 or 64 hexadecimal digits"));
  }

  @Test
  void scrape_ofTorrents_hasThemInOrder() throws RequestException {
    announce(1, "&left=0", "");
    announce(2, "&left=9&event=paused", "");
    Dict answer =
        read(
            tracker.scrape(
                ScrapeRequest.parse("info_hash=zzzzzzzzzzzzzzzzzzzz&" + TORRENT),
                visitor,
                EVERYBODY));
    Dict files = (Dict) answer.get("files").orElseThrow();
    assertEquals(2, files.entries().size());
    Dict ours = (Dict) files.get("a".repeat(20)).orElseThrow();
    assertEquals(1, number(ours, "complete"));
    assertEquals(1, number(ours, "incomplete"));
    assertEquals(0, number(ours, "downloaders"));
    assertEquals(0, number(ours, "downloaded"));
  }

  @Test
  void scrape_ofAll_comesInPages() throws RequestException {
    settings =
        new TrackerSettings(
            policy, Unsigned.DROP, settings.interval(), settings.peerTtl(), 0, 1, 1);
    tracker = tracker();
    visitor = new Visitor(settings, clock.nanos());
    int torrents = TrackerSettings.SCRAPE_PAGE + 10;
    for (int i = 0; i < torrents; i++) {
      byte[] name = new InfoHash((long) i << 50, i, 0).toArray();
      String query =
          "info_hash="
              + Bytes.copyOf(name).hex().replaceAll("..", "%$0")
              + "&peer_id=bbbbbbbbbbbbbbbbbbbb&port=1";
      AnnounceRequest request = AnnounceRequest.parse(query);
      tracker.announce(
          request,
          tracker.rules().decide(request, Optional.empty()),
          Optional.empty(),
          visitor,
          EVERYBODY);
    }
    Dict first = read(tracker.scrape(ScrapeRequest.parse(""), visitor, EVERYBODY));
    assertEquals(
        TrackerSettings.SCRAPE_PAGE, ((Dict) first.get("files").orElseThrow()).entries().size());
    String next = text(first, "next").hex().replaceAll("..", "%$0");
    Dict second = read(tracker.scrape(ScrapeRequest.parse("after=" + next), visitor, EVERYBODY));
    assertEquals(10, ((Dict) second.get("files").orElseThrow()).entries().size());
    assertTrue(second.get("next").isEmpty());
  }

  @Test
  void statistics_areRounded() {
    assertEquals(0, Statistics.rounded(9));
    assertEquals(90, Statistics.rounded(99));
    assertEquals(120, Statistics.rounded(129));
    assertEquals(12_000, Statistics.rounded(12_999));
    for (int i = 0; i < 15; i++) {
      announce(i, "", "");
    }
    assertEquals(
        "{\"torrents\":0,\"peers\":10,\"seeds\":0,\"announces\":10,\"scrapes\":0}",
        tracker.statistics(visitor).orElseThrow().json());
  }

  @Test
  void expire_countsWhomItForgets() {
    announce(1, "", "");
    clock.advance(Duration.ofMinutes(46));
    tracker.expire();
    assertEquals(1, counters.of(Kind.EXPIRED_PEERS));
  }

  @Test
  void announce_saidAgainWithinSeconds_isAnsweredFromTheCache() throws RequestException {
    use(Policy.LAN);
    String more = "&left=5&uploaded=0";
    announce(1, more, "10.0.0.1");
    announce(2, "&left=0", "10.0.0.2");
    AnnounceRequest again =
        AnnounceRequest.parse(TORRENT + "&peer_id=peer-id-0001-bbbbbbb&port=6881" + more);
    Optional<InetAddress> from = IpLiteral.parseAddress("10.0.0.1");
    Dict cached = read(tracker.repeated(again, from, visitor).orElseThrow());
    assertEquals(0, number(cached, "complete"), "as it was");
    assertEquals(1, counters.of(Kind.REPEATS));
    assertTrue(tracker.repeated(again, IpLiteral.parseAddress("10.0.0.9"), visitor).isEmpty());
    AnnounceRequest other =
        AnnounceRequest.parse(TORRENT + "&peer_id=peer-id-0001-bbbbbbb&port=6882" + more);
    assertTrue(tracker.repeated(other, from, visitor).isEmpty());
    clock.advance(RecentAnswers.FRESH);
    assertTrue(tracker.repeated(again, from, visitor).isEmpty(), "seconds are over");
  }

  /** Who leaves and comes back must be put into the swarm again. */
  @Test
  void announce_saidAgainAfterAnotherOne_isNotARepeat() throws RequestException {
    AnnounceRequest start =
        AnnounceRequest.parse(TORRENT + "&peer_id=peer-id-0001-bbbbbbb&port=6881&event=started");
    announce(1, "&event=started", "");
    assertTrue(tracker.repeated(start, Optional.empty(), visitor).isPresent());
    announce(1, "&event=stopped", "");
    assertTrue(tracker.repeated(start, Optional.empty(), visitor).isEmpty());
    announce(1, "&event=started", "");
    tracker.serve(ServedTorrents.ALL);
    assertTrue(tracker.repeated(start, Optional.empty(), visitor).isEmpty(), "another list");
  }

  @Test
  void announce_withoutPasskeyWhereOneIsNeeded_isRefusedForGood() throws Exception {
    Path list = folder.resolve("accounts");
    Files.writeString(list, "alice " + "a".repeat(32) + "\n");
    accounts.serve(AccountList.load(list));
    AnnounceRequest request =
        AnnounceRequest.parse(TORRENT + "&peer_id=peer-id-0001-bbbbbbb&port=6881");
    for (String key : new String[] {"", "b".repeat(32), "a".repeat(31)}) {
      Dict answer =
          read(
              tracker.announce(
                  request, PeerAddress.NONE, Optional.empty(), visitor, tracker.admit(key)));
      assertTrue(reason(answer).endsWith(" passkey"), key);
      assertEquals("never", new String(text(answer, "retry in").toArray(), ISO_8859_1));
    }
    Dict scraped = read(tracker.scrape(ScrapeRequest.parse(TORRENT), visitor, tracker.admit("")));
    assertEquals("missing passkey", reason(scraped));
    assertEquals(4, counters.of(Kind.NOT_ADMITTED));
    Dict taken =
        read(
            tracker.announce(
                request,
                PeerAddress.NONE,
                Optional.empty(),
                visitor,
                tracker.admit("a".repeat(32))));
    assertEquals(1, number(taken, "incomplete"), "the first of them");
  }
}
