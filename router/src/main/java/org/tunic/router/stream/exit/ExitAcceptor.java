package org.tunic.router.stream.exit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.tunic.directory.policy.ExitPolicy;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.Connected;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.Resolved;
import org.tunic.router.stream.IncomingResolve;
import org.tunic.router.stream.IncomingStream;
import org.tunic.router.stream.PreviousHop;
import org.tunic.router.stream.StreamAcceptor;
import org.tunic.router.stream.bridge.ByteBridge;

/**
 * Serves the streams of a relay's circuits: BEGIN becomes a TCP connection, RESOLVE a lookup, and
 * BEGIN_DIR goes to the directory room.
 *
 * <p>In order: a previous hop that did not authenticate is a client on a one-hop circuit, which
 * would make this relay an open proxy: TORPROTOCOL. One that no consensus lists: MISC. A name that
 * is none, or is not found: RESOLVEFAILED. The exit policy is asked about the address, so a name is
 * looked up before; a relay that refuses everything does not look names up at all: EXITPOLICY. A
 * destination that is itself a relay: CONNECTREFUSED, because a circuit through a circuit has no
 * end. Then TCP, with its own reasons.
 *
 * <p>Spec: tor-spec/opening-streams, tor-spec/remote-hostname-lookup. Threads: called on the event
 * loop of each circuit; shared by all.
 */
public final class ExitAcceptor implements StreamAcceptor {
  /** TCP connections being opened at once, over all circuits. */
  static final int MAX_DIALS = 4096;

  /** Seconds: every RESOLVED says so, lest the answer tell what the exit had cached. */
  private static final long RESOLVED_TTL_SECONDS = 60;

  /** Seconds: the times to live in CONNECTED are blurred by as much either way. */
  private static final int TTL_NOISE_SECONDS = 4 * 60;

  private final ExitSettings settings;
  private final Supplier<ExitPolicy> policy;
  private final ExitResolver resolver;
  private final BiFunction<EventLoop, InetSocketAddress, ChannelFuture> dialer;
  private final KnownRelays relays;
  private final Consumer<IncomingStream> directory;
  private final RandomGenerator random;
  private final AtomicInteger dials = new AtomicInteger();

  /**
   * @param policy the policy in force; asked for every stream
   * @param relays what is known of others
   * @param directory takes BEGIN_DIR streams; refuses them with NOTDIRECTORY if there is no
   *     directory
   * @param random of any thread
   */
  public ExitAcceptor(
      ExitSettings settings,
      Supplier<ExitPolicy> policy,
      ExitResolver resolver,
      TcpDialer dialer,
      KnownRelays relays,
      Consumer<IncomingStream> directory,
      RandomGenerator random) {
    this(settings, policy, resolver, dialer::dial, relays, directory, random);
  }

  ExitAcceptor(
      ExitSettings settings,
      Supplier<ExitPolicy> policy,
      ExitResolver resolver,
      BiFunction<EventLoop, InetSocketAddress, ChannelFuture> dialer,
      KnownRelays relays,
      Consumer<IncomingStream> directory,
      RandomGenerator random) {
    this.settings = settings;
    this.policy = policy;
    this.resolver = resolver;
    this.dialer = dialer;
    this.relays = relays;
    this.directory = directory;
    this.random = random;
  }

  @Override
  public void onBeginDir(IncomingStream stream) {
    directory.accept(stream);
  }

  @Override
  public void onBegin(IncomingStream stream) {
    Begin begin = stream.begin();
    if (begin == null) {
      stream.refuse(EndReason.INTERNAL);
      return;
    }
    Optional<EndReason> unwelcome = unwelcome(stream.previousHop());
    if (unwelcome.isPresent()) {
      stream.refuse(unwelcome.get());
      return;
    }
    ExitPolicy rules = policy.get();
    if (servesNobody(rules) || !ExitRules.canServe(settings, begin.flags())) {
      stream.refuse(EndReason.EXITPOLICY);
      return;
    }
    Optional<InetAddress> literal = IpLiteral.parseAddress(begin.host());
    if (literal.isPresent()) {
      obey(stream, begin, ExitRules.literal(settings, rules, literal.get(), begin.port()));
      return;
    }
    Optional<String> name = DnsNames.canonical(begin.host());
    if (name.isEmpty() || DnsNames.isReverse(name.get())) {
      stream.refuse(EndReason.RESOLVEFAILED);
      return;
    }
    resolver.resolve(
        name.get(),
        stream.loop(),
        found ->
            obey(
                stream,
                begin,
                ExitRules.resolved(settings, policy.get(), found, begin.flags(), begin.port())));
  }

  /** Why a circuit that comes from there gets no exit streams. */
  private Optional<EndReason> unwelcome(PreviousHop from) {
    if (from.relay().isEmpty()) {
      return Optional.of(EndReason.TORPROTOCOL);
    }
    return relays.mayExit().test(from.relay().get())
        ? Optional.empty()
        : Optional.of(EndReason.MISC);
  }

  private static boolean servesNobody(ExitPolicy rules) {
    return rules.rejectsAll(false, false) && rules.rejectsAll(true, false);
  }

  private void obey(IncomingStream stream, Begin begin, ExitRules.Verdict verdict) {
    if (stream.abandoned()) {
      return;
    }
    switch (verdict) {
      case ExitRules.Refuse(EndReason reason) -> stream.refuse(reason);
      case ExitRules.Against(InetAddress address, long ttlSeconds) ->
          stream.refuse(address, ExitResolver.twoValued(ttlSeconds));
      case ExitRules.Connect(InetAddress address, long ttlSeconds) -> {
        InetSocketAddress target = new InetSocketAddress(address, begin.port());
        if (relays.atAddress().test(target)) {
          stream.refuse(EndReason.CONNECTREFUSED);
        } else {
          dial(stream, target, ttlSeconds);
        }
      }
    }
  }

  private void dial(IncomingStream stream, InetSocketAddress target, long ttlSeconds) {
    if (dials.incrementAndGet() > MAX_DIALS) {
      dials.decrementAndGet();
      stream.refuse(EndReason.RESOURCELIMIT);
      return;
    }
    ChannelFuture dialed = dialer.apply(stream.loop(), target);
    dialed.addListener(
        _ -> {
          dials.decrementAndGet();
          // A socket that could not even be made has no loop, and tells on some other thread.
          if (stream.loop().inEventLoop()) {
            dialed(stream, dialed, target, ttlSeconds);
          } else {
            stream.loop().execute(() -> dialed(stream, dialed, target, ttlSeconds));
          }
        });
  }

  private void dialed(
      IncomingStream stream, ChannelFuture dialed, InetSocketAddress target, long ttlSeconds) {
    Channel socket = dialed.channel();
    if (!dialed.isSuccess()) {
      stream.refuse(TcpDialer.reason(dialed.cause()));
    } else if (stream.abandoned()) {
      socket.close();
    } else {
      Connected connected = new Connected(target.getAddress(), blurred(ttlSeconds));
      ByteBridge.join(stream.accept(connected), socket, settings.stallLimit());
    }
  }

  private long blurred(long ttlSeconds) {
    return ExitResolver.twoValued(ttlSeconds)
        + random.nextInt(2 * TTL_NOISE_SECONDS + 1)
        - TTL_NOISE_SECONDS;
  }

  @Override
  public void onResolve(IncomingResolve question) {
    Optional<InetAddress> literal = IpLiteral.parseAddress(question.resolve().host());
    Optional<String> name = DnsNames.canonical(question.resolve().host());
    if (unwelcome(question.previousHop()).isPresent() || servesNobody(policy.get())) {
      question.answer(error(false));
    } else if (literal.isPresent()) {
      question.answer(answer(List.of(literal.get())));
    } else if (name.isEmpty()) {
      question.answer(error(false));
    } else if (DnsNames.isReverse(name.get())) {
      Optional<InetAddress> address = DnsNames.reverseAddress(name.get());
      if (address.isEmpty() || IpLiteral.isInternal(address.get())) {
        question.answer(error(false));
      } else {
        resolver.reverse(address.get(), question.loop(), found -> tell(question, found));
      }
    } else {
      resolver.resolve(name.get(), question.loop(), found -> tell(question, found));
    }
  }

  private static void tell(IncomingResolve question, Resolution found) {
    question.answer(
        switch (found) {
          case Resolution.Addresses addresses -> answer(addresses.all());
          case Resolution.HostName(String name, long _) ->
              new Resolved(List.of(Resolved.Answer.ofHostname(name, RESOLVED_TTL_SECONDS)));
          case Resolution.Failed(boolean transientFailure) -> error(transientFailure);
        });
  }

  private static Resolved answer(List<InetAddress> addresses) {
    return new Resolved(
        addresses.stream().map(a -> Resolved.Answer.of(a, RESOLVED_TTL_SECONDS)).toList());
  }

  private static Resolved error(boolean transientFailure) {
    return new Resolved(List.of(Resolved.Answer.error(transientFailure, RESOLVED_TTL_SECONDS)));
  }
}
