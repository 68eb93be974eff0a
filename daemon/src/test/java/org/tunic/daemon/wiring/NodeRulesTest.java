package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.ConfigLoader;
import org.tunic.directory.view.Relay;
import org.tunic.router.channel.ExtendTarget;
import org.tunic.router.circuit.service.Vanguards;
import org.tunic.router.path.NodeChoices;
import org.tunic.router.path.TestNetworks;

/** What the options about relays mean for relays. */
final class NodeRulesTest {
  /** Nicknames relay0 to relay4, addresses 20.N.0.1:9001; relay4 has IPv6 too. */
  private static final List<Relay> RELAYS = relays();

  @TempDir Path dir;

  private static InetSocketAddress address(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }

  private static List<Relay> relays() {
    List<TestNetworks.Draft> drafts = TestNetworks.drafts(5);
    drafts.get(4).orPorts = List.of(address("20.4.0.1", 9001), address("2a00::4", 443));
    return TestNetworks.view(drafts).relays();
  }

  private static Config config(String... lines) throws ConfigException {
    return ConfigLoader.parse(
            "DataDirectory /nonexistent\nSocksPort 9050\n" + String.join("\n", lines) + "\n",
            "torrc",
            new ConfigLoader.Environment(
                Path.of("/"), Optional.empty(), "user", InputStream.nullInputStream()))
        .config();
  }

  private static NodeRules rules(String... lines) throws ConfigException {
    return NodeRules.of(config(lines).nodes());
  }

  private static Set<String> names(Predicate<Relay> wanted) {
    Set<String> names = new TreeSet<>();
    RELAYS.stream().filter(wanted).forEach(relay -> names.add(relay.nickname().substring(5)));
    return names;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                         | 01234 | 01234 | 01234",
        "EntryNodes relay1,RELAY2                   | 12    | 01234 | 01234",
        "EntryNodes 20.0.0.0/14                     | 0123  | 01234 | 01234",
        "EntryNodes *                               | 01234 | 01234 | 01234",
        "EntryNodes 20.1.0.1:9001,20.2.0.1:9002     | 1     | 01234 | 01234",
        "MiddleNodes relay3                         | 01234 | 3     | 01234",
        "ExitNodes relay1,relay2                    | 01234 | 01234 | 12",
        "ExcludeExitNodes relay0                    | 01234 | 01234 | 1234",
        "ExcludeNodes relay0,20.4.0.0/16            | 123   | 123   | 123",
        "ExcludeNodes relay0;StrictNodes 0          | 1234  | 1234  | 1234",
        "ExcludeNodes relay0;StrictNodes 1          | 1234  | 1234  | 1234",
        "ExitNodes relay1,relay2;ExcludeNodes relay1| 0234  | 0234  | 2",
        "ReachableAddresses *:443                   | 4     | 01234 | 01234",
        "ReachableORAddresses 20.1.0.0/16           | 1     | 01234 | 01234",
        "ReachableAddresses reject 20.1.0.0/16,*4:* | 0234  | 01234 | 01234",
        "ReachableAddresses *:1;ReachableORAddresses 20.2.0.1:9001 | 2 | 01234 | 01234",
        "FascistFirewall 1                          | 4     | 01234 | 01234",
        "FascistFirewall 1;FirewallPorts 9001,80    | 01234 | 01234 | 01234",
        "FascistFirewall 1;FirewallPorts 80         | ''    | 01234 | 01234",
        "ClientUseIPv4 0                            | 4     | 01234 | 01234",
        "ClientUseIPv6 0;ReachableAddresses *:443   | ''    | 01234 | 01234",
      })
  void options_decideWhoStandsWhere(String lines, String guards, String middles, String exits)
      throws ConfigException {
    NodeRules rules = rules(lines.split(";"));
    NodeChoices choices = rules.choices();
    assertEquals(guards, String.join("", names(rules.guards())), "guards");
    assertEquals(middles, String.join("", names(choices.middles())), "middles");
    assertEquals(exits, String.join("", names(choices.exits())), "exits");
  }

  @Test
  void entryNodes_byFingerprint_nameThatRelay() throws ConfigException {
    String hex = RELAYS.get(2).ids().rsa().hex();
    assertEquals(
        Set.of(RELAYS.get(2).nickname().substring(5)), names(rules("EntryNodes $" + hex).guards()));
  }

  @Test
  void nodeFamily_eachLineIsOne() throws ConfigException {
    NodeChoices choices = rules("NodeFamily relay0,relay1", "NodeFamily 20.2.0.0/15").choices();
    assertEquals(2, choices.families().size());
    assertEquals(Set.of("0", "1"), names(choices.families().get(0)));
    assertEquals(Set.of("2", "3"), names(choices.families().get(1)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ExitNodes {de}                        | 12",
        "ExitNodes {DE},relay0                 | 012",
        "ExitNodes {??}                        | 04",
        "ExcludeNodes {de}                     | 3",
        "ExcludeNodes {de};GeoIPExcludeUnknown 0| 034",
        "ExcludeNodes relay0;GeoIPExcludeUnknown 1| 123",
        "ExcludeExitNodes {fr}                 | 12",
      })
  void countries_areThoseOfTheGeoIpFile(String lines, String exits) throws Exception {
    Path file = dir.resolve("geoip");
    // 20.1.0.0 to 20.2.255.255 and 20.3.0.0 to 20.3.255.255
    Files.writeString(file, "335609856,335740927,DE\n335740928,335806463,FR\n");
    String[] options = (lines + ";GeoIPFile " + file).split(";");
    assertEquals(exits, String.join("", names(rules(options).choices().exits())));
  }

  @Test
  void countries_withoutGeoIpFile_nameNobody() throws ConfigException {
    NodeRules rules = rules("ExitNodes {de}", "GeoIPFile /nonexistent/geoip");
    assertEquals(Set.of(), names(rules.choices().exits()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                          | 1.1.1.1 ::1",
        "ClientPreferIPv6ORPort 1    | ::1 1.1.1.1",
        "ClientUseIPv6 0             | 1.1.1.1",
        "ClientUseIPv4 0             | ::1",
        "ReachableAddresses *6:*     | ::1",
        "ReachableAddresses 9.0.0.0/8| ''",
      })
  void connections_goWhereTheOptionsSay(String lines, String addresses) throws ConfigException {
    ExtendTarget target =
        new ExtendTarget(
            RELAYS.get(0).ids(), List.of(address("1.1.1.1", 9001), address("::1", 9001)));
    List<String> allowed =
        rules(lines.split(";")).reachable(target).map(ExtendTarget::addresses).stream()
            .flatMap(List::stream)
            .map(address -> address.getAddress().getHostAddress().replace("0:0:0:0:0:0:0:1", "::1"))
            .toList();
    assertEquals(addresses, String.join(" ", allowed));
  }

  @Test
  void strictNodes_alsoStopDirectoryRequests() throws ConfigException {
    Relay relay = RELAYS.get(0);
    ExtendTarget target = new ExtendTarget(relay.ids(), relay.orPorts());
    String excluded = "ExcludeNodes $" + relay.ids().rsa().hex();
    assertTrue(rules(excluded).reachable(target).isPresent());
    assertFalse(rules(excluded, "StrictNodes 1").reachable(target).isPresent());
    assertFalse(rules("ExcludeNodes 20.0.0.0/8", "StrictNodes 1").reachable(target).isPresent());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "EntryNodes relay1;UseEntryGuards 0",
        "ReachableAddresses nonsense",
        "ReachableORAddresses accept",
        "ORPort 9001;ReachableAddresses *:443",
        "ORPort 9001;ClientUseIPv4 0",
        "ORPort 9001;FascistFirewall 1",
        "CircuitsAvailableTimeout 25 hours",
        "ExitNodes bad!",
        "NodeFamily relay0,relay1;NodeFamily bad!",
      })
  void torrc_thatCTorRefuses_isRefused(String lines) {
    assertThrows(ConfigException.class, () -> config(lines.split(";")));
  }

  @Test
  void circuitOptions_areRead() throws ConfigException {
    var circuits =
        config(
                "CircuitBuildTimeout 20",
                "LearnCircuitBuildTimeout 0",
                "CircuitStreamTimeout 5",
                "SocksTimeout 30",
                "CircuitsAvailableTimeout 2 hours",
                "LongLivedPorts 22,443",
                "TrackHostExits .Example.com,host.net",
                "TrackHostExitsExpire 60")
            .circuits();
    assertEquals(20, circuits.buildTimeout().toSeconds());
    assertFalse(circuits.learnTimeout());
    assertEquals(10, circuits.streamTimeout().toSeconds());
    assertEquals(30, circuits.socksTimeout().toSeconds());
    assertEquals(2, circuits.available().toHours());
    assertEquals(Set.of(22, 443), circuits.longLivedPorts());
    assertEquals(List.of(".example.com", "host.net"), circuits.trackedHosts());
    assertEquals(60, circuits.trackExpiry().toSeconds());
  }

  @Test
  void vanguards_areTheNamedRelays_withoutExcludedOnes() throws Exception {
    Config config =
        config(
            "HSLayer2Nodes relay1,20.2.0.0/16",
            "HSLayer3Nodes relay3,relay4",
            "ExcludeNodes relay4,relay2",
            "VanguardsLiteEnabled 0",
            "FullVanguards 1");
    Vanguards.Rules rules = NodeRules.of(config.nodes()).vanguards(config.onions());
    assertEquals(Set.of("1"), names(Objects.requireNonNull(rules.second())));
    assertEquals(Set.of("3"), names(Objects.requireNonNull(rules.third())));
    assertEquals(Vanguards.Lite.OFF, rules.lite());
    assertTrue(rules.full());
    assertEquals(
        Vanguards.Rules.DEFAULT, rules().vanguards(config().onions()), "without these options");
  }
}
