package org.tunic.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.daemon.config.ClientPort.Isolation;
import org.tunic.daemon.config.Config.Relay;
import org.tunic.daemon.config.Config.VotingSchedule;
import org.tunic.daemon.config.LogTarget.Destination;
import org.tunic.daemon.config.LogTarget.Domain;
import org.tunic.daemon.config.LogTarget.Severity;

final class ConfigTest {
  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }

  private static List<InetSocketAddress> bound(Relay relay) {
    return ServerPort.toListen(relay.orPorts()).stream().map(ServerPort::bindAddress).toList();
  }

  @Test
  void load_nothing_isAClientOnPort9050() throws Exception {
    Config config = Torrcs.config("");
    assertEquals(at("127.0.0.1", 9050), config.client().socksPorts().getFirst().address());
    assertEquals(
        Set.of(Isolation.CLIENT_ADDR, Isolation.SOCKS_AUTH),
        config.client().socksPorts().getFirst().isolation());
    assertTrue(config.relay().isEmpty());
    assertTrue(config.authority().isEmpty());
    assertEquals(Path.of("/home/op/.tor"), config.directories().data());
    assertEquals(Path.of("/home/op/.tor/keys"), config.directories().keys());
  }

  @Test
  void authDirLists_ports_areIgnored() throws Exception {
    ConfigLoader.Loaded loaded =
        Torrcs.loaded(
            Torrcs.DIR_AUTHORITY,
            "AuthoritativeDirectory 1",
            "V3AuthoritativeDirectory 1",
            "ContactInfo op",
            "Address 192.0.2.2",
            "ORPort 20000",
            "DirPort 20001",
            "AuthDirReject 192.0.2.7:443,198.51.100.0/24:1-9",
            "AuthDirReject accept *:80",
            "AuthDirInvalid 192.0.2.8,192.0.2.9:*",
            "AuthDirBadExit reject [2001:db8::]/32:1");
    Config.RelayJudgements judgements = loaded.config().authority().orElseThrow().relays();
    assertEquals(List.of("192.0.2.7:*", "198.51.100.0/24:*", "accept *:*"), judgements.reject());
    assertEquals(List.of("192.0.2.8:*", "192.0.2.9:*"), judgements.invalid());
    assertEquals(List.of("reject [2001:db8::]/32:*"), judgements.badExit());
    assertEquals(
        List.of("AuthDirReject", "AuthDirBadExit"),
        List.of("AuthDirReject", "AuthDirInvalid", "AuthDirBadExit").stream()
            .filter(o -> loaded.warnings().stream().anyMatch(w -> w.contains(o + " has ports")))
            .toList());
  }

  @Test
  void authDirRejectRequestsUnderLoad_isSetUnlessSwitchedOff() throws Exception {
    assertTrue(Torrcs.config("").limits().refuseUnderLoad());
    assertFalse(Torrcs.config("AuthDirRejectRequestsUnderLoad 0").limits().refuseUnderLoad());
  }

  @Test
  void socksPort_flags_areRead() throws Exception {
    ClientPort port =
        Torrcs.config("SocksPort [::1]:9150 NoIsolateSOCKSAuth IsolateDestAddrs SessionGroup=2")
            .client()
            .socksPorts()
            .getFirst();
    assertEquals(at("::1", 9150), port.address());
    assertEquals(Set.of(Isolation.CLIENT_ADDR, Isolation.DEST_ADDR), port.isolation());
    assertEquals(2, port.sessionGroup());
    assertTrue(port.preferNoAuth());
  }

  @Test
  void orPort_withoutAddress_listensOnceForBothFamilies() throws Exception {
    Relay relay = Torrcs.config("ORPort 9001", "Nickname a").relay().orElseThrow();
    assertEquals(List.of(at("::", 9001)), bound(relay));
    assertEquals(9001, ServerPort.advertisedPort(relay.orPorts(), true));
    assertEquals(9001, ServerPort.advertisedPort(relay.orPorts(), false));
  }

  @Test
  void orPort_ipv4Only_listensOnIpv4() throws Exception {
    Relay relay = Torrcs.config("ORPort 9001 IPv4Only").relay().orElseThrow();
    assertEquals(List.of(at("0.0.0.0", 9001)), bound(relay));
    assertEquals(-1, ServerPort.advertisedPort(relay.orPorts(), false));
  }

  @Test
  void orPort_noListenAndNoAdvertise_partThePublishedAddressFromTheBoundOne() throws Exception {
    Relay relay =
        Torrcs.config("ORPort 192.0.2.7:443 NoListen", "ORPort 10.0.0.2:9001 NoAdvertise")
            .relay()
            .orElseThrow();
    assertEquals(List.of(at("10.0.0.2", 9001)), bound(relay));
    assertEquals(443, ServerPort.advertisedPort(relay.orPorts(), true));
    assertEquals(Optional.of(InetAddress.ofLiteral("192.0.2.7")), relay.publishedIpv4());
  }

  @Test
  void orPort_auto_isPortZero() throws Exception {
    Relay relay = Torrcs.config("ORPort 127.0.0.1:auto").relay().orElseThrow();
    assertEquals(List.of(at("127.0.0.1", 0)), bound(relay));
  }

  @Test
  void clientOnly_withOrPort_isNoRelay() throws Exception {
    assertTrue(Torrcs.config("ORPort 9001", "ClientOnly 1").relay().isEmpty());
  }

  @Test
  void relay_withoutNickname_isUnnamed() throws Exception {
    assertEquals("Unnamed", Torrcs.config("ORPort 9001").relay().orElseThrow().nickname());
  }

  @Test
  void exit_autoWithPolicy_isWanted() throws Exception {
    assertFalse(Torrcs.config("ORPort 1").relay().orElseThrow().exit().isWanted());
    assertTrue(
        Torrcs.config("ORPort 1", "ExitPolicy accept *:80")
            .relay()
            .orElseThrow()
            .exit()
            .isWanted());
    assertFalse(
        Torrcs.config("ORPort 1", "ExitPolicy accept *:80", "ExitRelay 0")
            .relay()
            .orElseThrow()
            .exit()
            .isWanted());
  }

  @Test
  void testingTorNetwork_set_changesDefaultsButNotWhatIsWritten() throws Exception {
    Config config =
        Torrcs.config(
            "TestingTorNetwork 1",
            Torrcs.DIR_AUTHORITY,
            "AuthoritativeDirectory 1",
            "V3AuthoritativeDirectory 1",
            "ORPort 127.0.0.1:20000",
            "DirPort 127.0.0.1:20001",
            "V3AuthVoteDelay 30",
            "EnforceDistinctSubnets 1");
    VotingSchedule schedule = config.authority().orElseThrow().schedule();
    assertEquals(Duration.ofMinutes(5), schedule.interval());
    assertEquals(Duration.ofSeconds(30), schedule.voteDelay());
    assertEquals(Duration.ofSeconds(20), schedule.distDelay());
    assertEquals(Duration.ofSeconds(150), schedule.initialInterval());
    assertTrue(config.client().distinctSubnets());
    assertFalse(config.client().rejectInternalAddresses());
    assertFalse(config.relay().orElseThrow().exit().rejectPrivate());
    assertTrue(config.relay().orElseThrow().extendToPrivateAddresses());
    assertTrue(config.network().allowPrivateDirectoryAddresses());
    assertEquals(0, config.authority().orElseThrow().maxServersPerAddress());
  }

  @Test
  void dirAuthority_allFlags_areRead() throws Exception {
    DirAuthority authority =
        Torrcs.config(
                "DirAuthority moria orport=9101 no-v2 weight=0.5 ipv6=[2001:db8::1]:9101"
                    + " v3ident=D586D18309DED4CD6D57C18FDB97EFA96D330566"
                    + " upload=http://192.0.2.1:80/ download=http://192.0.2.2:81"
                    + " vote=http://[2001:db8::2]:82/"
                    + " 128.31.0.39:9131 9695 DFC3 5FFE B861 329B 9F1A B04C 4639 7020 CE31")
            .network()
            .authorities()
            .getFirst();
    assertEquals(Optional.of("moria"), authority.nickname());
    assertEquals(at("128.31.0.39", 9131), authority.dirPort());
    assertEquals(Optional.of(at("128.31.0.39", 9101)), authority.orPort());
    assertEquals(Optional.of(at("2001:db8::1", 9101)), authority.orPort6());
    assertEquals(
        RsaIdentity.fromHex("9695DFC35FFEB861329B9F1AB04C46397020CE31"), authority.fingerprint());
    assertEquals(
        Optional.of(RsaIdentity.fromHex("D586D18309DED4CD6D57C18FDB97EFA96D330566")),
        authority.v3Identity());
    assertEquals(0.5, authority.weight());
    assertEquals(List.of(at("192.0.2.1", 80)), authority.uploads());
    assertEquals(List.of(at("192.0.2.2", 81)), authority.downloads());
    assertEquals(List.of(at("2001:db8::2", 82)), authority.votes());
  }

  @Test
  void log_domainsAndRanges_areRead() throws Exception {
    LogTarget target =
        Torrcs.config("Log [CIRC]debug-info [~NET]notice-warn file /tmp/x y.log")
            .logs()
            .targets()
            .getFirst();
    assertEquals(new Destination.LogFile(Path.of("/tmp/x y.log")), target.destination());
    assertTrue(target.wants(Severity.DEBUG, Domain.CIRC));
    assertFalse(target.wants(Severity.DEBUG, Domain.DIR));
    assertTrue(target.wants(Severity.WARN, Domain.DIR));
    assertFalse(target.wants(Severity.WARN, Domain.NET));
    assertFalse(target.wants(Severity.ERR, Domain.DIR));
  }

  @Test
  void logTimeGranularity_odd_isRoundedUpToADivisor() throws Exception {
    assertEquals(
        Duration.ofMillis(50), Torrcs.config("LogTimeGranularity 49").logs().granularity());
    assertEquals(
        Duration.ofSeconds(2), Torrcs.config("LogTimeGranularity 1001").logs().granularity());
  }

  @Test
  void routerSets_addUpWithinASource() throws Exception {
    assertEquals(
        "a,b,192.0.2.1,{de}",
        Torrcs.layered("", "ExitNodes a,b\nexitnodes 192.0.2.1\nExitNodes {de}\n")
            .routers("ExitNodes")
            .toString());
    assertEquals(
        "b,c",
        Torrcs.layered("ExitNodes a\n", "ExitNodes b\nExitNodes c\n")
            .routers("ExitNodes")
            .toString());
    assertEquals(
        "a,b,c",
        Torrcs.layered("ExitNodes a\n", "+ExitNodes b\nExitNodes c\n")
            .routers("ExitNodes")
            .toString());
    assertEquals(
        "b", Torrcs.layered("", "ExitNodes a\n", "ExitNodes", "b").routers("ExitNodes").toString());
    assertEquals(
        "c",
        Torrcs.layered("", "ExitNodes a\n/ExitNodes\nExitNodes c\n")
            .routers("ExitNodes")
            .toString());
    assertEquals(
        "a", Torrcs.layered("", "ExitNodes a\nExitNodes\n").routers("ExitNodes").toString());
  }

  @Test
  void lists_ofLaterSource_replaceUnlessAppended() throws Exception {
    assertEquals(
        List.of("3"),
        Torrcs.layered("SocksPort 1\n", "SocksPort 2\n", "SocksPort", "3").lineValues("SocksPort"));
    assertEquals(
        List.of("2", "3"),
        Torrcs.layered("SocksPort 1\n", "SocksPort 2\n", "--+SocksPort", "3")
            .lineValues("SocksPort"));
    assertEquals(
        List.of("1", "2", "3"),
        Torrcs.layered("SocksPort 1\n", "+SocksPort 2\nSocksPort 3\n").lineValues("SocksPort"));
    assertEquals(
        List.of(),
        Torrcs.layered("SocksPort 1\n", "SocksPort 2\n", "/SocksPort").lineValues("SocksPort"));
  }

  @Test
  void lists_ofOneGroup_keepTheirCommonOrder() throws Exception {
    OptionValues values =
        Torrcs.layered(
            "HiddenServiceDir /old\n",
            "HiddenServiceDir /a\nHiddenServicePort 80\nHiddenServiceDir /b\n");
    assertEquals(List.of("/a", "80", "/b"), values.lineValues("HiddenServiceDir"));
    assertEquals(
        List.of("9050", "9051"),
        Torrcs.layered("", "SocksPort 9050\n__SocksPort 9051\n").lineValues("SocksPort"));
  }

  @Test
  void scalars_ofLaterSource_win() throws Exception {
    OptionValues values =
        Torrcs.layered("Nickname a\n", "nickname b\n", "-NICKNAME", "c", "ClientOnly", "1");
    assertEquals(Optional.of("c"), values.text("Nickname"));
    assertTrue(values.flag("ClientOnly"));
    assertEquals(Origin.COMMAND_LINE, values.origin("Nickname"));
  }

  @Test
  void hashedControlPassword_onTheCommandLine_isForTheSession() throws Exception {
    assertEquals(
        List.of("16:00"),
        Torrcs.layered("", "", "--HashedControlPassword", "16:00")
            .lineValues("__HashedControlSessionPassword"));
  }

  @Test
  void user_sameAsOurs_isAccepted() throws Exception {
    assertEquals(List.of(), Torrcs.loaded("User op").warnings());
  }

  @Test
  void bandwidth_isReadAsCtorReadsIt() throws Exception {
    LimitOptions.Bandwidth set =
        Torrcs.config(
                "BandwidthRate 2 MB",
                "BandwidthBurst 4 MB",
                "RelayBandwidthBurst 1 MBits",
                "TokenBucketRefillInterval 50 msec")
            .limits()
            .bandwidth();
    assertEquals(2L << 20, set.rate());
    assertEquals(4L << 20, set.burst());
    assertEquals(1L << 17, set.relayRate(), "the burst, for want of a rate");
    assertEquals(1L << 17, set.relayBurst());
    assertEquals(Duration.ofMillis(50), set.refillInterval());
    assertThrows(ConfigException.class, () -> Torrcs.config("TokenBucketRefillInterval 2 seconds"));
    assertThrows(ConfigException.class, () -> Torrcs.config("AccountingMax 1 GB"), "a limit");
  }

  @Test
  void values_askedWithTheWrongType_isABug() throws Exception {
    OptionValues values = Torrcs.layered("", "");
    assertThrows(IllegalArgumentException.class, () -> values.flag("Nickname"));
    assertThrows(IllegalArgumentException.class, () -> values.flag("NoSuchOption"));
  }
}
