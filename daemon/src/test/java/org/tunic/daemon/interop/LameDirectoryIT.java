package org.tunic.daemon.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.daemon.wiring.LyingDirectory;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirRequest;

/**
 * Clients of each subject in a network of C tor whose first authority is dead, or tells lies over
 * links that prove its keys; and clients that come back with a consensus that has expired. The
 * kinds of lies, and what each would do if it were believed, are {@code HostileServersTest}'s.
 *
 * <p>The clients are told to ask that authority before others, as a fallback directory.
 *
 * <p>Threads: that of the test.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LameDirectoryIT {
  private static final Duration LIMIT = Duration.ofSeconds(150); // C tor asks a liar again
  private static final int PAGE_LIMIT_SECONDS = 60;
  private static final int CLIENTS = 12; // until one asks the liar
  private static final Duration KEPT_OUT = Duration.ofSeconds(10);
  private static final Pattern VALID_AFTER = Pattern.compile("(?m)^valid-after (\\S+) (\\S+)$");
  private static final Pattern VALID_UNTIL = Pattern.compile("(?m)^valid-until (\\S+) (\\S+)$");

  private final Map<Subject, TorNode> before = new EnumMap<>(Subject.class);
  private final AtomicInteger asked = new AtomicInteger();
  private @Nullable TorNetwork started;
  private @Nullable WebServer server;

  @BeforeAll
  void start() throws IOException {
    Interop.require(Subject.CTOR);
    Interop.require(Subject.OURS);
    server = new WebServer();
    started =
        TorNetwork.in(Interop.directory("lame-directory"))
            .stable()
            .authorities(3, Subject.CTOR)
            .node("exit0", Role.EXIT, Subject.CTOR)
            .node("mid0", Role.MIDDLE, Subject.CTOR)
            .node("mid1", Role.MIDDLE, Subject.CTOR)
            .votingInterval(10)
            .start();
    for (Subject subject : Subject.values()) {
      TorNode client = network().startClient("early-" + subject.label(), subject);
      use(client);
      client.stop();
      before.put(subject, client);
    }
    network().node("auth0").process().destroyForcibly();
    network().node("auth0").stop();
  }

  @AfterAll
  void stop() throws IOException {
    if (started != null) {
      started.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private TorNetwork network() {
    return Objects.requireNonNull(started);
  }

  @ParameterizedTest
  @EnumSource(Subject.class)
  @Order(1)
  void client_withDeadAuthority_works(Subject subject) throws IOException {
    TorNode client = network().startClient("orphan-" + subject.label(), subject, _ -> lines());
    try {
      use(client);
    } finally {
      client.stop();
    }
  }

  @ParameterizedTest
  @EnumSource(Subject.class)
  @Order(2)
  void client_withLyingAuthority_worksAndAskedIt(Subject subject) throws Exception {
    try (LyingDirectory _ = liar()) {
      int told = asked.get();
      for (int i = 0; i < CLIENTS && asked.get() == told; i++) {
        TorNode client =
            network().startClient("lied-to-" + i + subject.label(), subject, _ -> lines());
        try {
          use(client);
        } finally {
          client.stop();
        }
      }
      assertTrue(asked.get() > told, "nobody asked the liar");
    }
  }

  /** The same lies, when nobody else is there to ask. */
  @ParameterizedTest
  @EnumSource(Subject.class)
  @Order(3)
  void control_clientOfTheLiarAlone_isKeptOut(Subject subject) throws Exception {
    try (LyingDirectory _ = liar()) {
      int told = asked.get();
      TorNode client = network().startClientOf("auth0", "misled-" + subject.label(), subject);
      try {
        Await.until("the liar is asked", LIMIT, () -> asked.get() > told + 1, client::logTail);
        Await.pause(KEPT_OUT.toMillis());
        assertTrue(client.running(), client.logTail());
        assertFalse(client.log("notice").contains("Bootstrapped 75%"), client.logTail());
      } finally {
        client.stop();
      }
    }
  }

  /** Its guard may be gone with the first authority, too. */
  @ParameterizedTest
  @EnumSource(Subject.class)
  @Order(4)
  void client_withExpiredConsensus_getsAnother(Subject subject) throws IOException {
    TorNode client = Objects.requireNonNull(before.get(subject));
    String old = consensus(client);
    assertTrue(time(VALID_UNTIL, old).isBefore(Instant.now()), "it has expired");
    network().startAgain(client);
    try {
      Await.until(
          "a newer consensus",
          LIMIT,
          () -> time(VALID_AFTER, consensus(client)).isAfter(time(VALID_UNTIL, old)),
          client::logTail);
      fetch(client);
    } finally {
      client.stop();
    }
  }

  /**
   * Asked for a consensus in turn: no document at all, the beginning of one, and one that was
   * changed. It has nothing else.
   */
  private LyingDirectory liar() throws Exception {
    TorNode authority = network().node("auth0");
    return new LyingDirectory(authority.torrc(), this::lie);
  }

  private DirAnswer lie(DirRequest request) {
    if (!request.path().startsWith("/tor/status-vote/")) {
      return DirAnswer.empty(404, "Not found");
    }
    String consensus = network().consensusMicrodesc("auth1");
    String said =
        switch (asked.getAndIncrement() % 3) {
          case 0 -> "network-status-version 3 microdesc\nvote-status consensus\nnothing else\n";
          case 1 -> consensus.substring(0, consensus.length() / 2);
          default -> consensus.replaceAll("(?m)^w Bandwidth=\\d+", "w Bandwidth=1");
        };
    return DirAnswer.ok(Bytes.copyOf(said.getBytes(ISO_8859_1)));
  }

  /**
   * The first authority is asked twice as often as another, and is nobody's guard: what it does to
   * circuits is not the matter here, and C tor stays with a guard that ends all of them.
   */
  private String lines() {
    TorNode authority = network().node("auth0");
    return "FallbackDir 127.0.0.1:%d orport=%d id=%s%nEntryNodes mid0,mid1%n"
        .formatted(authority.ports().dir(), authority.ports().or(), authority.fingerprint());
  }

  private void use(TorNode client) throws IOException {
    client.awaitBootstrapped(LIMIT);
    fetch(client);
  }

  private void fetch(TorNode client) throws IOException {
    WebServer web = Objects.requireNonNull(server);
    Curl.Answer page = Curl.fetch(client, web.pageUrl(), PAGE_LIMIT_SECONDS);
    assertEquals(web.pageSha256(), page.sha256(), () -> page.error() + client.logTail());
  }

  private static String consensus(TorNode client) {
    try {
      return Files.readString(
          client.dataDirectory().resolve("cached-microdesc-consensus"), ISO_8859_1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Instant time(Pattern line, String consensus) {
    Matcher matcher = line.matcher(consensus);
    assertTrue(matcher.find(), line.pattern());
    return Instant.parse(matcher.group(1) + "T" + matcher.group(2) + "Z");
  }
}
