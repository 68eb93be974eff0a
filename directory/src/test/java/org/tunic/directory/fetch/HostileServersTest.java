package org.tunic.directory.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.authority.SimulatedAuthorities;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocTime;
import org.tunic.directory.netdoc.NetdocWriter;
import org.tunic.directory.store.DirectoryStore;
import org.tunic.directory.view.NetworkView;
import org.tunic.testing.ManualClock;
import org.tunic.testing.SeededRandom;

/**
 * A client among three directory authorities of which one is dead, one lies in each way there is,
 * and one is honest. Each lie has its control: told by everybody, it keeps the client from the
 * network; and with the lie taken out, the same server is believed.
 */
class HostileServersTest {
  private static final Instant START = Instant.parse("2026-11-22T19:40:03Z");

  /** Within the validity of the last consensus made. */
  private static final Instant NOW = Instant.parse("2026-11-22T19:41:25Z");

  private static final String CONSENSUS = "/tor/status-vote/current/consensus-microdesc/";
  private static final Pattern SIGNATURE =
      Pattern.compile("directory-signature sha256 ([0-9A-F]{40}) ([0-9A-F]{40})");

  private static SimulatedAuthorities net;
  private static String newest;

  @TempDir Path directory;
  private final ManualClock clock = new ManualClock(NOW);
  private final RandomGenerator random = new SeededRandom(7);
  private final Network network = new Network();
  private final List<DirAuthority> authorities = net.nodes.getFirst().config.authorities();
  private DirectoryStore store;

  /** What a lying server does. */
  enum Lie {
    GARBAGE,
    TRUNCATED,
    BYTE_CHANGED,
    SIGNED_BY_ONE,
    /** Each authority's signature, made with a key that nobody has a certificate of. */
    SIGNED_WITH_MADE_UP_KEYS,
    SIGNATURES_SWAPPED,
    OTHER_FLAVOUR,
    FROM_THE_FUTURE,
    LONG_EXPIRED,
    /** What the transport makes of a bomb, or of more than was asked for. */
    TOO_LARGE,
    CUT_SHORT,
    /** Well-formed, but with other keys. */
    WRONG_MICRODESCRIPTORS,
    /** Good microdescriptors of the network, but others than those asked for. */
    UNASKED_MICRODESCRIPTORS,
    /** Certificates of nobody we know. */
    WRONG_CERTIFICATES
  }

  @BeforeAll
  static void makeConsensus(@TempDir Path files) throws Exception {
    net = new SimulatedAuthorities(3, START, files);
    net.uploadRelays();
    net.runUntil(Instant.parse("2026-11-22T19:41:21Z"));
    newest = net.nodes.getFirst().published(ConsensusFlavor.MICRODESC).orElseThrow().text();
    assertTrue(newest.contains("valid-after 2026-11-22 19:41:20"));
  }

  @BeforeEach
  void makeStore() {
    store = new DirectoryStore(directory);
  }

  @ParameterizedTest
  @EnumSource(Lie.class)
  void client_withOneDeadAndOneLyingAuthority_bootstrapsFromTheThird(Lie lie) {
    for (int honest = 0; honest < 3; honest++) {
      network.clear();
      network.dead(authorities.get((honest + 1) % 3));
      network.lying(authorities.get((honest + 2) % 3), lie);
      DirectoryFetcher client = client(clock);
      runFor(client, Duration.ofSeconds(30));
      NetworkView view = client.view().orElseThrow();
      assertTrue(view.dirInfo().enough(), lie + ", honest: " + honest);
      assertEquals(7, view.relays().size());
      assertTrue(view.relays().stream().noneMatch(r -> r.bandwidth() == 4242));
      clock.jumpTo(NOW);
      store.dropConsensus(ConsensusFlavor.MICRODESC);
    }
  }

  @ParameterizedTest
  @EnumSource(Lie.class)
  void control_lieToldByAll_keepsTheClientOut(Lie lie) {
    authorities.forEach(a -> network.lying(a, lie));
    network.everyRelayLies = lie;
    DirectoryFetcher client = client(clock);
    runFor(client, Duration.ofMinutes(2));
    assertFalse(client.view().map(v -> v.dirInfo().enough()).orElse(false), lie.toString());
    assertFalse(network.asked.isEmpty());
  }

  /** The same documents, at their own times, are good: only the clock makes the lie. */
  @ParameterizedTest
  @EnumSource(names = {"FROM_THE_FUTURE", "LONG_EXPIRED"})
  void control_consensusOfAnotherTime_isGoodThen(Lie lie) {
    authorities.forEach(a -> network.lying(a, lie));
    Duration shift = lie == Lie.FROM_THE_FUTURE ? FAR : FAR.negated();
    DirectoryFetcher then = client(new ManualClock(NOW.plus(shift)));
    then.progress(NOW.plus(shift));
    assertTrue(then.view().orElseThrow().dirInfo().enough());
  }

  @Test
  void client_offeredMadeUpKeys_blamesTheServerAndDoesNotWaitForThem() {
    network.lying(authorities.get(0), Lie.SIGNED_WITH_MADE_UP_KEYS);
    network.lying(authorities.get(1), Lie.SIGNED_WITH_MADE_UP_KEYS);
    for (int seed = 0; seed < 20; seed++) {
      network.asked.clear();
      DirectoryFetcher client = client(clock);
      runFor(client, Duration.ofSeconds(6));
      assertTrue(client.view().isPresent(), "asked " + network.asked);
      clock.jumpTo(NOW);
      store.dropConsensus(ConsensusFlavor.MICRODESC);
    }
  }

  /** A cache that lags behind delays a client, but does not set it back. */
  @Test
  void client_withAStaleCache_keepsTheNewerConsensusAndGetsTheNextElsewhere() throws Exception {
    DirectoryFetcher client = client(clock);
    runFor(client, Duration.ofSeconds(2));
    NetworkView held = client.view().orElseThrow();
    String next = resigned(newest, Duration.ofSeconds(20), 3);
    network.current = next;
    network.stale = resigned(newest, Duration.ofSeconds(-20), 3);
    network.staleRelays = 6;
    runUntil(client, held.validUntil().plusSeconds(20));
    assertEquals(
        held.lifetime().validAfter().plusSeconds(20),
        client.view().orElseThrow().lifetime().validAfter());

    // Control: to a client that knows nothing the old one is a consensus as good as any.
    network.allStale = true;
    store.dropConsensus(ConsensusFlavor.MICRODESC);
    DirectoryFetcher fresh = client(new ManualClock(NOW));
    fresh.progress(NOW);
    assertEquals(
        held.lifetime().validAfter().minusSeconds(20),
        fresh.view().orElseThrow().lifetime().validAfter());
  }

  @Test
  void client_withAuthoritiesThatKnowOneMicrodescriptorEach_asksThemAllInTurn() {
    network.onePerAnswer = true;
    DirectoryFetcher client = client(clock);
    runFor(client, Duration.ofSeconds(40));
    assertTrue(client.view().orElseThrow().dirInfo().enough());
    assertEquals(
        3,
        network.asked.stream()
            .filter(a -> a.contains("/tor/micro/"))
            .map(a -> a.substring(0, 40))
            .distinct()
            .filter(id -> authorities.stream().anyMatch(a -> a.fingerprint().hex().equals(id)))
            .count());
  }

  // ---- the client

  private DirectoryFetcher client(ManualClock itsClock) {
    return new DirectoryFetcher(
        FetchSettings.client(OptionalDouble.empty(), true),
        new DirServers(authorities, List.of(), CacheChooser.weighted(random), null),
        store,
        network,
        itsClock,
        random,
        new BootstrapProgress(_ -> {}),
        _ -> {},
        Runnable::run);
  }

  private void runFor(DirectoryFetcher fetcher, Duration time) {
    runUntil(fetcher, clock.instant().plus(time));
  }

  private void runUntil(DirectoryFetcher fetcher, Instant end) {
    for (int turns = 0; turns < 2000; turns++) {
      Instant next = fetcher.progress(clock.instant());
      if (next.isAfter(end)) {
        clock.jumpTo(end);
        return;
      }
      if (next.isAfter(clock.instant())) {
        clock.jumpTo(next);
      }
    }
    throw new AssertionError("the fetcher spins");
  }

  // ---- the servers

  /** Further off than any tolerance. */
  private static final Duration FAR = Duration.ofHours(30);

  /** The consensus moved in time and signed anew by the first authorities. */
  private static String resigned(String consensus, Duration shift, int signers) {
    String text = consensus.substring(0, consensus.indexOf("directory-signature "));
    for (String keyword : List.of("valid-after ", "fresh-until ", "valid-until ")) {
      int at = text.indexOf(keyword) + keyword.length();
      String old = text.substring(at, at + 19);
      Instant moved = NetdocTime.parse(old.substring(0, 10), old.substring(11)).plus(shift);
      text = text.replace(keyword + old, keyword + NetdocTime.format(moved));
    }
    NetdocText signed = NetdocText.of(text + "directory-signature ");
    byte[] digest = signed.sha256(0, signed.length());
    NetdocWriter out = new NetdocWriter();
    out.raw(text);
    for (SimulatedAuthorities.Node node : net.nodes.subList(0, signers)) {
      KeyCertificate certificate = node.keys.certificate();
      out.raw(
          "directory-signature sha256 %s %s\n"
              .formatted(certificate.identity().hex(), certificate.signingKeyDigest().hex()));
      out.object("SIGNATURE", node.keys.signingKey().signBare(digest));
    }
    return out.text().text();
  }

  /** All directory servers there are. */
  private static final class Network implements DirectoryTransport {
    final List<String> asked = new ArrayList<>();
    String current = newest;
    String stale = newest;
    int staleRelays;
    boolean allStale;
    boolean onePerAnswer;
    Lie everyRelayLies;
    private final Map<RsaIdentity, Lie> liars = new HashMap<>();
    private final List<RsaIdentity> dead = new ArrayList<>();

    void clear() {
      liars.clear();
      dead.clear();
    }

    void dead(DirAuthority authority) {
      dead.add(authority.fingerprint());
    }

    void lying(DirAuthority authority, Lie lie) {
      liars.put(authority.fingerprint(), lie);
    }

    @Override
    public DirAnswer exchange(DirServer target, DirRequest request) throws DirFetchException {
      RsaIdentity id = target.ids().rsa();
      asked.add(id.hex() + " " + request.path());
      if (dead.contains(id)) {
        throw new DirFetchException(DirFetchException.Reason.UNREACHABLE);
      }
      Lie lie = liars.getOrDefault(id, everyRelayLies);
      boolean isStale = allStale || (target instanceof DirServer.Cache && staleRelays-- > 0);
      String honest = isStale && request.path().startsWith(CONSENSUS) ? stale : honest(request);
      String said = lie == null ? honest : lie(lie, request, honest);
      return said.isEmpty()
          ? DirAnswer.empty(404, "Not found")
          : DirAnswer.ok(Bytes.copyOf(said.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static String lie(Lie lie, DirRequest request, String honest) throws DirFetchException {
      boolean consensus = request.path().startsWith(CONSENSUS);
      boolean micros = request.path().startsWith("/tor/micro/");
      return switch (lie) {
        case GARBAGE -> "\0\1\2noise\n";
        case TRUNCATED -> honest.substring(0, honest.length() / 2);
        case BYTE_CHANGED ->
            consensus ? honest.replaceFirst("w Bandwidth=\\d+", "w Bandwidth=4242") : honest;
        case SIGNED_BY_ONE -> consensus ? resigned(honest, Duration.ZERO, 1) : honest;
        case SIGNED_WITH_MADE_UP_KEYS ->
            consensus
                ? SIGNATURE
                    .matcher(honest)
                    .replaceAll(m -> "directory-signature sha256 " + m.group(1) + " " + reversed(m))
                : honest;
        case SIGNATURES_SWAPPED -> consensus ? swapped(honest) : honest;
        case OTHER_FLAVOUR ->
            consensus
                ? net.nodes.getFirst().published(ConsensusFlavor.NS).orElseThrow().text()
                : honest;
        case FROM_THE_FUTURE -> consensus ? resigned(honest, FAR, 3) : honest;
        case LONG_EXPIRED -> consensus ? resigned(honest, FAR.negated(), 3) : honest;
        case TOO_LARGE -> throw new DirFetchException(DirFetchException.Reason.TOO_LARGE);
        case CUT_SHORT -> throw new DirFetchException(DirFetchException.Reason.CUT_SHORT);
        case WRONG_MICRODESCRIPTORS ->
            micros ? honest.replaceAll("ntor-onion-key .", "ntor-onion-key A") : honest;
        case UNASKED_MICRODESCRIPTORS ->
            micros ? "onion-key\nntor-onion-key " + Base64s.encode(new byte[32]) + "\n" : honest;
        case WRONG_CERTIFICATES ->
            request.path().startsWith("/tor/keys/")
                ? net.nodes.getFirst().keys.certificate().text().text().replace("fingerprint", "x")
                : honest;
      };
    }

    private static String reversed(java.util.regex.MatchResult m) {
      return new StringBuilder(m.group(2)).reverse().toString();
    }

    /** Everybody's signature under the next one's name. */
    private static String swapped(String consensus) {
      List<String> names = new ArrayList<>();
      Matcher matcher = SIGNATURE.matcher(consensus);
      while (matcher.find()) {
        names.add(matcher.group());
      }
      int[] next = {0};
      return SIGNATURE.matcher(consensus).replaceAll(_ -> names.get(++next[0] % names.size()));
    }

    private String honest(DirRequest request) {
      String path = request.path();
      if (path.startsWith(CONSENSUS)) {
        return current;
      }
      StringBuilder found = new StringBuilder();
      if (path.startsWith("/tor/keys/fp-sk/")) {
        for (SimulatedAuthorities.Node node : net.nodes) {
          KeyCertificate c = node.keys.certificate();
          if (path.contains(c.identity().hex() + "-" + c.signingKeyDigest().hex())) {
            found.append(c.text().text());
          }
        }
      } else if (path.startsWith("/tor/micro/d/")) {
        for (String digest : path.substring("/tor/micro/d/".length()).split("-")) {
          try {
            net.nodes
                .getFirst()
                .state
                .microdescriptor(Bytes.copyOf(Base64s.decode(digest)))
                .map(Microdescriptor::text)
                .filter(_ -> !onePerAnswer || found.isEmpty())
                .ifPresent(text -> found.append(text.text()));
          } catch (MalformedException e) {
            throw new AssertionError(e);
          }
        }
      }
      return found.toString();
    }
  }
}
