package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Three authorities vote, C tor's and ours in each mixture: in each of six rounds all hold the same
 * consensus in both flavours with the signatures of all three, and C tor logs nothing that it would
 * not log among its own. Then one is killed and the others go on.
 *
 * <p>The mixtures are networks beside each other, since a network that votes is idle most of the
 * time. A round is {@value #INTERVAL_SECONDS} s: with 10 s authorities have one second to send
 * their votes, which C tor's among themselves miss now and then on a busy machine; with 15 they
 * have two.
 *
 * <p>{@code VOTING_ROUNDS} asks for more rounds, of 10 s; from 24 on a whole run of the
 * shared-random protocol is waited for, and each authority is killed in turn. Threads: that of the
 * test, and one for each mixture.
 */
@VotesInTime
class VotingBesideCTorIT {
  private static final int DEFAULT_ROUNDS = 6;
  private static final int INTERVAL_SECONDS = 15;
  private static final int SOAK_INTERVAL_SECONDS = 10;

  /** Rounds of the commit phase and of the reveal phase together: srv-spec. */
  private static final int SHARED_RANDOM_ROUNDS = 24;

  private static final int AUTHORITIES = 3;
  private static final int ROUNDS_AFTER_A_DEATH = 2;
  private static final Pattern VALID_AFTER = Pattern.compile("(?m)^valid-after (.*)$");
  private static final Pattern SIGNATURE =
      Pattern.compile("(?m)^directory-signature (?:sha256 )?([0-9A-F]{40}) ");
  private static final Pattern SOURCE = Pattern.compile("(?m)^dir-source (\\S+) ");
  private static final Pattern CURRENT_VALUE =
      Pattern.compile("(?m)^shared-rand-current-value (\\d+) (\\S+)$");
  private static final List<String> FLAVOURS = List.of("consensus", "consensus-microdesc");

  /**
   * Lines, with numbers and names taken out, that depend on the moment at which a process starts or
   * stops and that C tor logs among its own as well.
   */
  private static final List<String> OF_THE_MOMENT =
      List.of(
          "Received http status code N (\"Not found\")",
          "Bootstrapped N",
          "Catching signal",
          "Heartbeat",
          "No circuits are opened",
          "Tried for N seconds to get a connection",
          "Guard NAME is failing",
          "Your Guard NAME",
          "Failed to choose an exit server",
          "Could not find a node that matches the configured _HSLayerN",
          "Client asked me to extend back to the previous hop",
          "connection_edge_process_relay_cell (away from origin) failed",
          "Circuit build measurement period",
          "The current consensus",
          "I learned some more directory information",
          "We now have enough directory information",
          "Not attempting connection to",
          "Nobody has voted on the Running flag",
          "We just marked ourself as down",
          "Our IP Address has changed",
          "Performing bandwidth self-test",
          "No available nodes when trying to choose node",
          "Failed to find node for hop #N of our path",
          "died due to an invalid selected path");

  enum Mix {
    CTOR_ALONE(Subject.CTOR, Subject.CTOR, Subject.CTOR),
    TWO_CTOR_ONE_OURS(Subject.CTOR, Subject.CTOR, Subject.OURS),
    ONE_CTOR_TWO_OURS(Subject.CTOR, Subject.OURS, Subject.OURS);

    private final List<Subject> authorities;

    Mix(Subject... authorities) {
      this.authorities = List.of(authorities);
    }
  }

  private static int rounds() {
    String rounds = System.getenv("VOTING_ROUNDS");
    return rounds == null ? DEFAULT_ROUNDS : Integer.parseInt(rounds);
  }

  private static int intervalSeconds() {
    return rounds() >= SHARED_RANDOM_ROUNDS ? SOAK_INTERVAL_SECONDS : INTERVAL_SECONDS;
  }

  @Test
  void authorities_ofBothKinds_agreeInEveryRoundAndOutliveOneOfThem() throws Exception {
    for (Mix mix : Mix.values()) {
      mix.authorities.forEach(Interop::require);
    }
    Map<Mix, Set<String>> logged = new EnumMap<>(Mix.class);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Map<Mix, Future<Set<String>>> networks = new EnumMap<>(Mix.class);
      for (Mix mix : Mix.values()) {
        networks.put(mix, threads.submit(() -> voteAndOutlive(mix)));
      }
      for (Map.Entry<Mix, Future<Set<String>>> network : networks.entrySet()) {
        try {
          logged.put(network.getKey(), network.getValue().get());
        } catch (ExecutionException e) {
          throw new AssertionError(network.getKey() + ": " + e.getCause(), e.getCause());
        }
      }
    }
    logged.forEach(
        (mix, kinds) -> {
          kinds.removeIf(line -> OF_THE_MOMENT.stream().anyMatch(line::contains));
          if (mix != Mix.CTOR_ALONE) {
            kinds.removeAll(logged.get(Mix.CTOR_ALONE));
            assertEquals(Set.of(), kinds, mix + ": lines that C tor does not log among its own");
          }
        });
  }

  /**
   * What the C tor authorities of a network logged, by kind, while all of its authorities were
   * there.
   */
  private static Set<String> voteAndOutlive(Mix mix) throws IOException {
    TorNetwork.Builder builder =
        TorNetwork.in(Interop.directory("voting-" + mix.name().toLowerCase(Locale.ROOT)));
    for (int i = 0; i < AUTHORITIES; i++) {
      builder.node("auth" + i, Role.AUTHORITY, mix.authorities.get(i));
    }
    builder
        .node("exit0", Role.EXIT, Subject.CTOR)
        .node("mid0", Role.MIDDLE, mix.authorities.getLast())
        .votingInterval(intervalSeconds())
        .authorityLine("ConsensusParams circwindow=900 cc_alg=2");
    try (TorNetwork network = builder.start()) {
      List<TorNode> authorities = network.nodes().subList(0, AUTHORITIES);
      new Rounds(authorities).awaitSignedByAll(); // the first one may have come too early for some
      Logs logs = new Logs(authorities);
      Rounds rounds = new Rounds(authorities);
      int wanted = rounds();
      rounds.awaitMore(wanted);
      rounds.assertAgreed(AUTHORITIES);
      rounds.assertEachLists(network.nodes());
      if (wanted >= SHARED_RANDOM_ROUNDS) {
        rounds.awaitSharedRandomValue(AUTHORITIES);
      }
      final Set<String> logged = logs.kinds();
      for (int victim = AUTHORITIES - 1; victim >= 0; victim--) {
        TorNode node = authorities.get(victim);
        node.process().destroyForcibly();
        node.stop();
        List<TorNode> left = new ArrayList<>(authorities);
        left.remove(node);
        Rounds without = new Rounds(left);
        without.awaitMore(ROUNDS_AFTER_A_DEATH);
        without.assertAgreed(AUTHORITIES - 1);
        if (wanted < SHARED_RANDOM_ROUNDS) {
          break; // each in turn takes minutes
        }
        network.startAgain(node);
        new Rounds(authorities).awaitSignedByAll();
      }
      return logged;
    }
  }

  // ---- consensuses

  /** What each authority served in each round, from the first that begins after this was made. */
  private static final class Rounds {
    private final List<TorNode> authorities;

    /** Flavour, valid-after, authority: the document. */
    private final Map<String, TreeMap<String, Map<String, String>>> served = new HashMap<>();

    private final Set<String> before = new HashSet<>();

    Rounds(List<TorNode> authorities) {
      this.authorities = authorities;
      FLAVOURS.forEach(flavour -> served.put(flavour, new TreeMap<>()));
      poll();
      FLAVOURS.forEach(flavour -> before.addAll(served.get(flavour).keySet()));
      FLAVOURS.forEach(flavour -> served.get(flavour).clear());
    }

    private void poll() {
      for (TorNode authority : authorities) {
        for (String flavour : FLAVOURS) {
          String document = fetch(authority, "/tor/status-vote/current/" + flavour);
          Matcher validAfter = VALID_AFTER.matcher(document);
          if (validAfter.find() && !before.contains(validAfter.group(1))) {
            served
                .get(flavour)
                .computeIfAbsent(validAfter.group(1), time -> new TreeMap<>())
                .put(authority.name(), document);
          }
        }
      }
    }

    /** Rounds of which each authority has served both flavours. */
    private Set<String> complete() {
      Set<String> rounds = new TreeSet<>(served.get(FLAVOURS.getFirst()).keySet());
      for (String flavour : FLAVOURS) {
        rounds.removeIf(
            time -> served.get(flavour).getOrDefault(time, Map.of()).size() < authorities.size());
      }
      return rounds;
    }

    void awaitMore(int rounds) {
      Await.until(
          rounds + " rounds",
          Duration.ofSeconds((rounds + 4L) * intervalSeconds()),
          () -> {
            poll();
            Await.pause(500);
            return complete().size() >= rounds;
          },
          () -> "complete: " + complete() + "\n" + tails());
    }

    /** Waits for a round signed by every authority, as after one has come back. */
    void awaitSignedByAll() {
      Await.until(
          "a round signed by all",
          Duration.ofSeconds(12L * intervalSeconds()),
          () -> {
            poll();
            Await.pause(500);
            return complete().stream()
                .anyMatch(time -> disagreement(time, authorities.size()).isEmpty());
          },
          this::tails);
    }

    /** A run of the protocol that began with all three has to end with a value from all. */
    void awaitSharedRandomValue(int reveals) {
      Await.until(
          "a shared random value of " + reveals + " reveals",
          Duration.ofSeconds((2L * SHARED_RANDOM_ROUNDS + 6) * intervalSeconds()),
          () -> {
            poll();
            Await.pause(500);
            Set<String> complete = complete();
            return !complete.isEmpty()
                && currentValue(((TreeSet<String>) complete).last()).equals("" + reveals);
          },
          this::tails);
      assertAgreed(reveals);
    }

    private String currentValue(String round) {
      Set<String> values = new HashSet<>();
      Set<String> reveals = new HashSet<>();
      for (String flavour : FLAVOURS) {
        for (String document : served.get(flavour).get(round).values()) {
          Matcher value = CURRENT_VALUE.matcher(document);
          boolean found = value.find();
          reveals.add(found ? value.group(1) : "none");
          values.add(found ? value.group(2) : "none");
        }
      }
      assertEquals(1, values.size(), "shared random values of one round: " + values);
      return reveals.iterator().next();
    }

    /** No round may be missing in which the authorities said different things. */
    void assertAgreed(int signatures) {
      for (String time : complete()) {
        assertEquals("", disagreement(time, signatures), () -> time + "\n" + tails());
      }
    }

    private String disagreement(String time, int signatures) {
      for (String flavour : FLAVOURS) {
        Set<String> signedParts = new HashSet<>();
        for (Map.Entry<String, String> entry : served.get(flavour).get(time).entrySet()) {
          String document = entry.getValue();
          signedParts.add(document.substring(0, document.indexOf("\ndirectory-signature ")));
          Set<String> signers = all(SIGNATURE, document);
          if (signers.size() != signatures) {
            return "%s of %s: %d signatures".formatted(flavour, entry.getKey(), signers.size());
          }
          if (all(SOURCE, document).size() < signatures) {
            return "%s of %s: lacks votes".formatted(flavour, entry.getKey());
          }
        }
        if (signedParts.size() != 1) {
          return flavour + ": " + signedParts.size() + " different documents";
        }
      }
      return "";
    }

    void assertEachLists(List<TorNode> nodes) {
      String document =
          served
              .get("consensus")
              .get(((TreeSet<String>) complete()).last())
              .values()
              .iterator()
              .next();
      for (TorNode node : nodes) {
        assertTrue(document.contains("\nr " + node.name() + " "), node.name() + " is not listed");
      }
    }

    private String tails() {
      StringBuilder text = new StringBuilder();
      authorities.forEach(authority -> text.append(authority.logTail()).append('\n'));
      return text.toString();
    }
  }

  private static Set<String> all(Pattern pattern, String document) {
    Set<String> found = new HashSet<>();
    Matcher matcher = pattern.matcher(document);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }

  private static String fetch(TorNode authority, String path) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + authority.ports().dir() + path)
                  .toURL()
                  .openConnection();
      connection.setConnectTimeout(2000);
      connection.setReadTimeout(5000);
      try (InputStream in = connection.getInputStream()) {
        return new String(in.readAllBytes(), ISO_8859_1);
      }
    } catch (IOException notNow) {
      return "";
    }
  }

  // ---- logs of C tor

  /** What C tor authorities log from the moment at which this is made. */
  private static final class Logs {
    private final Map<TorNode, Long> seen = new HashMap<>();

    Logs(List<TorNode> authorities) throws IOException {
      for (TorNode authority : authorities) {
        if (authority.subject() == Subject.CTOR) {
          try (Stream<String> lines = lines(authority)) {
            seen.put(authority, lines.count());
          }
        }
      }
    }

    private static Stream<String> lines(TorNode node) throws IOException {
      return Files.lines(node.torrc().resolveSibling("notice.log"), ISO_8859_1);
    }

    /** The kinds of lines of notice and above, each once. */
    Set<String> kinds() throws IOException {
      Set<String> kinds = new TreeSet<>();
      for (Map.Entry<TorNode, Long> entry : seen.entrySet()) {
        try (Stream<String> lines = lines(entry.getKey())) {
          lines.skip(entry.getValue()).map(Logs::kind).forEach(kinds::add);
        }
      }
      return kinds;
    }

    /** The line without its time, and without names and numbers. */
    private static String kind(String line) {
      return line.substring(Math.min(line.length(), 20))
          .replaceAll("/\\S*/", "DIR/")
          .replaceAll("\\$?[0-9A-Fa-f]{40}", "HEX")
          .replaceAll("\\b(auth|mid|exit)\\d", "NAME")
          .replaceAll("[0-9]+", "N");
    }
  }
}
