package org.tunic.tracker.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.testing.ManualClock;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.request.AddressRules.Policy;
import org.tunic.tracker.request.AddressRules.Unsigned;
import org.tunic.tracker.swarm.PeerAddress;
import org.tunic.tracker.swarm.PeerAddress.Kind;

/** Who may be told to others. */
class AddressRulesTest {
  private final ManualClock clock = ManualClock.at("2026-01-02T03:04:05Z");
  private final SeededRandom random = new SeededRandom(1);
  private final HsIdKeypair owner = HsIdKeypair.generate(random);
  private final HsId tracker = HsIdKeypair.generate(random).id();

  private AddressRules rules(Policy policy, Unsigned unsigned) {
    return new AddressRules(policy, unsigned, Optional.of(tracker), clock);
  }

  private static AnnounceRequest announce(int port, String more) {
    try {
      return AnnounceRequest.parse(
          "info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=bbbbbbbbbbbbbbbbbbbb&port=" + port + more);
    } catch (RequestException e) {
      throw new AssertionError(e);
    }
  }

  private static PeerAddress decide(AddressRules rules, int port, String ip, String source) {
    return rules.decide(
        announce(port, ip.isEmpty() ? "" : "&ip=" + ip), IpLiteral.parseAddress(source));
  }

  private String onion() {
    return owner.id().unredactedHost();
  }

  private String signed(HsId forTracker, int port, Duration ago) {
    AnnounceRequest unsigned = announce(port, "&key=k");
    long slot = AnnounceSignature.slot(clock.instant().minus(ago).getEpochSecond());
    Bytes signature =
        owner.sign(
            AnnounceSignature.DOMAIN,
            AnnounceSignature.message(
                forTracker, unsigned.torrent(), unsigned.peer(), port, slot, unsigned.key()));
    return "&key=k&ip="
        + onion()
        + "&slot="
        + slot
        + "&sig="
        + signature.hex().replaceAll("..", "%$0");
  }

  private PeerAddress decide(Unsigned unsigned, int port, String more) {
    return rules(Policy.ONION, unsigned).decide(announce(port, more), Optional.empty());
  }

  @Test
  void onion_signedByItsOwner_isToldFirst() {
    PeerAddress address = decide(Unsigned.DROP, 6881, signed(tracker, 6881, Duration.ZERO));
    assertEquals(new PeerAddress(Kind.ONION, owner.id().key().bytes(), 6881), address);
    assertEquals(
        Kind.ONION, decide(Unsigned.DROP, 6881, signed(tracker, 6881, Duration.ofHours(1))).kind());
  }

  @Test
  void onion_ofSomebodyElse_isNotTold() {
    HsId other = HsIdKeypair.generate(random).id();
    assertEquals(PeerAddress.NONE, decide(Unsigned.DROP, 6881, "&ip=" + onion()));
    assertEquals(PeerAddress.NONE, decide(Unsigned.DROP, 6881, signed(other, 6881, Duration.ZERO)));
    assertEquals(
        PeerAddress.NONE, decide(Unsigned.DROP, 6882, signed(tracker, 6881, Duration.ZERO)));
    assertEquals(
        PeerAddress.NONE, decide(Unsigned.DROP, 6881, signed(tracker, 6881, Duration.ofHours(2))));
    assertEquals(
        PeerAddress.NONE,
        decide(
            Unsigned.DROP,
            6881,
            signed(tracker, 6881, Duration.ZERO).replace(onion(), other.unredactedHost())));
  }

  @Test
  void onion_unsigned_comesLastIfTheOperatorSaysSo() {
    assertEquals(
        Kind.UNSIGNED_ONION, decide(Unsigned.LAST, 6881, "&ip=" + onion().toUpperCase()).kind());
    assertEquals(
        PeerAddress.NONE,
        decide(Unsigned.LAST, 6881, "&ip=" + "a".repeat(56) + ".onion"),
        "wrong checksum");
    assertEquals(
        PeerAddress.NONE,
        decide(Unsigned.LAST, 6881, "&ip=" + tracker.unredactedHost()),
        "the tracker's own");
  }

  @Test
  void isHeavy_onlyWhenCurvesAreNeeded() {
    AddressRules drop = rules(Policy.ONION, Unsigned.DROP);
    assertFalse(drop.isHeavy(announce(6881, "")));
    assertFalse(drop.isHeavy(announce(6881, "&ip=" + onion())));
    assertTrue(drop.isHeavy(announce(6881, signed(tracker, 6881, Duration.ZERO))));
    assertTrue(rules(Policy.ONION, Unsigned.LAST).isHeavy(announce(6881, "&ip=" + onion())));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 22, 80, 1023})
  void port_below1024_isNotTold(int port) {
    assertEquals(
        PeerAddress.NONE,
        decide(rules(Policy.CLEARNET_OPT_IN, Unsigned.LAST), port, "", "8.8.8.8"));
    assertEquals(PeerAddress.NONE, decide(rules(Policy.LAN, Unsigned.LAST), port, "", "10.0.0.1"));
    assertEquals(PeerAddress.NONE, decide(Unsigned.LAST, port, "&ip=" + onion()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.1.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "192.0.2.1",
        "203.0.113.7",
        "::1",
        "fe80::1",
        "fd12::1",
        "ff02::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "64:ff9b::7f00:1"
      })
  void optIn_privateOrLocalAddress_isNotTold(String address) {
    AddressRules rules = rules(Policy.CLEARNET_OPT_IN, Unsigned.DROP);
    assertEquals(PeerAddress.NONE, decide(rules, 6881, address, ""));
    assertEquals(PeerAddress.NONE, decide(rules, 6881, "", address));
  }

  @Test
  void optIn_globalAddress_isToldAndTheSourceGoesFirst() {
    AddressRules rules = rules(Policy.CLEARNET_OPT_IN, Unsigned.DROP);
    assertEquals(Kind.IPV4, decide(rules, 6881, "8.8.8.8", "").kind());
    assertEquals(Kind.IPV6, decide(rules, 6881, "2a00:1450::1", "127.0.0.1").kind());
    assertEquals(
        Bytes.copyOf(new byte[] {9, 9, 9, 9}), decide(rules, 6881, "8.8.8.8", "9.9.9.9").address());
    assertEquals(PeerAddress.NONE, decide(rules, 6881, "dns.example", ""));
  }

  @Test
  void onionPolicy_clearnetAddress_isNotTold() {
    AddressRules rules = rules(Policy.ONION, Unsigned.LAST);
    assertEquals(PeerAddress.NONE, decide(rules, 6881, "8.8.8.8", ""));
    assertEquals(PeerAddress.NONE, decide(rules, 6881, "", "9.9.9.9"));
  }

  @Test
  void lanPolicy_toldIsWhereItComesFrom() {
    AddressRules rules = rules(Policy.LAN, Unsigned.DROP);
    Optional<InetAddress> source = IpLiteral.parseAddress("192.168.1.7");
    assertEquals(
        Bytes.copyOf(source.orElseThrow().getAddress()),
        rules.decide(announce(6881, "&ip=8.8.8.8"), source).address());
    assertEquals(PeerAddress.NONE, decide(rules, 6881, "8.8.8.8", ""));
  }
}
