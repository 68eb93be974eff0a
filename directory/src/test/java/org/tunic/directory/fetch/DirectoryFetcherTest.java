package org.tunic.directory.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.fetch.FakeDirectory.Mood;
import org.tunic.directory.store.DirectoryStore;
import org.tunic.directory.view.NetworkView;
import org.tunic.testing.ManualClock;
import org.tunic.testing.SeededRandom;

class DirectoryFetcherTest {
  private static final String MICRODESC = "/tor/status-vote/current/consensus-microdesc/";

  @TempDir Path directory;
  private final ManualClock clock = new ManualClock(CtorDocs.NOW);
  private final RandomGenerator random = new SeededRandom(42);
  private final FakeDirectory network = new FakeDirectory();
  private final List<DirAuthority> authorities = CtorDocs.authorities();
  private final List<NetworkView> views = new ArrayList<>();
  private final List<BootstrapProgress.Event> events = new ArrayList<>();
  private DirectoryStore store;

  @BeforeEach
  void makeStore() {
    store = new DirectoryStore(directory);
  }

  /** Requests are answered at once, on the caller's thread. */
  private DirectoryFetcher fetcher(FetchSettings settings) {
    return new DirectoryFetcher(
        settings,
        new DirServers(authorities, List.of(), CacheChooser.weighted(random), null),
        store,
        network,
        clock,
        random,
        new BootstrapProgress(events::add),
        views::add,
        Runnable::run);
  }

  private DirectoryFetcher client() {
    return fetcher(FetchSettings.client(OptionalDouble.empty(), true));
  }

  /** Lets the fetcher act until {@code end}, moving the clock from wake to wake. */
  private void runUntil(DirectoryFetcher fetcher, Instant end) {
    int turns = 0;
    while (true) {
      Instant next = fetcher.progress(clock.instant());
      if (turns++ > 1000) {
        throw new AssertionError("the fetcher spins");
      }
      Instant at = next.isBefore(clock.instant()) ? clock.instant() : next;
      if (at.isAfter(end)) {
        return;
      }
      clock.advance(Duration.between(clock.instant(), at));
    }
  }

  private void run(DirectoryFetcher fetcher) {
    runUntil(fetcher, clock.instant());
  }

  @Test
  void client_withHonestAuthorities_bootstrapsAtOnce() {
    DirectoryFetcher client = client();
    client.load(clock.instant());
    run(client);
    NetworkView view = client.view().orElseThrow();
    assertEquals(7, view.relays().size());
    assertTrue(view.dirInfo().enough(), view.dirInfo().describe());
    assertEquals(view, views.getLast());
    assertEquals(1, network.requests("/tor/status-vote/"));
    assertEquals(1, network.requests("/tor/keys/"));
    assertEquals(1, network.requests("/tor/micro/"));
  }

  @Test
  void bootstrap_reportsThePhasesOfCtorInOrder() {
    DirectoryFetcher client = client();
    client.load(clock.instant());
    run(client);
    assertEquals(
        List.of(30, 40, 45, 75), events.stream().map(BootstrapProgress.Event::percent).toList());
    assertEquals("enough_dirinfo", events.getLast().phase().tag());
  }

  @Test
  void client_withOneDeadAndOneLyingAuthority_bootstrapsFromTheThird() {
    for (int honest = 0; honest < 3; honest++) {
      network.allBe(Mood.HONEST);
      network.be(authorities.get((honest + 1) % 3), Mood.DEAD);
      network.be(authorities.get((honest + 2) % 3), Mood.LIAR);
      DirectoryFetcher client = client();
      runUntil(client, clock.instant().plusSeconds(60));
      assertTrue(client.view().orElseThrow().dirInfo().enough(), "honest: " + honest);
      assertTrue(client.view().orElseThrow().relays().stream().noneMatch(r -> r.bandwidth() == 97));
    }
  }

  @Test
  void client_withNoiseFromAllButOne_bootstraps() {
    network.allBe(Mood.NOISE);
    network.be(authorities.get(1), Mood.HONEST);
    DirectoryFetcher client = client();
    runUntil(client, clock.instant().plusSeconds(120));
    assertTrue(client.view().orElseThrow().dirInfo().enough());
  }

  @Test
  void client_whileAllAuthoritiesAreEmpty_retriesEverySecondOrSoAndThenBootstraps() {
    network.allBe(Mood.EMPTY);
    DirectoryFetcher client = client();
    runUntil(client, clock.instant().plusSeconds(30));
    long asked = network.requests(MICRODESC);
    assertTrue(asked >= 10 && asked <= 31, "asked " + asked + " times in 30 s");
    assertTrue(client.view().isEmpty());
    network.allBe(Mood.HONEST);
    runUntil(client, clock.instant().plusSeconds(4));
    assertTrue(client.view().orElseThrow().dirInfo().enough());
  }

  @Test
  void client_withLyingAuthoritiesOnly_neverBelieves() {
    network.allBe(Mood.LIAR);
    DirectoryFetcher client = client();
    runUntil(client, clock.instant().plusSeconds(60));
    assertTrue(client.view().isEmpty());
    assertFalse(Files.exists(directory.resolve("cached-microdesc-consensus")));
  }

  @Test
  void client_startedAgain_bootstrapsFromDiskWithoutAsking() {
    run(client());
    network.asked.clear();
    views.clear();
    DirectoryFetcher again = client();
    again.load(clock.instant());
    assertTrue(again.view().orElseThrow().dirInfo().enough());
    assertEquals(1, views.size());
    run(again);
    assertEquals(List.of(), network.asked);
  }

  @Test
  void client_withDamagedCacheFiles_fetchesAnew() throws Exception {
    run(client());
    for (String name :
        List.of("cached-certs", "cached-microdesc-consensus", "cached-microdescs.new")) {
      Path file = directory.resolve(name);
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 3] ^= 0x55;
      Files.write(file, bytes);
    }
    DirectoryFetcher again = client();
    again.load(clock.instant());
    runUntil(again, clock.instant().plusSeconds(5));
    assertEquals(7, again.view().orElseThrow().relays().size());
  }

  @Test
  void client_fetchesTheNextConsensusBetweenFreshUntilAndValidUntil() {
    DirectoryFetcher client = client();
    run(client);
    network.asked.clear();
    NetworkView view = client.view().orElseThrow();
    Instant opens = view.freshUntil().plus(view.lifetime().interval().multipliedBy(3).dividedBy(4));
    runUntil(client, opens.minusMillis(1));
    assertEquals(0, network.requests(MICRODESC));
    runUntil(client, view.validUntil());
    assertTrue(network.requests(MICRODESC) >= 1);
  }

  @Test
  void cache_fetchesTheNextConsensusInTheFirstHalfInterval() {
    DirectoryFetcher cache = fetcher(FetchSettings.cache(OptionalDouble.empty(), true));
    run(cache);
    network.asked.clear();
    NetworkView view = cache.view().orElseThrow();
    runUntil(cache, view.freshUntil());
    assertEquals(0, network.requests(MICRODESC));
    runUntil(cache, view.freshUntil().plus(view.lifetime().interval().dividedBy(2)).plusSeconds(2));
    assertTrue(network.requests(MICRODESC) >= 1);
  }

  @Test
  void cache_holdsBothFlavoursCertificatesAndAllDescriptors() {
    DirectoryFetcher cache = fetcher(FetchSettings.cache(OptionalDouble.empty(), true));
    run(cache);
    DirectoryDocuments documents = cache.documents();
    assertTrue(documents.consensus(ConsensusFlavor.NS).isPresent());
    assertTrue(documents.consensus(ConsensusFlavor.MICRODESC).isPresent());
    assertEquals(3, documents.certificates().size());
    assertEquals(7, documents.microdescriptors().size());
    assertEquals(7, documents.descriptors().size());
    DirectoryFetcher again = fetcher(FetchSettings.cache(OptionalDouble.empty(), true));
    again.load(clock.instant());
    assertEquals(documents.descriptors(), again.documents().descriptors());
    assertEquals(documents.microdescriptors(), again.documents().microdescriptors());
  }

  @Test
  void client_withAView_asksCachesNotAuthorities() {
    DirectoryFetcher client = client();
    run(client);
    network.asked.clear();
    NetworkView view = client.view().orElseThrow();
    runUntil(client, view.validUntil());
    assertTrue(network.asked.size() >= 1);
    assertTrue(view.byRsa(network.asked.getFirst().server()).orElseThrow().isDirectory());
  }

  @Test
  void authority_offersItsOwnDocuments_withoutAsking() {
    network.allBe(Mood.DEAD);
    DirectoryFetcher own = fetcher(FetchSettings.cache(OptionalDouble.empty(), true));
    own.offerCertificates(CtorDocs.certificates());
    own.offerConsensus(ConsensusFlavor.MICRODESC, CtorDocs.text("consensus-microdesc"));
    own.offerMicrodescriptors(
        org.tunic.directory.doc.microdescriptor.Microdescriptor.parseAll(
            CtorDocs.text("microdescriptors")));
    own.progress(clock.instant());
    assertTrue(own.view().orElseThrow().dirInfo().enough());
  }

  @Test
  void offers_beyondTheBound_areDropped() {
    DirectoryFetcher own = client();
    for (int i = 0; i < DirectoryFetcher.MAX_OFFERS; i++) {
      own.offerConsensus(ConsensusFlavor.MICRODESC, CtorDocs.text("vote.0"));
    }
    own.offerCertificates(CtorDocs.certificates());
    network.allBe(Mood.DEAD);
    own.progress(clock.instant());
    assertEquals(0, own.documents().certificates().size());
  }

  @Test
  void fetcher_withAListenerThatThrows_goesOn() throws Exception {
    CountDownLatch calls = new CountDownLatch(2);
    try (DirectoryFetcher live =
        new DirectoryFetcher(
            FetchSettings.client(OptionalDouble.empty(), true),
            new DirServers(authorities, List.of(), CacheChooser.weighted(random), null),
            store,
            network,
            InstantSource.fixed(CtorDocs.NOW),
            random,
            new BootstrapProgress(_ -> {}),
            _ -> {
              calls.countDown();
              throw new IllegalStateException("a listener's fault");
            })) {
      live.start();
      assertTrue(calls.await(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void fetcher_onItsOwnThreads_bootstrapsAndStops() throws Exception {
    CountDownLatch enough = new CountDownLatch(1);
    try (DirectoryFetcher live =
        new DirectoryFetcher(
            FetchSettings.client(OptionalDouble.empty(), true),
            new DirServers(authorities, List.of(), CacheChooser.weighted(random), null),
            store,
            network,
            clock,
            random,
            new BootstrapProgress(_ -> {}),
            view -> {
              if (view.dirInfo().enough()) {
                enough.countDown();
              }
            })) {
      live.start();
      assertTrue(enough.await(20, TimeUnit.SECONDS));
    }
    assertTrue(Files.exists(directory.resolve("cached-microdesc-consensus")));
    try (var files = Files.list(directory)) {
      assertTrue(files.noneMatch(f -> f.toString().endsWith(".tmp")));
    }
  }
}
