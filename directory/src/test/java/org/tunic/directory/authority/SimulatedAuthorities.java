package org.tunic.directory.authority;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.RsaSecretKey;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.authority.flags.FlagSettings;
import org.tunic.directory.authority.flags.RelaySet;
import org.tunic.directory.authority.keys.AuthorityKeys;
import org.tunic.directory.authority.voting.VoteOutcome;
import org.tunic.directory.authority.voting.VotingRound;
import org.tunic.directory.authority.voting.VotingRoundRunner;
import org.tunic.directory.authority.voting.VotingSchedule.Timing;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirAuthority;
import org.tunic.directory.fetch.DirFetchException;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.directory.fetch.DirServer;
import org.tunic.directory.fetch.DirectoryTransport;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.testing.ManualClock;
import org.tunic.testing.SeededRandom;

/**
 * A few authorities in one process, on one clock, with a transport that calls methods. The relays
 * are those of the recorded C tor network.
 *
 * <p>Threads: the tests' thread, and one for each voting authority.
 */
public final class SimulatedAuthorities {
  public final ManualClock clock;
  public final List<Node> nodes = new ArrayList<>();
  private int running;

  /** One entry for each who sleeps. */
  private final PriorityQueue<Instant> wakeTimes = new PriorityQueue<>();

  /** One authority. */
  public final class Node implements AuthorityState.Listener {
    public final AuthorityKeys keys;
    public final AuthorityConfig config;
    public AuthorityState state;
    private final Map<ConsensusFlavor, NetdocText> published = new EnumMap<>(ConsensusFlavor.class);
    public final List<NetdocText> history = Collections.synchronizedList(new ArrayList<>());
    public boolean reachable = true;
    public boolean dropsPosts;
    private final Path files;

    Node(AuthorityKeys keys, AuthorityConfig config, Path files) {
      this.keys = keys;
      this.config = config;
      this.files = files;
      this.state = newState();
    }

    AuthorityState newState() {
      return new AuthorityState(
          config,
          keys,
          new AuthorityFiles(files),
          clock,
          new SeededRandom(config.orPort().port()),
          this);
    }

    /** What it published last, if anything. */
    public synchronized Optional<NetdocText> published(ConsensusFlavor flavor) {
      return Optional.ofNullable(published.get(flavor));
    }

    /** As after a restart of the process. */
    public void restart() {
      state = newState();
    }

    @Override
    public synchronized void published(ConsensusFlavor flavor, NetdocText text) {
      published.put(flavor, text);
      if (flavor == ConsensusFlavor.NS) {
        history.add(text);
      }
    }

    @Override
    public void certificates(Collection<KeyCertificate> certificates) {}

    @Override
    public void microdescriptors(Collection<Microdescriptor> microdescriptors) {}
  }

  public SimulatedAuthorities(int count, Instant start, Path directory) throws Exception {
    this.clock = new ManualClock(start);
    List<DirAuthority> authorities = new ArrayList<>();
    List<AuthorityKeys> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      RsaSecretKey identity = RsaSecretKey.generate(1024, new SeededRandom(100 + i));
      RsaSecretKey signing = RsaSecretKey.generate(1024, new SeededRandom(200 + i));
      KeyCertificate certificate =
          KeyCertificate.create(
              identity, signing, null, start.minusSeconds(60), start.plus(Duration.ofDays(90)));
      keys.add(new AuthorityKeys(certificate, signing));
      InetSocketAddress orPort = address(i, 0);
      authorities.add(
          new DirAuthority(
              "sim" + i, keys.get(i).identity(), relayIdentity(i), List.of(orPort), address(i, 1)));
    }
    for (int i = 0; i < count; i++) {
      Path files = java.nio.file.Files.createDirectory(directory.resolve("auth" + i));
      nodes.add(new Node(keys.get(i), config(i, authorities), files));
    }
  }

  private static InetSocketAddress address(int index, int port) throws Exception {
    byte[] loopback = {127, 0, 0, 1};
    return new InetSocketAddress(
        java.net.InetAddress.getByAddress(loopback), 20000 + 10 * index + port);
  }

  private static RsaIdentity relayIdentity(int index) {
    byte[] identity = new byte[20];
    identity[0] = (byte) (0xa0 + index);
    return RsaIdentity.of(identity);
  }

  private static AuthorityConfig config(int index, List<DirAuthority> authorities)
      throws Exception {
    RelaySet all = RelaySet.parse("*");
    Timing timing =
        new Timing(Duration.ofSeconds(20), Duration.ofSeconds(4), Duration.ofSeconds(4));
    return new AuthorityConfig(
        "sim" + index,
        RelayIds.ofRsa(relayIdentity(index)),
        "sim" + index + "@test.invalid",
        RelayAddress.of(address(index, 0)),
        20001 + 10 * index,
        authorities,
        true,
        true,
        timing,
        2,
        new Timing(Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofSeconds(2)),
        Duration.ZERO,
        FlagSettings.testing(all, all, all),
        Map.of(),
        0,
        null,
        null,
        AuthorityConfig.DEFAULT_MINIMAL_VERSION,
        true,
        true,
        true,
        false,
        OperatorFiles.NONE);
  }

  /** Uploads the recorded relays' documents to all and lets every one be reached. */
  public void uploadRelays() {
    for (Node node : nodes) {
      for (NetdocText text : CtorDocs.text("server-descriptors").split("router")) {
        node.state.upload(text.bytes());
      }
      reachAll(node);
    }
  }

  public static void reachAll(Node node) {
    for (RouterDescriptor descriptor : node.state.descriptors()) {
      node.state.reachable(descriptor.ids(), descriptor.contents().orPort());
    }
  }

  /** Lets all nodes vote until the clock shows {@code end}. */
  public void runUntil(Instant end) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    synchronized (this) {
      running = nodes.size();
      wakeTimes.clear();
    }
    for (Node node : nodes) {
      VotingRound round =
          VotingRoundRunner.create(
              node.config, node.state, transport(node), when -> sleep(when, end));
      threads.add(Thread.ofPlatform().start(() -> VotingRoundRunner.run(round)));
    }
    for (Thread thread : threads) {
      thread.join(60_000);
    }
  }

  /** When everybody sleeps the clock moves to the first who wants to wake up. */
  private synchronized void sleep(Instant when, Instant end) throws InterruptedException {
    if (clock.instant().isBefore(when)) {
      wakeTimes.add(when);
      advanceIfAllSleep();
      while (clock.instant().isBefore(when)) {
        wait(10_000);
      }
    }
    if (!clock.instant().isBefore(end)) {
      running--;
      advanceIfAllSleep();
      throw new InterruptedException("the simulation ends");
    }
  }

  private void advanceIfAllSleep() {
    Instant first = wakeTimes.peek();
    if (first != null && wakeTimes.size() == running) {
      clock.jumpTo(first);
      wakeTimes.removeIf(
          wake -> !wake.isAfter(first)); // those are awake from now on, whenever they get to run
      notifyAll();
    }
  }

  private DirectoryTransport transport(Node from) {
    return (target, request) -> {
      Node to = node(target);
      if (!from.reachable || !to.reachable) {
        throw new DirFetchException(DirFetchException.Reason.UNREACHABLE);
      }
      return answer(to, request);
    };
  }

  private Node node(DirServer target) {
    for (Node node : nodes) {
      if (node.config.ids().rsa().equals(target.ids().rsa())) {
        return node;
      }
    }
    throw new IllegalStateException("no such authority");
  }

  private static DirAnswer answer(Node node, DirRequest request) {
    byte[] body = request.body().toArray();
    String path =
        request.path().endsWith(".z")
            ? request.path().substring(0, request.path().length() - 2)
            : request.path();
    if (request.method() == DirRequest.Method.POST && node.dropsPosts) {
      return DirAnswer.empty(503, "Directory busy, try again later");
    }
    return switch (path) {
      case "/tor/post/vote" -> answer(node.state.postVote(body));
      case "/tor/post/consensus-signature" -> answer(node.state.postSignatures(body));
      case "/tor/status-vote/next/consensus-signatures" -> answer(node.state.pendingSignatures());
      case "/tor/keys/authority" -> answer(Optional.of(node.keys.certificate().text()));
      default ->
          path.startsWith("/tor/status-vote/next/")
              ? votes(node, path)
              : DirAnswer.empty(404, "Not found");
    };
  }

  private static DirAnswer votes(Node node, String path) {
    StringBuilder text = new StringBuilder();
    for (String fingerprint : path.substring("/tor/status-vote/next/".length()).split("\\+")) {
      try {
        node.state
            .nextVote(RsaIdentity.fromHex(fingerprint))
            .map(Vote::text)
            .ifPresent(t -> text.append(t.text()));
      } catch (org.tunic.crypto.bytes.MalformedException e) {
        throw new IllegalStateException(e);
      }
    }
    return answer(text.isEmpty() ? Optional.empty() : Optional.of(NetdocText.of(text.toString())));
  }

  private static DirAnswer answer(VoteOutcome outcome) {
    return DirAnswer.empty(outcome.status(), outcome.reason());
  }

  private static DirAnswer answer(Optional<NetdocText> text) {
    return text.map(t -> DirAnswer.ok(Bytes.copyOf(t.bytes())))
        .orElse(DirAnswer.empty(404, "Not found"));
  }

  /** Runs what it is given at once, on the caller's thread. */
  public static final class DirectExecutor extends AbstractExecutorService {
    @Override
    public void execute(Runnable command) {
      command.run();
    }

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }
}
