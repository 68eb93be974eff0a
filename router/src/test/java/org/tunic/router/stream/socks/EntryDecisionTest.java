package org.tunic.router.stream.socks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsId;
import org.tunic.router.cell.EndReason;
import org.tunic.router.stream.socks.EntryDecision.Action;
import org.tunic.router.stream.socks.EntryDecision.Ask;
import org.tunic.router.stream.socks.EntryDecision.Open;
import org.tunic.router.stream.socks.EntryDecision.Refuse;
import org.tunic.router.stream.socks.EntryDecision.Visit;
import org.tunic.testing.SeededRandom;

final class EntryDecisionTest {
  private static final String FINGERPRINT = "0123456789abcdef0123456789abcdef01234567";
  private static final String ONION =
      "25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5sid.onion";

  private EntryRules rules = EntryRules.LENIENT;
  private EntrySettings.Traffic traffic = EntrySettings.Traffic.DEFAULT;
  private boolean keepAlive;
  private Bytes user = Bytes.EMPTY;
  private AddressMap map = map(false);

  private static AddressMap map(boolean automap, AddressMap.Rule... rules) {
    return new AddressMap(
        new AddressMap.Settings(
            List.of(rules),
            automap,
            List.of(".onion", ".mapped"),
            VirtualNetwork.IPV4,
            VirtualNetwork.IPV6),
        new SeededRandom(1));
  }

  private Action decide(int version, SocksCommand command, String host, int port) {
    EntrySettings base = EntrySettings.of(7);
    EntrySettings settings =
        new EntrySettings(
            base.protocol(),
            7,
            new EntrySettings.Isolation(true, true, true, true, true),
            keepAlive,
            false,
            false,
            traffic,
            base.negotiationTimeout(),
            base.requestTimeout());
    TargetHost target = TargetHost.parse(host).orElseThrow();
    return new EntryDecision(
            new EntryRequest(
                version,
                command,
                target,
                port,
                target instanceof TargetHost.Literal,
                user,
                Bytes.EMPTY),
            settings,
            rules,
            map,
            new EntryNotices(() -> 0),
            Bytes.EMPTY)
        .make();
  }

  private Action connect(String host) {
    return decide(5, SocksCommand.CONNECT, host, 80);
  }

  private Action resolve(String host) {
    return decide(5, SocksCommand.RESOLVE, host, 0);
  }

  private static StreamRequest opened(Action action) {
    return assertInstanceOf(Open.class, action).request();
  }

  private static void assertEnded(EndReason reason, Action action) {
    assertEquals(new Refuse(new EntryFailure.Ended(reason)), action);
  }

  private static void assertPolicy(Action action) {
    assertEquals(new Refuse(EntryFailure.Refused.ENTRY_POLICY), action);
  }

  @Test
  void mappedHost_isAskedForAndTheKeyKeepsTheOriginal() {
    map = map(false, new AddressMap.Rule("a.test", false, "1.2.3.4", false));
    StreamRequest request = opened(connect("a.test"));
    assertEquals("1.2.3.4", request.target().unredacted());
    assertEquals("a.test", request.isolation().destination());
    assertEquals(new EntryDecision.Answer(InetAddress.ofLiteral("1.2.3.4")), resolve("a.test"));
  }

  @Test
  void exitOfARule_isTheExit() {
    map =
        map(false, new AddressMap.Rule("a.test", false, "b.test." + FINGERPRINT + ".exit", false));
    StreamRequest request = opened(connect("a.test"));
    assertEquals("b.test", request.target().unredacted());
    assertEquals(Optional.of(FINGERPRINT), request.terms().exit());
    ResolveRequest question = assertInstanceOf(Ask.class, resolve("a.test")).request();
    assertEquals(Optional.of(FINGERPRINT), question.terms().exit());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.exit", "www.example.com.moria1.exit", "a.exit."})
  void exitOfAnApplication_isRefused(String host) {
    assertEnded(EndReason.TORPROTOCOL, connect(host));
    assertEnded(EndReason.TORPROTOCOL, resolve(host));
  }

  @Test
  void exitAlone_isRefused() {
    map = map(false, new AddressMap.Rule("a.test", false, "moria1.exit", false));
    assertEnded(EndReason.TORPROTOCOL, connect("a.test"));
  }

  @Test
  void chosenExit_mayReachPrivateAddressesAndPlaintextPorts() {
    rules = new EntryRules(false, false, true, true, Set.of(), Set.of(80));
    map = map(false, new AddressMap.Rule("a.test", false, "10.0.0.1.moria1.exit", false));
    assertEquals("10.0.0.1", opened(connect("a.test")).target().unredacted());
  }

  @Test
  void automappedName_isAnsweredAndLeadsBack() {
    map = map(true);
    EntryDecision.Answer answer = assertInstanceOf(EntryDecision.Answer.class, resolve("a.mapped"));
    assertEquals(16, answer.address().getAddress().length, "IPv6 by default");
    assertEquals(
        "a.mapped", opened(connect(answer.address().getHostAddress())).target().unredacted());
    EntryDecision.Answer four =
        assertInstanceOf(
            EntryDecision.Answer.class, decide(4, SocksCommand.RESOLVE, "a.mapped", 0));
    assertEquals(4, four.address().getAddress().length, "SOCKS 4 has no IPv6");
    assertInstanceOf(Ask.class, resolve("a.test"));
  }

  @Test
  void automappedAddress_isNoSafeSocksMatter() {
    map = map(true);
    EntryDecision.Answer answer = assertInstanceOf(EntryDecision.Answer.class, resolve("a.mapped"));
    rules = new EntryRules(true, true, false, false, Set.of(), Set.of());
    assertEquals(
        "a.mapped", opened(connect(answer.address().getHostAddress())).target().unredacted());
    assertPolicy(connect("1.2.3.4"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.192.0.7", "127.255.1.1", "fe80::1", "abc.virtual"})
  void virtualAddressOfNothing_neverLeaves(String host) {
    assertEnded(EndReason.INTERNAL, connect(host));
    assertEnded(EndReason.INTERNAL, resolve(host));
  }

  private static OnionRequest visited(Action action) {
    return assertInstanceOf(Visit.class, action).request();
  }

  @Test
  void onions_areVisited_whateverStandsBeforeTheAddress() throws Exception {
    HsId service = HsId.parse(ONION);
    OnionRequest visit = visited(connect(ONION));
    assertEquals(service, visit.service());
    assertEquals(80, visit.port());
    assertEquals(7, visit.isolation().sessionGroup());
    assertEquals(service, visited(connect("www." + ONION)).service());
    assertEquals(service, visited(connect(ONION.toUpperCase(Locale.ROOT) + ".")).service());
    map = map(false, new AddressMap.Rule("a.test", false, ONION, false));
    assertEquals(service, visited(connect("a.test")).service());
    assertEnded(EndReason.TORPROTOCOL, decide(5, SocksCommand.CONNECT, ONION, 0));
  }

  @Test
  void onions_thatAreNone_orThatThePortRefuses_areNotVisited() {
    assertEnded(EndReason.RESOLVEFAILED, resolve(ONION));
    String wrongChecksum = "a".repeat(55) + "d.onion";
    for (String bad : List.of("short.onion", "1" + ONION.substring(1), wrongChecksum)) {
      Refuse refused = assertInstanceOf(Refuse.class, connect(bad));
      assertEquals(
          new EntryFailure.Onion(EntryFailure.OnionError.BAD_ADDRESS, EndReason.TORPROTOCOL),
          refused.why());
    }
    traffic = new EntrySettings.Traffic(true, true, false, true, true, false);
    assertPolicy(connect(ONION));
  }

  @ParameterizedTest
  @CsvSource({
    "true, true, true,  +++",
    "true, false, true, +-+",
    "false, true, true, -++",
    "true, true, false, ++-",
    "false, false, false, ---",
  })
  void portFlags_decideWhatMayBeAskedFor(boolean ipv4, boolean ipv6, boolean names, String may) {
    traffic = new EntrySettings.Traffic(ipv4, ipv6, false, true, names, true);
    List<String> hosts = List.of("1.2.3.4", "2001:db8::1", "a.test");
    for (int i = 0; i < hosts.size(); i++) {
      if (may.charAt(i) == '+') {
        assertInstanceOf(Open.class, connect(hosts.get(i)));
      } else {
        assertPolicy(connect(hosts.get(i)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1", "127.0.0.1", "::1", "localhost", "printer.local", "local"})
  void privateTargets_areRefusedIfSoConfigured(String host) {
    assertInstanceOf(Open.class, connect(host));
    rules = new EntryRules(false, false, true, false, Set.of(), Set.of());
    assertEquals(new Refuse(EntryFailure.Refused.PRIVATE_ADDRESS), connect(host));
  }

  @Test
  void plaintextPorts_areRefusedIfSoConfigured() {
    rules = new EntryRules(false, false, false, false, Set.of(80), Set.of());
    assertInstanceOf(Open.class, connect("a.test"));
    rules = new EntryRules(false, false, false, false, Set.of(80), Set.of(80));
    assertPolicy(connect("a.test"));
    assertInstanceOf(Ask.class, resolve("a.test"));
  }

  @Test
  void socks4_hasNoIpv6() {
    assertPolicy(decide(4, SocksCommand.CONNECT, "2001:db8::1", 80));
    StreamTerms terms = opened(decide(4, SocksCommand.CONNECT, "a.test", 80)).terms();
    assertTrue(terms.ipv4() && !terms.ipv6());
  }

  @Test
  void reverseLookup_ofAPrivateAddress_isRefusedIfSoConfigured() {
    assertInstanceOf(Ask.class, decide(5, SocksCommand.RESOLVE_PTR, "10.0.0.1", 0));
    rules = new EntryRules(false, false, false, true, Set.of(), Set.of());
    assertEnded(EndReason.RESOLVEFAILED, decide(5, SocksCommand.RESOLVE_PTR, "10.0.0.1", 0));
  }

  @Test
  void keepAlive_isForStreamsWithCredentials() {
    keepAlive = true;
    assertTrue(!opened(connect("a.test")).terms().keepAlive());
    user = Bytes.copyOf(new byte[] {1});
    assertTrue(opened(connect("a.test")).terms().keepAlive());
  }
}
