package org.tunic.daemon.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.crypto.hs.HsSchedule;

/**
 * The stage {@code onion} of {@code ./verify --soak}: services and visitors of each subject in
 * networks of each kind; then, in the mixed one, a request a second through a change of the time
 * period and of the shared random value, and through rounds without a majority of authorities.
 *
 * <p>C tor with C tor goes first, or beside the others. Threads: that of the test, and one for each
 * request.
 */
class CTorOnionSoak {
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(2);
  private static final Duration VISIT_LIMIT = Duration.ofMinutes(2);
  private static final int PAGE_SECONDS = 30;
  private static final int FILE_SECONDS = 300;

  /** A period has 24 of them: four minutes. */
  private static final Duration ROUND = Duration.ofSeconds(10);

  private static final Duration BETWEEN_REQUESTS = Duration.ofSeconds(1);
  private static final int ROUNDS_WITHOUT_MAJORITY = 3;

  /** How long a service may seem gone for one visitor. */
  private static final Duration MAX_GAP = Duration.ofSeconds(15);

  private static final int MIDDLES = 6;

  /** All relays but the authorities: guards, and directories of onion services. */
  private static final String CARRIERS = "exit0,mid0,mid1,mid2,mid3,mid4,mid5";

  private static final Pattern VALID_AFTER = Pattern.compile("(?m)^valid-after (.*)$");

  enum Kind {
    CTOR(Subject.CTOR, Subject.CTOR),
    OURS(Subject.OURS, Subject.OURS),
    MIXED(Subject.CTOR, Subject.OURS);

    private final Subject first;
    private final Subject second;

    Kind(Subject first, Subject second) {
      this.first = first;
      this.second = second;
    }

    /** Whoever counts from 0 finds both kinds in turn, two authorities of the first. */
    Subject of(int number) {
      return number % 2 == 0 ? first : second;
    }
  }

  /** A network with a host and a visitor of each subject. */
  private static final class World implements AutoCloseable {
    final WebServer web = new WebServer();
    final TorNetwork network;
    final Map<Subject, TorNode> hosts = new EnumMap<>(Subject.class);
    final Map<Subject, TorNode> visitors = new EnumMap<>(Subject.class);

    World(Kind kind) throws IOException {
      for (Subject subject : Subject.values()) {
        Interop.require(subject);
      }
      TorNetwork.Builder builder =
          TorNetwork.in(Interop.directory("onion-soak-" + kind.name().toLowerCase(Locale.ROOT)))
              .logLevel("none")
              .votingInterval(Math.toIntExact(ROUND.toSeconds()))
              .guards(CARRIERS)
              .hsDirs(CARRIERS)
              .authorityLine("TestingDirAuthVoteHSDirIsStrict 1")
              .stable();
      for (int i = 0; i < 3; i++) {
        builder.node("auth" + i, Role.AUTHORITY, kind.of(i));
      }
      builder.node("exit0", Role.EXIT, kind.of(1));
      for (int i = 0; i < MIDDLES; i++) {
        builder.node("mid" + i, Role.MIDDLE, kind.of(i));
      }
      network = builder.start();
      for (Subject subject : Subject.values()) {
        hosts.put(
            subject,
            network.startClient(
                "host" + subject.label(), subject, node -> OnionHost.lines(node, web)));
        visitors.put(subject, network.startClient("visitor" + subject.label(), subject));
      }
      for (Subject subject : Subject.values()) {
        hosts.get(subject).awaitBootstrapped(BOOTSTRAP_LIMIT);
        visitors.get(subject).awaitBootstrapped(BOOTSTRAP_LIMIT);
      }
    }

    String onion(Subject service) {
      return OnionHost.address(hosts.get(service));
    }

    Curl.Answer fetch(Subject visitor, String user, String url, int seconds) {
      return OnionHost.fetch(visitors.get(visitor), user, url, seconds);
    }

    void matrix(String kind) throws IOException {
      for (Subject service : Subject.values()) {
        String url = "http://" + onion(service);
        for (Subject visitor : Subject.values()) {
          OnionHost.awaitPage(
              visitors.get(visitor), hosts.get(service), web, VISIT_LIMIT, PAGE_SECONDS);
          Curl.Answer file = fetch(visitor, "", url + "/file", FILE_SECONDS);
          assertEquals(0, file.status(), file.error());
          assertEquals(web.fileSha256(), file.sha256());
          System.out.printf(
              "%s network: %s visits %s: 64 MiB in %.1f s%n",
              kind, visitor, service, file.seconds());
        }
      }
    }

    @Override
    public void close() throws IOException {
      network.close();
      web.close();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"CTOR", "OURS"})
  void everyVisitor_loadsFromEveryService_inAPureNetwork(Kind kind) throws IOException {
    try (World world = new World(kind)) {
      world.matrix(kind.name());
    }
  }

  /** A visitor who asks a service once a second, each time on a circuit of its own. */
  private static final class Asker {
    private record Answer(long atNanos, boolean good) {}

    private final World world;
    private final Subject visitor;
    private final Subject service;
    private final String url;
    private final List<Answer> answers = new CopyOnWriteArrayList<>();
    private final List<Thread> requests = new ArrayList<>();

    Asker(World world, Subject visitor, Subject service) throws IOException {
      this.world = world;
      this.visitor = visitor;
      this.service = service;
      this.url = "http://" + world.onion(service) + "/page";
    }

    void ask() {
      String user = visitor + "to" + service + requests.size();
      requests.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    Curl.Answer answer = world.fetch(visitor, user, url, PAGE_SECONDS);
                    boolean good = world.web.pageSha256().equals(answer.sha256());
                    answers.add(new Answer(System.nanoTime(), good));
                  }));
    }

    /** Waits for the last answers. */
    void finish() throws InterruptedException {
      for (Thread request : requests) {
        request.join();
      }
    }

    /** The longest time within the given one in which no page came. */
    Duration gap(String phase, long fromNanos, long toNanos) {
      long longest = 0;
      long last = fromNanos;
      int all = 0;
      List<String> failed = new ArrayList<>();
      for (Answer answer : answers) {
        if (answer.atNanos() < fromNanos || answer.atNanos() > toNanos) {
          continue;
        }
        all++;
        if (answer.good()) {
          longest = Math.max(longest, answer.atNanos() - last);
          last = answer.atNanos();
        } else {
          failed.add("%.0f s".formatted((answer.atNanos() - fromNanos) / 1e9));
        }
      }
      Duration gap = Duration.ofNanos(Math.max(longest, toNanos - last));
      System.out.printf(
          "%s: %s asks %s: %d requests, %d failed, longest time without a page %.1f s %s%n",
          phase, visitor, service, all, failed.size(), gap.toMillis() / 1e3, failed);
      return gap;
    }
  }

  @Test
  void requests_throughAChangeOfPeriodAndALostMajority_areAnswered() throws Exception {
    try (World world = new World(Kind.MIXED)) {
      world.matrix(Kind.MIXED.name());
      List<Asker> askers = new ArrayList<>();
      for (Subject service : Subject.values()) {
        for (Subject visitor : Subject.values()) {
          askers.add(new Asker(world, visitor, service));
        }
      }
      keepToThePath(world.network);
      long startNanos = System.nanoTime();
      AtomicBoolean over = new AtomicBoolean();
      Thread clock =
          Thread.ofVirtual()
              .start(
                  () -> {
                    while (!over.get()) {
                      askers.forEach(Asker::ask);
                      Await.pause(BETWEEN_REQUESTS.toMillis());
                    }
                  });
      crossPeriodAndRun(world.network);
      awaitRounds(world.network, 2);
      final long crossedNanos = System.nanoTime();
      loseMajority(world.network);
      final long endNanos = System.nanoTime();
      over.set(true);
      clock.join();
      for (Asker asker : askers) {
        asker.finish();
      }
      List<String> gaps = new ArrayList<>();
      for (Asker asker : askers) {
        check("period", asker.gap("period", startNanos, crossedNanos), MAX_GAP, asker, gaps);
      }
      Duration ofCTor = Duration.ZERO;
      for (Asker asker : askers) {
        // C tor's visitor may lose even C tor's service; ours must not.
        Duration gap = asker.gap("no majority", crossedNanos, endNanos);
        boolean ours = asker.visitor == Subject.OURS;
        check("no majority", gap, ours ? MAX_GAP : ofCTor.plus(MAX_GAP), asker, gaps);
        if (!ours && asker.service == Subject.CTOR) {
          ofCTor = gap;
        }
      }
      assertEquals(List.of(), gaps);
    }
  }

  private static void check(
      String phase, Duration gap, Duration limit, Asker asker, List<String> gaps) {
    boolean proof = asker.visitor == Subject.CTOR && asker.service == Subject.CTOR;
    if (gap.compareTo(limit) > 0 && !proof) {
      gaps.add(phase + ": " + asker.visitor + " asks " + asker.service + ": " + gap);
    }
  }

  /** The authorities carry no traffic, so that nothing but their votes is missed. */
  private static void keepToThePath(TorNetwork network) throws IOException {
    Path file = network.bandwidthFile();
    StringBuilder lines = new StringBuilder();
    for (String line : Files.readAllLines(file)) {
      boolean authority = line.contains(" nick=auth");
      lines.append(authority ? line.replace("bw=10000", "bw=1") : line).append('\n');
    }
    Files.writeString(file, lines);
    awaitRounds(network, 2);
  }

  private static void crossPeriodAndRun(TorNetwork network) {
    Instant from = validAfter(network);
    HsSchedule schedule = HsSchedule.ofTestingNetwork(ROUND);
    Await.until(
        "a change of the period and one of the shared random value",
        ROUND.multipliedBy(2 * 24),
        () -> {
          Await.pause(500);
          Instant now = validAfter(network);
          return !schedule.periodAt(now).equals(schedule.periodAt(from))
              && !schedule.runStart(now).equals(schedule.runStart(from))
              && network.consensus().contains("shared-rand-current-value");
        },
        () -> "valid-after " + validAfter(network) + ", from " + from);
    System.out.printf(
        "valid-after %s to %s: period %d to %d, run of %s to run of %s%n",
        from,
        validAfter(network),
        schedule.periodAt(from).number(),
        schedule.periodAt(validAfter(network)).number(),
        schedule.runStart(from),
        schedule.runStart(validAfter(network)));
  }

  private static void loseMajority(TorNetwork network) throws IOException {
    List<TorNode> killed = List.of(network.node("auth1"), network.node("auth2"));
    killed.forEach(authority -> authority.process().destroyForcibly());
    Await.pause(ROUND.toMillis()); // a consensus that was made already may be served still
    Instant last = validAfter(network);
    Await.pause(ROUND.multipliedBy(ROUNDS_WITHOUT_MAJORITY).toMillis());
    assertEquals(last, validAfter(network), "a consensus without a majority");
    for (TorNode authority : killed) {
      authority.stop();
      network.startAgain(authority);
    }
    awaitRounds(network, 1);
    assertTrue(validAfter(network).isAfter(last));
  }

  private static void awaitRounds(TorNetwork network, int rounds) {
    Instant from = validAfter(network);
    Await.until(
        "further consensuses",
        ROUND.multipliedBy(rounds + 12L),
        () -> {
          Await.pause(500);
          return !validAfter(network).isBefore(from.plus(ROUND.multipliedBy(rounds)));
        },
        () -> network.node("auth0").logTail());
  }

  /** Of what auth0 serves, which is never killed; the beginning of time if nothing. */
  private static Instant validAfter(TorNetwork network) {
    Matcher found = VALID_AFTER.matcher(network.consensus());
    return found.find() ? Instant.parse(found.group(1).replace(' ', 'T') + "Z") : Instant.EPOCH;
  }
}
