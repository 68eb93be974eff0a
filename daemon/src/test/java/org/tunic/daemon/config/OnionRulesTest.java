package org.tunic.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.daemon.config.OnionServiceOptions.IntroDos;
import org.tunic.daemon.config.OnionServiceOptions.Port;
import org.tunic.daemon.config.OnionServiceOptions.Pow;
import org.tunic.daemon.config.OnionServiceOptions.StreamLimit;
import org.tunic.daemon.config.OnionServiceOptions.Target;

/** Onion services of a torrc. What is taken and what refused, CTorDecisionsIT compares. */
final class OnionRulesTest {
  private static Target tcp(String host, int port) {
    return new Target.Tcp(new InetSocketAddress(host, port));
  }

  private static OnionOptions onions(String... lines) throws ConfigException {
    return Torrcs.config(lines).onions();
  }

  /** Warnings about what was set, without those about what this version lacks. */
  private static List<String> warnings(String... lines) throws ConfigException {
    return Torrcs.loaded(lines).warnings().stream()
        .filter(warning -> !warning.contains("is not supported by this version"))
        .toList();
  }

  private static String refusal(String... lines) {
    return assertThrows(ConfigException.class, () -> Torrcs.config(lines)).getMessage();
  }

  @Test
  void service_withoutOptions_hasTheDefaultsOfCtor() throws Exception {
    assertEquals(
        new OnionOptions(
            List.of(
                new OnionServiceOptions(
                    Path.of("/a"),
                    false,
                    List.of(new Port(80, tcp("127.0.0.1", 80))),
                    false,
                    new StreamLimit(0, false),
                    3,
                    false,
                    Optional.empty(),
                    Optional.empty())),
            false,
            Optional.empty(),
            AutoBool.AUTO,
            false,
            false),
        onions("HiddenServiceDir /a", "HiddenServicePort 80"));
    assertEquals(List.of(), onions().services());
  }

  @Test
  void options_belongToTheDirectoryBeforeThem() throws Exception {
    List<OnionServiceOptions> services =
        onions(
                "HiddenServiceDir /a",
                "HiddenServicePort 80 8080",
                "HiddenServicePort 80 unix:\"/run/a \\\"socket\\\"\"",
                "HiddenServicePort 443 [::1]:8443",
                "HiddenServiceMaxStreams 7",
                "HiddenServiceMaxStreamsCloseCircuit 1",
                "HiddenServiceExportCircuitID haproxy",
                "HiddenServiceDir /b",
                "HiddenServicePort 22 192.0.2.1",
                "HiddenServiceDirGroupReadable 1",
                "HiddenServiceAllowUnknownPorts 1",
                "HiddenServiceNumIntroductionPoints 5",
                "HiddenServiceEnableIntroDoSDefense 1",
                "HiddenServiceEnableIntroDoSRatePerSec 10",
                "HiddenServicePoWDefensesEnabled 1",
                "HiddenServicePoWQueueBurst 300")
            .services();
    assertEquals(
        List.of(
            new OnionServiceOptions(
                Path.of("/a"),
                false,
                List.of(
                    new Port(80, tcp("127.0.0.1", 8080)),
                    new Port(80, new Target.Unix(Path.of("/run/a \"socket\""))),
                    new Port(443, tcp("::1", 8443))),
                false,
                new StreamLimit(7, true),
                3,
                true,
                Optional.empty(),
                Optional.empty()),
            new OnionServiceOptions(
                Path.of("/b"),
                true,
                List.of(new Port(22, tcp("192.0.2.1", 22))),
                true,
                new StreamLimit(0, false),
                5,
                false,
                Optional.of(new IntroDos(10, 200)),
                Optional.of(new Pow(250, 300)))),
        services);
  }

  @ParameterizedTest
  @CsvSource({
    "HiddenServicePort x, HiddenServicePort \"x\" has a bad port",
    "HiddenServicePort 80 example.com:80, never looked up",
    "HiddenServicePort 80 8080 8081, text after its target",
    "HiddenServiceVersion 2, is not supported; write 3",
    "HiddenServiceNumIntroductionPoints 2, a number from 3 to 20",
    "HiddenServiceExportCircuitID x, haproxy or none",
    "HiddenServiceOnionBalanceInstance 1, is not supported by this version",
  })
  void line_thatCannotBeUsed_isRefusedWithItsPlace(String line, String words) {
    String message = refusal("HiddenServiceDir /a", "HiddenServicePort 80", line);
    assertTrue(message.startsWith("torrc:3: Hidden"), message);
    assertTrue(message.contains(words), message);
  }

  @Test
  void optionOfAService_thatIsSetTwice_counts_theLastTime_withAWarning() throws Exception {
    String[] lines = {
      "HiddenServiceDir /a",
      "HiddenServicePort 80",
      "HiddenServiceMaxStreams 1",
      "HiddenServiceMaxStreams 2"
    };
    assertEquals(2, onions(lines).services().getFirst().streams().most());
    assertEquals(1, warnings(lines).size());
    assertTrue(warnings(lines).getFirst().contains("only the last value counts"));
  }

  @Test
  void relayThatHosts_isWarnedAbout_unlessItIsNotAnonymousAnyway() throws Exception {
    String[] relay = {
      "HiddenServiceDir /a", "HiddenServicePort 80", "ORPort 9001", "ContactInfo x"
    };
    assertTrue(
        warnings(relay).stream().anyMatch(w -> w.contains("an onion service of a relay")),
        () -> relay[0]);
    assertFalse(
        warnings("HiddenServiceDir /a", "HiddenServicePort 80").stream()
            .anyMatch(w -> w.contains("onion service of a relay")));
    List<String> single =
        warnings(
            Stream.concat(
                    Stream.of(relay),
                    Stream.of(
                        "SocksPort 0",
                        "HiddenServiceSingleHopMode 1",
                        "HiddenServiceNonAnonymousMode 1"))
                .toArray(String[]::new));
    assertFalse(single.stream().anyMatch(w -> w.contains("onion service of a relay")));
    assertTrue(single.stream().anyMatch(w -> w.contains("NON-ANONYMOUS")), single.toString());
  }

  @Test
  void singleHopMode_turnsGuardsOff() throws Exception {
    Config config =
        Torrcs.config(
            "HiddenServiceDir /a",
            "HiddenServicePort 80",
            "SocksPort 0",
            "HiddenServiceSingleHopMode 1",
            "HiddenServiceNonAnonymousMode 1");
    assertTrue(config.onions().singleHop());
    assertFalse(config.client().entryGuards());
  }

  @Test
  void guards_thatGiveAServiceAway_areWarnedAboutOrRefused() throws Exception {
    String dir = "HiddenServiceDir /a";
    String port = "HiddenServicePort 80";
    assertTrue(refusal(dir, port, "EntryNodes a").contains("is one relay"));
    assertTrue(warnings(dir, port, "EntryNodes a,b").getFirst().contains("Pinning entry nodes"));
    assertTrue(warnings(dir, port, "UseEntryGuards 0").getFirst().contains("easy to locate"));
    assertEquals(List.of(), warnings("EntryNodes a"));
  }

  @Test
  void clientOnionAuthDir_isMadeAbsolute() throws Exception {
    assertEquals(
        Optional.of(Path.of("/home/op/keys")), onions("ClientOnionAuthDir ~/keys").clientKeys());
  }

  @Test
  void vanguards_areOfTheOptions() throws Exception {
    OnionOptions options = onions("VanguardsLiteEnabled 0", "FullVanguards 1");
    assertEquals(AutoBool.NO, options.vanguardsLite());
    assertTrue(options.fullVanguards());
    NodeOptions nodes =
        Torrcs.config("HSLayer2Nodes one", "HSLayer2Nodes two", "_HSLayer3Nodes three").nodes();
    assertEquals(Set.of("one", "two"), nodes.onionSecond().nicknames());
    assertEquals(Set.of("three"), nodes.onionThird().nicknames());
  }

  @Test
  void fullVanguards_isNoOptionOfCtor_andDumpedOnlyWhenSet() throws Exception {
    assertFalse(TorrcOptions.names().contains("FullVanguards"));
    assertFalse(Torrcs.config().values().dump(true).contains("FullVanguards"));
    assertTrue(Torrcs.config("FullVanguards 1").values().dump(false).contains("FullVanguards 1\n"));
  }
}
