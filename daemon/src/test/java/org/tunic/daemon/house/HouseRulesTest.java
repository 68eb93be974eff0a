package org.tunic.daemon.house;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tree keeps each rule, and each rule catches what was made to break it. */
class HouseRulesTest {
  private static final String ROOT = "org.tunic";
  private static final String CONTROL = "org.tunic.daemon.house.control";

  private static final JavaClasses TREE =
      new ClassFileImporter()
          .withImportOption(
              location -> !location.contains("/test-classes/") && !location.contains("-tests.jar"))
          .importPackages(ROOT);
  private static final JavaClasses CONTROLS = new ClassFileImporter().importPackages(CONTROL);

  /** By rule, the only classes among the controls that break it. */
  private static final Map<String, Set<String>> CAUGHT =
      Map.ofEntries(
          Map.entry(
              "modules use only those below them",
              Set.of("crypto.UsesRouter", "onion.UsesService", "services.UsesDaemon")),
          Map.entry(
              "Netty is for the rooms of the wire and the wiring", Set.of("directory.UsesNetty")),
          Map.entry("only router.link sees TLS", Set.of("router.stream.UsesTls")),
          Map.entry("only onion-crypto sees Bouncy Castle", Set.of("router.UsesBouncyCastle")),
          Map.entry(
              "only the link, the exit and the listeners open Netty sockets",
              Set.of("router.circuit.OpensNettySocket")),
          Map.entry("no sockets of the JDK", Set.of("directory.OpensJdkSocket")),
          Map.entry(
              "the JVM looks up no name, in neither direction", Set.of("router.path.LooksUpName")),
          Map.entry("wall time comes from an InstantSource", Set.of("directory.ReadsWallClock")),
          Map.entry(
              "monotonic time is handed over by the wiring",
              Set.of("directory.ReadsNanoTime", "daemon.wiring.CallsNanoTime")),
          Map.entry("randomness is handed over", Set.of("directory.DrawsRandom")),
          Map.entry("no sleeping", Set.of("directory.Sleeps")),
          Map.entry("crypto compares bytes in constant time", Set.of("crypto.ComparesBytes")),
          Map.entry("static fields are final", Set.of("directory.HoldsState")),
          Map.entry("nothing hangs on a thread", Set.of("directory.HangsOnThread")),
          Map.entry(
              "a record holds neither bare arrays nor secrets", Set.of("directory.RecordOfBytes")),
          Map.entry("only the daemon talks to the console", Set.of("directory.PrintsToConsole")),
          Map.entry("no Impl, no Abstract", Set.of("directory.StoreImpl")),
          Map.entry(
              "each room has a package-info with @NullMarked", Set.of("services.bare.Unmarked")));

  static Stream<HouseRule> rulesOfTree() {
    return new HouseRules(ROOT).all().stream();
  }

  static Stream<HouseRule> rulesOfControls() {
    return new HouseRules(CONTROL).all().stream();
  }

  @ParameterizedTest
  @MethodSource("rulesOfTree")
  void tree_asBuilt_keepsRule(HouseRule rule) {
    Map<String, List<String>> breaches = rule.breaches(TREE);
    assertTrue(breaches.isEmpty(), () -> report(rule, breaches));
  }

  @ParameterizedTest
  @MethodSource("rulesOfControls")
  void rule_onControls_catchesThoseMadeToBreakIt(HouseRule rule) {
    Set<String> expected =
        Objects.requireNonNull(CAUGHT.get(rule.name()), rule.name()).stream()
            .map(name -> CONTROL + "." + name)
            .collect(toSet());
    assertEquals(
        new TreeSet<>(expected), new TreeSet<>(rule.breaches(CONTROLS).keySet()), rule.name());
  }

  /** A rule that one way of breaking it is enough for would hide the others in one class. */
  @Test
  void rules_onControlWithSeveralBreaches_reportEach() {
    assertEquals(3, breaches("no sockets of the JDK", "directory.OpensJdkSocket"));
    assertEquals(
        3, breaches("the JVM looks up no name, in neither direction", "router.path.LooksUpName"));
    assertEquals(4, breaches("wall time comes from an InstantSource", "directory.ReadsWallClock"));
    assertEquals(2, breaches("no sleeping", "directory.Sleeps"));
  }

  private static int breaches(String rule, String control) {
    return rulesOfControls()
        .filter(candidate -> candidate.name().equals(rule))
        .findFirst()
        .orElseThrow()
        .breaches(CONTROLS)
        .getOrDefault(CONTROL + "." + control, List.of())
        .size();
  }

  /** Rules about nothing would hold. */
  @Test
  void tree_asImported_hasAllModules() {
    for (String module :
        List.of("crypto", "directory", "router", "onion", "ledger", "tracker", "index", "daemon")) {
      long classes =
          TREE.stream()
              .map(JavaClass::getPackageName)
              .filter(name -> name.startsWith(ROOT + "." + module))
              .count();
      assertTrue(classes >= 10, module + " has only " + classes + " classes");
    }
  }

  private static String report(HouseRule rule, Map<String, List<String>> breaches) {
    StringBuilder text = new StringBuilder(rule.name()).append(", but:");
    breaches.values().forEach(list -> list.forEach(b -> text.append("\n  ").append(b)));
    return text.toString();
  }
}
