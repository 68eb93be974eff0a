package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The guards of a C tor client outlive a change to each subject and the way back: the same relays,
 * in the same places, in use. What the state file says is read here by its text alone.
 *
 * <p>Threads: that of the test.
 */
@OverSharedNetworks
class CTorGuardStateIT {
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(2);
  private static final int PAGE_LIMIT_SECONDS = 60;

  /** What a successor may not change of a guard. */
  private static final List<String> LASTING =
      List.of("in", "rsa_id", "nickname", "sampled_on", "sampled_idx", "sampled_by", "bridge_addr");

  private static final List<String> CONFIRMED = List.of("confirmed_on", "confirmed_idx");

  private static final Pattern ESTABLISHED =
      Pattern.compile("^ *\\d+: \\S+ \\S+:([0-9A-F]{4}) 01 (?:\\S+ +){5}(\\d+) ");

  private static final Pattern OF_THE_STATE =
      Pattern.compile("guard|state|sampled|confirmed|nickname|bug|parse", Pattern.CASE_INSENSITIVE);

  /** The pairs of each {@code Guard} line, in the order of the file. */
  private static List<Map<String, String>> guards(TorNode client) throws IOException {
    List<Map<String, String>> guards = new ArrayList<>();
    for (String line : Files.readAllLines(state(client), ISO_8859_1)) {
      if (line.startsWith("Guard ")) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : line.substring("Guard ".length()).split(" ", -1)) {
          int equals = pair.indexOf('=');
          pairs.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        guards.add(pairs);
      }
    }
    return guards;
  }

  private static Path state(TorNode client) {
    return client.dataDirectory().resolve("state");
  }

  private static Set<String> keywords(TorNode client) throws IOException {
    Set<String> keywords = new TreeSet<>();
    for (String line : Files.readAllLines(state(client), ISO_8859_1)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        keywords.add(line.split(" ", 2)[0]);
      }
    }
    return keywords;
  }

  @ParameterizedTest
  @EnumSource(Subject.class)
  void guards_ofCTorTakenOverAndGivenBack_areTheSameAndInUse(Subject heir, SharedNetworks networks)
      throws IOException {
    Interop.require(heir);
    TorNetwork network = networks.of(Subject.CTOR);
    String suffix = heir.label();

    TorNode first = network.startClient("guards-before-" + suffix, Subject.CTOR);
    useCTor(first, networks);
    // A line that only a later version would understand, and one of another selection.
    List<String> extra =
        List.of(
            "FutureEntry one two",
            "Guard in=bridges rsa_id=0123456789ABCDEF0123456789ABCDEF01234567"
                + " bridge_addr=127.0.0.1:9 sampled_on="
                + guards(first).getFirst().get("sampled_on")
                + " sampled_idx=0 listed=1");
    List<String> lines = new ArrayList<>(Files.readAllLines(state(first), ISO_8859_1));
    lines.addAll(extra);
    Files.write(state(first), lines, ISO_8859_1);
    List<Map<String, String>> before = guards(first);

    TorNode second = network.startHeir("guards-heir-" + suffix, heir, first);
    Set<Integer> connected;
    try {
      use(second, networks);
      connected = relaysOf(second, network);
    } finally {
      second.stop();
    }
    Set<Integer> ports = new TreeSet<>();
    primary(before).forEach(guard -> ports.add(relay(network, guard).ports().or()));
    assertFalse(connected.isEmpty(), "connected to a guard");
    assertTrue(ports.containsAll(connected), connected + " are more than " + ports);
    assertSameGuards(before, guards(second));
    assertEquals(
        PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(state(second)));
    assertTrue(
        keywords(second).containsAll(keywords(first)),
        keywords(first) + " became " + keywords(second));
    if (heir == Subject.OURS) {
      assertPathBiasKept(before, guards(second));
    }

    TorNode third = network.startHeir("guards-after-" + suffix, Subject.CTOR, second);
    assertFirstHops(primary(guards(second)), useCTor(third, networks));
    assertSameGuards(guards(second), guards(third));
    assertTrue(keywords(third).containsAll(keywords(second)));
    assertNoComplaint(third);
  }

  private static void use(TorNode client, SharedNetworks networks) throws IOException {
    client.awaitBootstrapped(BOOTSTRAP_LIMIT);
    Curl.Answer page = Curl.fetch(client, networks.web().pageUrl(), PAGE_LIMIT_SECONDS);
    assertEquals(0, page.status(), page.error());
  }

  /** Uses and ends a C tor client; returns the relays of its circuits. */
  private static List<List<String>> useCTor(TorNode client, SharedNetworks networks)
      throws IOException {
    try {
      use(client, networks);
      try (ControlPort control = new ControlPort(client)) {
        return control.paths();
      }
    } finally {
      client.stop();
    }
  }

  /** The primary guards: those confirmed before others, and then in the order of the sample. */
  private static List<String> primary(List<Map<String, String>> guards) {
    return guards.stream()
        .filter(pairs -> pairs.get("in").equals("default"))
        .sorted(
            Comparator.comparing((Map<String, String> pairs) -> !pairs.containsKey("confirmed_idx"))
                .thenComparingInt(CTorGuardStateIT::sampled))
        .limit(3)
        .sorted(Comparator.comparingInt(CTorGuardStateIT::sampled))
        .map(pairs -> pairs.get("rsa_id"))
        .toList();
  }

  private static int sampled(Map<String, String> pairs) {
    return Integer.parseInt(pairs.get("sampled_idx"));
  }

  /** Each circuit begins at the first guard that is not its end. */
  private static void assertFirstHops(List<String> guards, List<List<String>> paths) {
    assertFalse(paths.isEmpty(), "no circuits");
    for (List<String> path : paths) {
      assertEquals(
          guards.stream().filter(guard -> !guard.equals(path.getLast())).findFirst().orElseThrow(),
          path.getFirst(),
          () -> "of " + path + " with guards " + guards);
    }
  }

  private static TorNode relay(TorNetwork network, String fingerprint) {
    return network.nodes().stream()
        .filter(node -> node.fingerprint().equals(fingerprint))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Every guard there was is there, in its place; more of them may be confirmed, behind those that
   * were.
   */
  private static void assertSameGuards(
      List<Map<String, String>> before, List<Map<String, String>> after) {
    assertEquals(bySelection(before, LASTING), bySelection(after, LASTING));
    Map<String, Map<String, String>> byIdentity = new LinkedHashMap<>();
    after.forEach(pairs -> byIdentity.put(pairs.get("rsa_id"), pairs));
    for (Map<String, String> pairs : before) {
      if (pairs.containsKey("confirmed_idx")) {
        assertEquals(only(pairs, CONFIRMED), only(byIdentity.get(pairs.get("rsa_id")), CONFIRMED));
      }
    }
  }

  /** Selections may change places in the file, guards within one not. */
  private static Map<String, List<Map<String, String>>> bySelection(
      List<Map<String, String>> guards, List<String> keys) {
    Map<String, List<Map<String, String>>> selections = new LinkedHashMap<>();
    for (Map<String, String> pairs : guards) {
      selections.computeIfAbsent(pairs.get("in"), _ -> new ArrayList<>()).add(only(pairs, keys));
    }
    return selections;
  }

  private static Map<String, String> only(Map<String, String> pairs, List<String> keys) {
    Map<String, String> result = new LinkedHashMap<>();
    keys.stream().filter(pairs::containsKey).forEach(key -> result.put(key, pairs.get(key)));
    return result;
  }

  private static void assertPathBiasKept(
      List<Map<String, String>> before, List<Map<String, String>> after) {
    Set<String> counters = new TreeSet<>();
    before.forEach(
        pairs -> pairs.keySet().stream().filter(k -> k.startsWith("pb_")).forEach(counters::add));
    assertFalse(counters.isEmpty(), "C tor counts circuits of its guards");
    List<String> keys = new ArrayList<>(counters);
    keys.addFirst("rsa_id");
    assertEquals(bySelection(before, keys), bySelection(after, keys));
  }

  private static void assertNoComplaint(TorNode client) {
    List<String> complaints =
        client
            .log("info")
            .lines()
            .filter(line -> line.contains("[warn]") || line.contains("[err]"))
            .filter(line -> OF_THE_STATE.matcher(line).find())
            .toList();
    assertEquals(List.of(), complaints);
    assertFalse(Files.exists(client.dataDirectory().resolve("state.0")), "the state was set aside");
    assertTrue(
        client.log("info").toLowerCase(Locale.ROOT).contains("loaded state from"),
        "C tor took the state");
  }

  /** The OR ports of the network that the process of a node is connected to. */
  private static Set<Integer> relaysOf(TorNode node, TorNetwork network) throws IOException {
    Path process = Path.of("/proc", Long.toString(node.pid()));
    Set<String> sockets = new HashSet<>();
    try (Stream<Path> open = Files.list(process.resolve("fd"))) {
      for (Path file : open.toList()) {
        try {
          sockets.add(Files.readSymbolicLink(file).toString());
        } catch (NoSuchFileException closedMeanwhile) {
          continue;
        }
      }
    }
    Set<Integer> ports = new TreeSet<>();
    for (String table : List.of("net/tcp", "net/tcp6")) {
      for (String line : Files.readAllLines(process.resolve(table), ISO_8859_1)) {
        Matcher entry = ESTABLISHED.matcher(line);
        if (entry.find() && sockets.contains("socket:[" + entry.group(2) + "]")) {
          ports.add(Integer.parseInt(entry.group(1), 16));
        }
      }
    }
    ports.retainAll(network.nodes().stream().map(relay -> relay.ports().or()).toList());
    return ports;
  }
}
