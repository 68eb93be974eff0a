package org.tunic.router.circuit.pool;

import java.net.Inet6Address;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.fetch.CacheChooser;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.Resolve;
import org.tunic.router.cell.Resolved;
import org.tunic.router.circuit.pool.CircuitStock.Build;
import org.tunic.router.circuit.pool.CircuitStock.Launch;
import org.tunic.router.circuit.timeout.BuildTimeouts;
import org.tunic.router.circuit.timeout.SavedTimes;
import org.tunic.router.circuit.timeout.TimeoutParameters;
import org.tunic.router.guard.GuardSet;
import org.tunic.router.guard.SampledGuard;
import org.tunic.router.path.ExitNeed;
import org.tunic.router.path.PathSelector;
import org.tunic.router.stream.StreamEndedException;
import org.tunic.router.stream.exit.DnsNames;
import org.tunic.router.stream.socks.ClientRequest;
import org.tunic.router.stream.socks.IsolationKey;
import org.tunic.router.stream.socks.ResolveRequest;
import org.tunic.router.stream.socks.StreamRequest;
import org.tunic.router.stream.socks.TargetHost;

/**
 * The client's circuits and the streams that wait for one.
 *
 * <p>A few circuits of three hops are kept ready for the ports in use ({@link PredictedPorts}). A
 * stream goes on the circuit used last among those whose exit lets it through and whose streams
 * have its isolation key, else on an unused one, else on one being built, else one is launched for
 * it. A circuit takes streams for ten minutes from its first one and is closed with its last.
 *
 * <p>A stream that fails before CONNECTED is tried elsewhere as C tor does: when its circuit dies,
 * when no answer comes in 10 or 15 seconds ({@code CircuitStreamTimeout}), and when END says
 * something that another exit may see differently ({@link #onEnd}); three refusals, ten tries or
 * {@code SocksTimeout} end it. Circuits that fail to build are replaced at once at first, then ever
 * more slowly ({@link LaunchBackoff}); a failure to reach the first hop is told to the guards.
 *
 * <p>The pool is an actor. {@link #run} takes tasks from the mailbox and after each batch calls
 * {@link #progress}, which looks at everything there is, does what is due, and says when it next
 * has to. Nothing is remembered about what ought to happen later; which stream counts on which
 * circuit being built, for one, is worked out anew each time. That costs a look at every stream and
 * circuit in a batch, thousands at most, and leaves no order of events in which something is
 * forgotten.
 *
 * <p>Bounds: {@value #MAX_WAITING} streams waiting, {@value CircuitStock#MAX_CIRCUITS} circuits,
 * and for each stream and circuit what their classes say. The mailbox needs none of its own: it
 * holds at most an entry for each waiting stream and a few for each circuit and each stream on one.
 *
 * <p>Spec: path-spec/when-we-build, path-spec/attaching-streams-to-circuits,
 * path-spec/handling-failure. Threads: one virtual thread (the pool's) runs {@link #run} and owns
 * all state and the guard set; {@link #open}, {@link #resolve}, {@link #useView}, {@link
 * #reconfigure}, {@link #guards}, {@link #network} and {@link #close} may be called by any.
 *
 * @param <S> the kind of stream; {@code DataStream} outside of tests
 */
public final class CircuitPool<S> implements Runnable, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CircuitPool.class);

  /** Streams waiting to be connected, in all. */
  static final int MAX_WAITING = 1024;

  /** Exits that may refuse a stream before it is given up. */
  static final int MAX_REFUSALS = 3;

  /** BEGIN or RESOLVE messages for one stream. */
  static final int MAX_SENT = 10;

  /** Circuits launched for one stream. */
  static final int MAX_LAUNCHES = 10;

  /** How long a BEGIN may stay unanswered: the first two, and the further ones of a stream. */
  private static final Duration FIRST_ANSWERS = Duration.ofSeconds(10);

  private static final Duration LATER_ANSWERS = Duration.ofSeconds(15);
  private static final int FIRST_SENT = 2;

  private static final int PREDICTED_AFTER_LOOKUP = 80;

  private static final Duration DIRECTORY_GUARD_WAIT = Duration.ofSeconds(5);

  /** Tasks between two looks at what is due. */
  private static final int MAX_BATCH = 256;

  /** Names that C tor keeps for itself; asking an exit for one would only give it away. */
  private static final List<String> RESERVED_SUFFIXES = List.of(".onion", ".exit", ".noconnect");

  /**
   * The world around a pool.
   *
   * @param nanoTime monotonic time
   * @param clock wall time, for guards
   * @param random for choices of relays, which nobody must foresee: a {@code SecureRandom}
   * @param saveGuards takes the guard sample when it changed; must not block
   * @param saveTimes takes build times now and then; must not block
   * @param events told what happens; called by the pool's thread, must not block
   */
  public record Environment(
      LongSupplier nanoTime,
      InstantSource clock,
      RandomGenerator random,
      Consumer<List<SampledGuard>> saveGuards,
      Consumer<SavedTimes> saveTimes,
      Consumer<PoolEvent> events) {}

  private volatile PoolSettings settings;
  private final Environment environment;
  private final Mailbox mailbox = new Mailbox();
  private final CircuitStock<S> stock;

  /** Streams whose future is not done. */
  private final AtomicInteger admitted = new AtomicInteger();

  private volatile boolean closing;

  /** Streams not connected yet, oldest first. */
  private final Map<Long, WaitingStream<S, ?>> streams = new LinkedHashMap<>();

  private final TrackedExits tracked = new TrackedExits();
  private long lastStreamId;

  /**
   * @param guards given over to the pool
   * @param times build times of the last run
   */
  public CircuitPool(
      CircuitBuilder<S> builder,
      GuardSet guards,
      SavedTimes times,
      PoolSettings settings,
      Environment environment) {
    this.settings = settings;
    this.environment = environment;
    TimeoutParameters parameters =
        TimeoutParameters.of(
            ConsensusParameters.DEFAULTS, settings.learnTimeout(), settings.buildTimeout());
    this.stock =
        new CircuitStock<>(
            builder,
            guards,
            settings,
            environment,
            mailbox,
            new BuildTimeouts(parameters, times, environment.random()));
  }

  // ---- from any thread ----

  /**
   * Connects a stream.
   *
   * @return the stream once it is connected, on a thread of the pool's: hand over and return. Fails
   *     with {@link StreamEndedException}, whose reason is the last exit's or tells why no exit was
   *     asked: EXITPOLICY if none lets the port through or the address is private, TORPROTOCOL for
   *     names that never leave Tor, RESOURCELIMIT if too many streams wait, TIMEOUT. Cancelling it
   *     gives the stream up.
   */
  public CompletableFuture<S> open(StreamRequest request) {
    return admit(
        result ->
            onRequest(
                request,
                new ExitNeed(
                    request.port(),
                    wantsIpv6(request),
                    settings.longLivedPorts().contains(request.port())),
                circuit -> circuit.circuit.begin(begin(request, circuit.exit())),
                result));
  }

  /**
   * Asks an exit for the addresses of a name, or the name of an address.
   *
   * @return what the exit says, an error too; fails as {@link #open}
   */
  public CompletableFuture<Resolved> resolve(ResolveRequest request) {
    Resolve question =
        new Resolve(
            switch (request.target()) {
              case TargetHost.Name name -> name.unredacted();
              case TargetHost.Literal literal -> DnsNames.reverseName(literal.address());
            });
    return admit(
        result ->
            onRequest(
                request, ExitNeed.LOOKUP, circuit -> circuit.circuit.resolve(question), result));
  }

  private <T> CompletableFuture<T> admit(Consumer<CompletableFuture<T>> task) {
    if (closing) {
      return CompletableFuture.failedFuture(new StreamEndedException(EndReason.DESTROY));
    }
    if (admitted.incrementAndGet() > MAX_WAITING) {
      admitted.decrementAndGet();
      return CompletableFuture.failedFuture(new StreamEndedException(EndReason.RESOURCELIMIT));
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    result.whenComplete((_, _) -> admitted.decrementAndGet());
    mailbox.post(() -> task.accept(result));
    return result;
  }

  /**
   * Other settings from now on.
   *
   * @param abandon whether they want other relays: circuits there are take no further streams then
   */
  public void reconfigure(PoolSettings newSettings, boolean abandon) {
    mailbox.post(
        () -> {
          settings = newSettings;
          if (abandon) {
            tracked.clear();
          }
          stock.useSettings(newSettings, abandon);
        });
  }

  /** Takes a new view of the network. Circuits over relays no longer listed stay. */
  public void useView(NetworkView view) {
    mailbox.post(() -> stock.useView(view));
  }

  /**
   * Picks directory caches among the guards. It answers none before the first view, or when the
   * pool does not answer in time; the fetcher then asks fallbacks or authorities.
   *
   * @return to be called by threads that may block
   */
  public CacheChooser directoryGuards() {
    return new DirectoryGuards();
  }

  private final class DirectoryGuards implements CacheChooser {
    @Override
    public Optional<Relay> choose(NetworkView view, Wish wish) {
      CompletableFuture<Optional<Relay>> answer = new CompletableFuture<>();
      mailbox.post(
          () -> {
            Optional<Relay> guard = stock.directoryGuard(view, wish);
            if (!answer.complete(guard)) {
              guard.ifPresent(late -> stock.directoryNotAsked(late.ids().rsa()));
            }
          });
      return answer
          .completeOnTimeout(
              Optional.empty(), DIRECTORY_GUARD_WAIT.toMillis(), TimeUnit.MILLISECONDS)
          .join();
    }

    @Override
    public void answered(RsaIdentity cache) {
      mailbox.post(() -> stock.directoryAnswered(cache));
    }

    @Override
    public void failed(RsaIdentity cache) {
      mailbox.post(() -> stock.directoryFailed(cache));
    }
  }

  /** The guards, for circuits that are not the pool's. */
  public GuardLender guards() {
    return stock.lender();
  }

  /** The network that paths are chosen in; empty before the first view. */
  public Optional<PathSelector> network() {
    return stock.network();
  }

  /** Gives up all streams and closes all circuits; {@link #run} then returns. */
  @Override
  public void close() {
    closing = true;
    mailbox.post(() -> {});
  }

  // ---- the actor ----

  /** Works until {@link #close}; blocks between events. */
  @Override
  public void run() {
    try {
      while (!closing) {
        mailbox.await(turn());
      }
    } catch (InterruptedException _) {
      closing = true;
    }
    mailbox.post(this::shutDown);
    mailbox.finish();
  }

  private void shutDown() {
    List.copyOf(streams.values()).forEach(stream -> fail(stream, EndReason.DESTROY));
    stock.close();
  }

  /**
   * Takes a batch of tasks from the mailbox and does what is due.
   *
   * @return nanoseconds until something else is due
   */
  long turn() {
    mailbox.perform(MAX_BATCH);
    NextWake next = new NextWake(environment.nanoTime().getAsLong());
    try {
      progress(next);
    } catch (RuntimeException e) {
      log.error("The circuit pool stumbled; this is a bug", e);
    }
    return next.waitNanos();
  }

  private void progress(NextWake next) {
    long now = next.nowNanos();
    expireStreams(now, next);
    stock.closeIdle(now, next);
    stock.timeBuilds(now, next);
    Map<Build, IsolationKey> claims = attachStreams(now, next);
    stock.launchPredicted(claims.keySet(), now, next);
    stock.launchForLearning(claims.keySet(), now, next);
    stock.tendGuards(next);
  }

  // ---- streams ----

  private <T> void onRequest(
      ClientRequest request,
      ExitNeed need,
      Function<PooledCircuit<S>, StreamAttempt<T>> start,
      CompletableFuture<T> result) {
    long now = environment.nanoTime().getAsLong();
    Optional<RsaIdentity> exit = request.terms().exit().flatMap(stock::relayNamed);
    WaitingStream<S, T> stream =
        new WaitingStream<>(
            ++lastStreamId,
            request,
            need,
            exit.orElse(null),
            start,
            result,
            now + settings.socksTimeout().toNanos());
    if (stream.chosenExit == null) {
      stream.trackedExit = tracked.of(request.target().unredacted(), now).orElse(null);
    }
    streams.put(stream.id, stream);
    tell(new PoolEvent.StreamNew(stream.id, request));
    if (closing) {
      fail(stream, EndReason.DESTROY);
      return;
    }
    Optional<EndReason> refusal =
        exit.isEmpty() && request.terms().exit().isPresent()
            ? Optional.of(EndReason.TORPROTOCOL) // a relay nobody knows
            : refusal(request);
    if (refusal.isPresent()) {
      fail(stream, refusal.get());
      return;
    }
    // A look-up is mostly followed by a stream to the web, and C tor predicts that too.
    stock.predict(request instanceof StreamRequest to ? to.port() : PREDICTED_AFTER_LOOKUP, now);
  }

  /** Whether the exit must have IPv6. */
  private static boolean wantsIpv6(StreamRequest request) {
    return switch (request.target()) {
      case TargetHost.Literal literal -> literal.address() instanceof Inet6Address;
      case TargetHost.Name _ -> request.terms().ipv6() && !request.terms().ipv4();
    };
  }

  private Optional<EndReason> refusal(ClientRequest request) {
    return switch (request.target()) {
      case TargetHost.Name name -> {
        String host = name.unredacted().toLowerCase(Locale.ROOT);
        String bare = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        yield RESERVED_SUFFIXES.stream().anyMatch(bare::endsWith)
            ? Optional.of(EndReason.TORPROTOCOL)
            : Optional.empty();
      }
      // An exit chosen by hand may well be meant for an address of its own network.
      case TargetHost.Literal literal ->
          request instanceof StreamRequest
                  && request.terms().exit().isEmpty()
                  && settings.rejectInternalAddresses()
                  && IpLiteral.isInternal(literal.address())
              ? Optional.of(EndReason.EXITPOLICY)
              : Optional.empty();
    };
  }

  private void expireStreams(long now, NextWake next) {
    for (WaitingStream<S, ?> stream : List.copyOf(streams.values())) {
      if (stream.result.isDone()) {
        drop(stream);
      } else if (stream.untilNanos - now <= 0) {
        fail(stream, stream.lastReason);
      } else {
        next.at(stream.untilNanos);
        expireAnswer(stream, now, next);
      }
    }
  }

  private <T> void expireAnswer(WaitingStream<S, T> stream, long now, NextWake next) {
    if (stream.state instanceof WaitingStream.State.Sent<S, T> sent) {
      if (sent.untilNanos() - now <= 0) {
        onUnanswered(stream, sent);
      } else {
        next.at(sent.untilNanos());
      }
    }
  }

  /**
   * Finds a circuit for each stream that waits, or sees to it that there will be one.
   *
   * @return which circuits being built are counted on, and by which key
   */
  private Map<Build, IsolationKey> attachStreams(long now, NextWake next) {
    Map<Build, IsolationKey> claims = new HashMap<>();
    for (WaitingStream<S, ?> stream : List.copyOf(streams.values())) {
      if (!(stream.state instanceof WaitingStream.State.Waiting<?, ?>)) {
        continue;
      }
      Optional<PooledCircuit<S>> circuit = best(stream, now);
      if (circuit.isPresent()) {
        send(stream, circuit.get(), now);
        next.within(0);
      } else if (!claim(stream, claims)) {
        launchFor(stream, claims, now);
        stock.noteBackoff(now, next);
      }
    }
    return claims;
  }

  private Optional<PooledCircuit<S>> best(WaitingStream<S, ?> stream, long now) {
    Optional<PooledCircuit<S>> best = Optional.empty();
    for (PooledCircuit<S> circuit : stock.circuits()) {
      if (circuit.serves(stream.need)
          && stream.mayUse(circuit.exit())
          && !stream.wasTriedAt(circuit.exit())
          && circuit.admits(stream.request.isolation(), now)
          && circuit.isBetterThan(best)) {
        best = Optional.of(circuit);
      }
    }
    return best;
  }

  private boolean claim(WaitingStream<S, ?> stream, Map<Build, IsolationKey> claims) {
    IsolationKey key = stream.request.isolation();
    for (Build build : stock.builds()) {
      if (build.serves(stream.need)
          && stream.mayUse(build.path.exit())
          && !stream.wasTriedAt(build.path.exit())
          && key.equals(claims.getOrDefault(build, key))) {
        claims.put(build, key);
        return true;
      }
    }
    return false;
  }

  private void launchFor(WaitingStream<S, ?> stream, Map<Build, IsolationKey> claims, long now) {
    if (stream.launches >= MAX_LAUNCHES) {
      fail(stream, stream.lastReason);
      return;
    }
    Launch launch =
        stock.launch(stream.need, exit -> stream.mayUse(exit) && !stream.wasTriedAt(exit), now);
    if (launch instanceof Launch.NoExit && stream.trackedExit != null) {
      untrack(stream);
      launch =
          stock.launch(stream.need, exit -> stream.mayUse(exit) && !stream.wasTriedAt(exit), now);
    }
    if (launch instanceof Launch.NoExit && !stream.triedAt.isEmpty()) {
      // Every exit was tried once: the first ones may do better now.
      stream.triedAt.clear();
      launch = stock.launch(stream.need, stream::mayUse, now);
    }
    switch (launch) {
      case Launch.Launched(Build build) -> {
        stream.launches++;
        claims.put(build, stream.request.isolation());
      }
      case Launch.NoExit _ -> fail(stream, EndReason.EXITPOLICY);
      case Launch.Later _ -> {}
    }
  }

  private <T> void send(WaitingStream<S, T> stream, PooledCircuit<S> circuit, long now) {
    circuit.mark(stream.request, now, settings.maxCircuitDirtiness().toNanos());
    circuit.streams++;
    Duration patience = patience(stream);
    stream.sent++;
    if (stream.request instanceof StreamRequest && stream.chosenExit == null) {
      tracked.note(
          settings.tracking(),
          stream.request.target().unredacted(),
          circuit.exit().ids().rsa(),
          now);
    }
    StreamAttempt<T> attempt = stream.start.apply(circuit);
    stream.state = new WaitingStream.State.Sent<>(circuit, attempt, now + patience.toNanos());
    tell(new PoolEvent.StreamSent(stream.id, circuit.circuit.id()));
    attempt
        .connected()
        .whenComplete(
            (connected, failure) ->
                mailbox.post(() -> onAnswer(stream, attempt, connected, failure)));
    attempt.closed().whenComplete((_, _) -> mailbox.post(() -> onOver(stream, circuit, attempt)));
  }

  private Duration patience(WaitingStream<S, ?> stream) {
    if (!settings.streamTimeout().isZero()) {
      return settings.streamTimeout();
    }
    return stream.sent < FIRST_SENT ? FIRST_ANSWERS : LATER_ANSWERS;
  }

  /** The exit for its host did not do: any other may. */
  private void untrack(WaitingStream<S, ?> stream) {
    stream.trackedExit = null;
    tracked.forget(stream.request.target().unredacted());
  }

  /** Like C tor, says that IPv6 is welcome only to an exit that has it. */
  private static Begin begin(StreamRequest request, Relay exit) {
    boolean ipv4 = request.terms().ipv4();
    boolean ipv6 = request.terms().ipv6();
    if (request.target() instanceof TargetHost.Literal literal) {
      ipv6 = literal.address() instanceof Inet6Address;
      ipv4 = !ipv6;
    }
    int flags = ipv4 ? 0 : Begin.IPV4_NOT_OK;
    if (ipv6 && exit.policy6().allows(request.port())) {
      flags |= Begin.IPV6_OK;
    }
    if (flags == Begin.IPV6_OK && request.terms().preferIpv6()) {
      flags |= Begin.IPV6_PREFERRED;
    }
    return new Begin(request.target().unredacted(), request.port(), flags);
  }

  @SuppressWarnings("ReferenceEquality") // this very attempt
  private <T> void onAnswer(
      WaitingStream<S, T> stream,
      StreamAttempt<T> attempt,
      @Nullable T connected,
      @Nullable Throwable failure) {
    if (!(stream.state instanceof WaitingStream.State.Sent<S, T> sent)
        || sent.attempt() != attempt
        || !streams.containsKey(stream.id)) {
      return; // given up already, and ended then
    }
    if (connected == null) {
      EndReason reason =
          unwrap(failure) instanceof StreamEndedException ended
              ? ended.reason()
              : EndReason.DESTROY;
      onEnd(stream, sent.circuit(), reason);
      return;
    }
    stock.noteOnline();
    // Told first, so that whoever has the stream finds the event there.
    if (!stream.result.isDone()) {
      tell(new PoolEvent.StreamSucceeded(stream.id, sent.circuit().circuit.id()));
    }
    if (stream.result.complete(connected)) {
      streams.remove(stream.id);
    } else {
      drop(stream); // its owner gave it up meanwhile
    }
  }

  /**
   * An END, or the end of the circuit, instead of CONNECTED. What another exit would answer
   * likewise is final; what it may answer differently leads there. An exit that could not resolve
   * or reach the target taints its circuit, because it may be the exit that is at fault.
   */
  private void onEnd(WaitingStream<S, ?> stream, PooledCircuit<S> circuit, EndReason reason) {
    RsaIdentity exit = circuit.exit().ids().rsa();
    if (reason.equals(EndReason.DESTROY)) {
      stock.retire(circuit);
    } else if (reason.equals(EndReason.EXITPOLICY)) {
      stream.refusals++;
      stream.refusedBy.add(exit);
    } else if (reason.equals(EndReason.HIBERNATING) || reason.equals(EndReason.RESOURCELIMIT)) {
      stream.refusals++;
      stream.refusedBy.add(exit);
      stock.avoid(exit);
      stock.retire(circuit);
    } else if (reason.equals(EndReason.RESOLVEFAILED)
        || reason.equals(EndReason.MISC)
        || reason.equals(EndReason.NOROUTE)) {
      stream.refusals++;
      stream.triedAt.add(exit);
      stock.retire(circuit);
    } else {
      fail(stream, reason);
      return;
    }
    tryElsewhere(stream, circuit, reason);
  }

  private <T> void onUnanswered(WaitingStream<S, T> stream, WaitingStream.State.Sent<S, T> sent) {
    sent.attempt().abandon(EndReason.TIMEOUT);
    stock.retire(sent.circuit());
    tryElsewhere(stream, sent.circuit(), EndReason.TIMEOUT);
  }

  private <T> void tryElsewhere(
      WaitingStream<S, T> stream, PooledCircuit<S> circuit, EndReason reason) {
    stream.lastReason = reason;
    untrack(stream);
    if (stream.refusals >= MAX_REFUSALS || stream.sent >= MAX_SENT) {
      fail(stream, reason);
      return;
    }
    stream.state = new WaitingStream.State.Waiting<>();
    tell(new PoolEvent.StreamDetached(stream.id, circuit.circuit.id(), reason));
  }

  /** The attempt on that circuit is over, whatever became of it. */
  @SuppressWarnings("ReferenceEquality") // this very attempt
  private <T> void onOver(
      WaitingStream<S, T> stream, PooledCircuit<S> circuit, StreamAttempt<T> attempt) {
    circuit.streams--;
    if (stream.request.terms().keepAlive()) {
      circuit.renew(environment.nanoTime().getAsLong(), settings.maxCircuitDirtiness().toNanos());
    }
    boolean wasConnected =
        stream.state instanceof WaitingStream.State.Sent<S, T> sent
            && sent.attempt() == attempt
            && stream.result.isDone()
            && !stream.result.isCompletedExceptionally();
    if (wasConnected) {
      tell(new PoolEvent.StreamClosed(stream.id, circuit.circuit.id()));
    }
  }

  private void tell(PoolEvent event) {
    environment.events().accept(event);
  }

  private void fail(WaitingStream<S, ?> stream, EndReason reason) {
    drop(stream);
    tell(new PoolEvent.StreamFailed(stream.id, reason));
    stream.result.completeExceptionally(new StreamEndedException(reason));
  }

  /** Forgets a stream, ending what it has under way. */
  private <T> void drop(WaitingStream<S, T> stream) {
    streams.remove(stream.id);
    if (stream.state instanceof WaitingStream.State.Sent<S, T> sent) {
      sent.attempt().abandon(EndReason.DONE);
    }
  }

  private static @Nullable Throwable unwrap(@Nullable Throwable failure) {
    return failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
  }
}
