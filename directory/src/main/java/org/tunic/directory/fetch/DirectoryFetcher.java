package org.tunic.directory.fetch;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.Consensus;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.store.DirectoryStore;
import org.tunic.directory.view.NetworkView;

/**
 * Keeps a node's directory information up to date: a client's first bootstrap and its later
 * refreshing, and the same for a directory cache.
 *
 * <p>One virtual thread owns all state. It loads the cache on disk, then turns round: take the
 * answers that came, publish what is new, start the requests that are due (each on a virtual thread
 * of its own), wait for an answer or the next due moment. All decisions are {@link FetchState}'s,
 * whom to ask is {@link DirServers}'.
 *
 * <p>Spec: dir-spec/client-operation, dir-spec/directory-cache-operation. Threads: start, close,
 * offer, view and documents: any. The rest: the fetcher's virtual thread.
 */
public final class DirectoryFetcher implements AutoCloseable {
  /** Most offers that wait to be taken; requests under way, whose answers also wait, are few. */
  static final int MAX_OFFERS = 256;

  /** Longest uninterrupted wait: a machine's clock may jump meanwhile. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(30);

  /** How long closing waits for a disk. */
  private static final Duration MAX_CLOSE = Duration.ofSeconds(5);

  private static final Duration PAUSE_AFTER_FAULT = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(DirectoryFetcher.class);

  private final FetchSettings settings;
  private final DirServers servers;
  private final DirectoryStore store;
  private final DirectoryTransport transport;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final BootstrapProgress progress;
  private final DirectoryListener listener;
  private final Executor requests;
  private final FetchState state;

  /** Servers being asked for a consensus, so that a second try goes elsewhere. */
  private final Map<RsaIdentity, Integer> busy = new HashMap<>();

  /** Microdescriptors and descriptors in the journals on disk. */
  private int journal;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Queue<Event> inbox = new ArrayDeque<>();
  private @Nullable Thread thread;
  private boolean closed;

  private volatile @Nullable NetworkView view;
  private volatile DirectoryDocuments documents = DirectoryDocuments.NONE;

  /** What happens to a fetcher. */
  private sealed interface Event {
    record Answered(FetchStep step, DirServer server, DirAnswer answer) implements Event {}

    record Failed(FetchStep step, DirServer server, DirFetchException why) implements Event {}

    record ConsensusOffered(ConsensusFlavor flavor, NetdocText text) implements Event {}

    record CertificatesOffered(List<KeyCertificate> certificates) implements Event {}

    record MicrodescriptorsOffered(List<Microdescriptor> microdescriptors) implements Event {}

    record DescriptorsOffered(List<RouterDescriptor> descriptors) implements Event {}
  }

  /**
   * A fetcher that is not yet started.
   *
   * @param settings what kind of node
   * @param servers whom to ask; owned by the fetcher from now on
   * @param store the cache on disk
   * @param transport carries the requests
   * @param progress told of each step forward
   * @param listener told of new views and documents
   */
  public DirectoryFetcher(
      FetchSettings settings,
      DirServers servers,
      DirectoryStore store,
      DirectoryTransport transport,
      InstantSource clock,
      RandomGenerator random,
      BootstrapProgress progress,
      DirectoryListener listener) {
    this(
        settings,
        servers,
        store,
        transport,
        clock,
        random,
        progress,
        listener,
        request -> Thread.ofVirtual().name("directory request").start(request));
  }

  DirectoryFetcher(
      FetchSettings settings,
      DirServers servers,
      DirectoryStore store,
      DirectoryTransport transport,
      InstantSource clock,
      RandomGenerator random,
      BootstrapProgress progress,
      DirectoryListener listener,
      Executor requests) {
    this.settings = settings;
    this.servers = servers;
    this.store = store;
    this.transport = transport;
    this.clock = clock;
    this.random = random;
    this.progress = progress;
    this.listener = listener;
    this.requests = requests;
    this.state = new FetchState(settings, servers.v3idents(), random);
  }

  /** Starts fetching. */
  public void start() {
    lock.lock();
    try {
      if (thread == null && !closed) {
        thread = Thread.ofVirtual().name("directory fetcher").start(this::run);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Stops fetching and waits until nothing is being written to the cache any more. Requests under
   * way are abandoned.
   */
  @Override
  public void close() {
    Thread running;
    lock.lock();
    try {
      closed = true;
      // No interrupt: it would cut short what is being written.
      arrived.signal();
      running = thread;
    } finally {
      lock.unlock();
    }
    if (running != null && running != Thread.currentThread()) {
      try {
        running.join(MAX_CLOSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The latest view; empty before the first consensus. */
  public Optional<NetworkView> view() {
    return Optional.ofNullable(view);
  }

  /** The latest documents. */
  public DirectoryDocuments documents() {
    return documents;
  }

  /** Hands over a consensus that came from elsewhere: an authority's own. It is verified as any. */
  public void offerConsensus(ConsensusFlavor flavor, NetdocText text) {
    offer(new Event.ConsensusOffered(flavor, text));
  }

  /** Hands over certificates that came from elsewhere. */
  public void offerCertificates(List<KeyCertificate> certificates) {
    offer(new Event.CertificatesOffered(List.copyOf(certificates)));
  }

  /** Hands over microdescriptors that came from elsewhere: those an authority made. */
  public void offerMicrodescriptors(List<Microdescriptor> microdescriptors) {
    offer(new Event.MicrodescriptorsOffered(List.copyOf(microdescriptors)));
  }

  /** Hands over router descriptors that came from elsewhere: those uploaded to an authority. */
  public void offerDescriptors(List<RouterDescriptor> descriptors) {
    offer(new Event.DescriptorsOffered(List.copyOf(descriptors)));
  }

  private void offer(Event event) {
    lock.lock();
    try {
      if (inbox.size() < MAX_OFFERS) {
        post(event);
      } else {
        log.warn("directory fetcher is far behind, dropping what was offered");
      }
    } finally {
      lock.unlock();
    }
  }

  private void post(Event event) {
    lock.lock();
    try {
      inbox.add(event);
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      load(clock.instant());
    } catch (RuntimeException e) {
      log.error("loading the directory cache failed, please report this", e);
    }
    try {
      while (!isClosed()) {
        await(progressOrPause(clock.instant()));
      }
    } catch (InterruptedException e) {
      log.debug("directory fetcher stopped");
    }
  }

  /** A fault of ours in one turn, or of a listener, must not leave the node without a directory. */
  private Instant progressOrPause(Instant now) {
    try {
      return progress(now);
    } catch (RuntimeException e) {
      log.error("directory fetcher failed, please report this", e);
      return now.plus(PAUSE_AFTER_FAULT);
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private void await(Instant next) throws InterruptedException {
    lock.lock();
    try {
      Duration wait = Duration.between(clock.instant(), next);
      long nanos = Math.min(wait.toNanos(), MAX_WAIT.toNanos());
      while (inbox.isEmpty() && !closed && nanos > 0) {
        nanos = arrived.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes what the cache on disk has. */
  void load(Instant now) {
    FetchState.Gains gains = new FetchState.Gains();
    store.certificates().forEach(c -> state.offerCertificate(c, gains));
    for (Microdescriptor.Cached cached : store.microdescriptors()) {
      Instant listed = cached.lastListed() == null ? now : cached.lastListed();
      state.offerMicrodescriptor(cached.microdescriptor(), listed, gains);
    }
    if (settings.descriptors()) {
      store.descriptors().forEach(d -> state.offerDescriptor(d, gains));
    }
    for (ConsensusFlavor flavor : settings.flavors()) {
      store
          .consensus(flavor)
          .ifPresent(
              text -> {
                if (state.offerConsensus(flavor, text, now, gains) == FetchState.Verdict.LIE) {
                  store.dropConsensus(flavor);
                }
              });
    }
    journal = gains.microdescriptors().size() + gains.descriptors().size();
    publish(gains, now);
  }

  /**
   * Does everything that is to be done now; returns when to look again unless something arrives
   * before.
   */
  Instant progress(Instant now) {
    do {
      takeAll(now);
      List<FetchStep> steps = state.due(now);
      state.liars().forEach(liar -> servers.lied(liar, now));
      for (FetchStep step : steps) {
        launch(step, now);
      }
    } while (hasArrivals());
    return state.nextWake(now);
  }

  private void takeAll(Instant now) {
    FetchState.Gains gains = new FetchState.Gains();
    for (Event event = poll(); event != null; event = poll()) {
      take(event, now, gains);
    }
    if (gains.any()) {
      // First to those who wait for it, then to the disk.
      publish(gains, now);
      save(gains, now);
    }
  }

  private boolean hasArrivals() {
    lock.lock();
    try {
      return !inbox.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Event poll() {
    lock.lock();
    try {
      return inbox.poll();
    } finally {
      lock.unlock();
    }
  }

  private void take(Event event, Instant now, FetchState.Gains gains) {
    switch (event) {
      case Event.Answered(FetchStep step, DirServer server, DirAnswer answer) -> {
        release(step, server);
        if (answer.status() == 200) {
          report(step);
        }
        switch (state.apply(step, server, answer, now, gains)) {
          case GOOD -> servers.succeeded(server);
          case UNDECIDED -> {
            servers.answered(server);
            log.debug("a directory sent a consensus whose certificates we lack");
          }
          case USELESS -> {
            servers.lacked(server, step instanceof FetchStep.OfMicrodescriptors, now);
            log.debug("a directory answered {} without what we need", answer.status());
          }
          case LIE -> {
            servers.lied(server, now);
            log.debug("a directory sent something malformed, unsigned or unasked");
          }
        }
      }
      case Event.Failed(FetchStep step, DirServer server, DirFetchException why) -> {
        release(step, server);
        servers.failed(server, now);
        state.failed(step, now);
        log.debug("no answer from a directory: {}", why.reason());
      }
      case Event.ConsensusOffered(ConsensusFlavor flavor, NetdocText text) ->
          state.offerConsensus(flavor, text, now, gains);
      case Event.CertificatesOffered(List<KeyCertificate> certificates) ->
          certificates.forEach(c -> state.offerCertificate(c, gains));
      case Event.MicrodescriptorsOffered(List<Microdescriptor> microdescriptors) ->
          microdescriptors.forEach(m -> state.offerMicrodescriptor(m, now, gains));
      case Event.DescriptorsOffered(List<RouterDescriptor> descriptors) ->
          descriptors.forEach(d -> state.offerDescriptor(d, gains));
    }
  }

  private void report(FetchStep step) {
    switch (step) {
      case FetchStep.OfConsensus _ -> progress.reached(BootstrapPhase.LOADING_STATUS);
      case FetchStep.OfCertificates _ -> progress.reached(BootstrapPhase.LOADING_KEYS);
      case FetchStep.OfMicrodescriptors _, FetchStep.OfDescriptors _ -> {
        // Reported with the fraction of paths they make possible.
      }
    }
  }

  private void launch(FetchStep step, Instant now) {
    Set<RsaIdentity> avoid = new HashSet<>();
    if (step instanceof FetchStep.OfConsensus(ConsensusFlavor flavor, var _)) {
      avoid.addAll(busy.keySet());
      avoid.addAll(state.undecided(flavor));
    }
    Optional<DirServer> server =
        servers.choose(
            cachesOf(now), avoid, step instanceof FetchStep.OfMicrodescriptors, now, random);
    if (server.isEmpty()) {
      state.failed(step, now);
      return;
    }
    switch (step) {
      // REQUESTING_STATUS is for whoever knows that the request is on its way, not waiting for a
      // link.
      case FetchStep.OfConsensus _ -> busy.merge(server.get().ids().rsa(), 1, Integer::sum);
      case FetchStep.OfCertificates _ -> progress.reached(BootstrapPhase.LOADING_KEYS);
      case FetchStep.OfMicrodescriptors _ ->
          progress.reached(BootstrapPhase.REQUESTING_DESCRIPTORS);
      case FetchStep.OfDescriptors _ -> {
        // Only caches fetch them; no part of a bootstrap.
      }
    }
    DirRequest request = step.request(servers.v3idents());
    requests.execute(() -> exchange(step, server.get(), request));
  }

  /** The network whose caches we may ask: caches themselves ask the authorities. */
  private @Nullable NetworkView cachesOf(Instant now) {
    NetworkView known = view;
    boolean usable =
        known != null
            && !settings.early()
            && known.dirInfo().enough()
            && known.isReasonablyLive(now);
    return usable ? known : null;
  }

  private void release(FetchStep step, DirServer server) {
    if (step instanceof FetchStep.OfConsensus) {
      busy.computeIfPresent(server.ids().rsa(), (_, n) -> n == 1 ? null : n - 1);
    }
  }

  /** Threads: a virtual thread of its own. */
  private void exchange(FetchStep step, DirServer server, DirRequest request) {
    Event event;
    try {
      event = new Event.Answered(step, server, transport.exchange(server, request));
    } catch (DirFetchException e) {
      event = new Event.Failed(step, server, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      event =
          new Event.Failed(step, server, new DirFetchException(DirFetchException.Reason.CLOSED));
    } catch (RuntimeException e) {
      log.error("directory request failed, please report this", e);
      event =
          new Event.Failed(
              step, server, new DirFetchException(DirFetchException.Reason.MALFORMED, e));
    }
    post(event);
  }

  private void save(FetchState.Gains gains, Instant now) {
    if (!gains.certificates().isEmpty()) {
      store.writeCertificates(state.certificates());
    }
    if (!gains.consensuses().isEmpty()) {
      servers.newConsensus();
    }
    for (Consensus consensus : gains.consensuses()) {
      store.writeConsensus(consensus.flavor(), consensus.text());
    }
    Map<Microdescriptor, Instant> micros = state.microdescriptors();
    journal += gains.microdescriptors().size() + gains.descriptors().size();
    // A journal as large as what it adds to is folded in; otherwise appending is enough.
    boolean fold = !gains.consensuses().isEmpty() && 2 * journal > micros.size();
    if (fold) {
      store.writeMicrodescriptors(micros);
      if (settings.descriptors()) {
        store.writeDescriptors(state.descriptors());
      }
      journal = 0;
    } else {
      if (!gains.microdescriptors().isEmpty()) {
        store.appendMicrodescriptors(gains.microdescriptors(), now);
      }
      if (!gains.descriptors().isEmpty()) {
        store.appendDescriptors(gains.descriptors());
      }
    }
  }

  private void publish(FetchState.Gains gains, Instant now) {
    if (!gains.microdescriptors().isEmpty()) {
      state.rebuildView();
    }
    NetworkView latest = state.view().orElse(null);
    if (latest != null && latest != view) {
      view = latest;
      servers.retain(latest);
      reportView(latest, now);
      listener.onView(latest);
    }
    if (gains.any()) {
      documents = state.documents();
      listener.onDocuments(documents);
    }
  }

  private void reportView(NetworkView latest, Instant now) {
    if (!latest.isReasonablyLive(now)) {
      return;
    }
    double paths = latest.dirInfo().paths();
    double needed = latest.dirInfo().needed();
    if (latest.dirInfo().enough()) {
      progress.reached(BootstrapPhase.ENOUGH_DIRINFO);
    } else if (paths > 0) {
      progress.reached(
          BootstrapPhase.LOADING_DESCRIPTORS, (long) (1000 * paths), (long) (1000 * needed));
    }
    log.debug("directory: {}", latest.dirInfo().describe());
  }
}
