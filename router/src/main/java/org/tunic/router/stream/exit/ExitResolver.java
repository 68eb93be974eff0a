package org.tunic.router.stream.exit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsPtrRecord;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.HostsFileEntriesResolver;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.DnsNameResolverException;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.router.limits.TrafficCounters;

/**
 * Looks names up for exit streams: A, AAAA and PTR, by netty-resolver-dns at the operator's name
 * servers, without the hosts file, without search domains, and never through the JVM.
 *
 * <p>Everybody who asks for one name at one time shares one lookup. Answers are remembered for one
 * of two times only, five or sixty minutes: a cache that kept the server's exact times would let
 * somebody who watches the name server tell who visited what (C tor does likewise). Each lookup
 * uses sockets of its own, so that source ports are as unpredictable as query ids.
 *
 * <p>Threads: {@link #resolve} and {@link #reverse} any; all state on one event loop.
 */
public final class ExitResolver implements AutoCloseable {
  /** Names remembered, found or not. The one unused for longest goes first. */
  static final int MAX_REMEMBERED = 4096;

  /** Names being looked up at once; each has up to two sockets. */
  static final int MAX_LOOKUPS = 512;

  /** Streams waiting for lookups, over all names. */
  static final int MAX_WAITING = 16_384;

  /** Bytes of an answer; more is asked for again over TCP. */
  private static final int MAX_PAYLOAD_BYTES = 1232;

  /** Queries of one lookup, CNAMEs and retries included. */
  private static final int MAX_QUERIES = 16;

  static final long SHORT_TTL_SECONDS = 5 * 60;
  static final long LONG_TTL_SECONDS = 60 * 60;
  private static final long FAILURE_TTL_SECONDS = 60;
  private static final long TRANSIENT_FAILURE_TTL_SECONDS = 5;

  private static final Resolution OVERLOADED = new Resolution.Failed(true);

  /** Never finds anything. */
  private static final HostsFileEntriesResolver NO_HOSTS_FILE =
      new HostsFileEntriesResolver() {
        @Override
        public @Nullable InetAddress address(String name, ResolvedAddressTypes types) {
          return null;
        }
      };

  private record Waiter(Executor executor, Consumer<Resolution> then) {
    void tell(Resolution resolution) {
      executor.execute(() -> then.accept(resolution));
    }
  }

  private record Remembered(Resolution resolution, long expiresNanos) {}

  private final EventLoop loop;
  private final DnsNameResolver dns;
  private final LongSupplier nanoTime;
  private final boolean ipv6;
  private final TrafficCounters counters;

  /** In the order of use. */
  private final LinkedHashMap<String, Remembered> remembered = new LinkedHashMap<>(64, 0.75f, true);

  private final Map<String, List<Waiter>> lookups = new LinkedHashMap<>();
  private int waiting;

  /**
   * @param loop owns the queries' sockets and all state
   * @param datagrams makes UDP sockets for {@code loop}
   * @param sockets makes TCP sockets for {@code loop}, for answers too long for UDP
   * @param ipv6 whether to ask for AAAA records too (IPv6Exit)
   * @param nanoTime the monotonic clock
   * @param counters of queries and how they ended
   */
  public ExitResolver(
      EventLoop loop,
      ChannelFactory<? extends DatagramChannel> datagrams,
      ChannelFactory<? extends SocketChannel> sockets,
      ResolvConf conf,
      boolean ipv6,
      LongSupplier nanoTime,
      TrafficCounters counters) {
    this.loop = loop;
    this.counters = counters;
    this.ipv6 = ipv6;
    this.nanoTime = nanoTime;
    List<InetSocketAddress> rounds = new ArrayList<>();
    for (int i = 0; i < conf.attempts(); i++) {
      rounds.addAll(conf.servers());
    }
    this.dns =
        new DnsNameResolverBuilder(loop)
            .datagramChannelFactory(datagrams)
            .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
            .socketChannelFactory(sockets)
            .nameServerProvider(new SequentialDnsServerAddressStreamProvider(rounds))
            .hostsFileEntriesResolver(NO_HOSTS_FILE)
            .searchDomains(List.of())
            .ndots(0)
            .decodeIdn(false)
            .resolveCache(NoopDnsCache.INSTANCE)
            .cnameCache(NoopDnsCnameCache.INSTANCE)
            .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
            .queryTimeoutMillis(conf.timeout().toMillis())
            .maxQueriesPerResolve(MAX_QUERIES)
            .maxPayloadSize(MAX_PAYLOAD_BYTES)
            .build();
  }

  /**
   * Looks a name up.
   *
   * @param canonicalName as {@link DnsNames#canonical} gives it
   * @param then called once on {@code executor} with {@link Resolution.Addresses} or {@link
   *     Resolution.Failed}
   */
  void resolve(String canonicalName, Executor executor, Consumer<Resolution> then) {
    loop.execute(() -> ask(canonicalName, new Waiter(executor, then)));
  }

  /**
   * Looks the name of an address up.
   *
   * @param then called once on {@code executor} with {@link Resolution.HostName} or {@link
   *     Resolution.Failed}
   */
  void reverse(InetAddress address, Executor executor, Consumer<Resolution> then) {
    loop.execute(() -> ask(DnsNames.reverseName(address), new Waiter(executor, then)));
  }

  /** Ends all lookups; those waiting are told that they failed. */
  @Override
  public void close() {
    loop.execute(
        () -> {
          dns.close();
          for (String name : List.copyOf(lookups.keySet())) {
            answer(name, OVERLOADED);
          }
        });
  }

  private void ask(String name, Waiter waiter) {
    Remembered known = remembered.get(name);
    if (known != null) {
      if (known.expiresNanos - nanoTime.getAsLong() > 0) {
        waiter.tell(known.resolution);
        return;
      }
      remembered.remove(name);
    }
    List<Waiter> sharers = lookups.get(name);
    if (waiting >= MAX_WAITING || (sharers == null && lookups.size() >= MAX_LOOKUPS)) {
      waiter.tell(OVERLOADED);
      return;
    }
    waiting++;
    if (sharers != null) {
      sharers.add(waiter);
      return;
    }
    List<Waiter> first = new ArrayList<>(1);
    first.add(waiter);
    lookups.put(name, first);
    if (DnsNames.isReverse(name)) {
      query(name, DnsRecordType.PTR, found -> answer(name, hostName(found)));
    } else if (ipv6) {
      new TwoFamilies(name).start();
    } else {
      Found none = new Found(null, 0, false);
      query(name, DnsRecordType.A, found -> answer(name, addresses(found, none)));
    }
  }

  /** The A and AAAA queries of one name, side by side. */
  private final class TwoFamilies {
    private final String name;
    private @Nullable Found ipv4;
    private @Nullable Found ipv6;

    TwoFamilies(String name) {
      this.name = name;
    }

    void start() {
      query(
          name,
          DnsRecordType.A,
          found -> {
            ipv4 = found;
            finish();
          });
      query(
          name,
          DnsRecordType.AAAA,
          found -> {
            ipv6 = found;
            finish();
          });
    }

    private void finish() {
      if (ipv4 != null && ipv6 != null) {
        answer(name, addresses(ipv4, ipv6));
      }
    }
  }

  /**
   * What one query found.
   *
   * @param value the contents of the first record of the type asked for, or null
   * @param transientFailure whether asking again may help, when there is none
   */
  record Found(@Nullable Bytes value, long ttlSeconds, boolean transientFailure) {}

  private void query(String name, DnsRecordType type, Consumer<Found> then) {
    DefaultDnsQuestion question;
    try {
      // The final dot keeps Netty from trying search domains.
      question = new DefaultDnsQuestion(name + ".", type);
    } catch (IllegalArgumentException e) {
      then.accept(new Found(null, 0, false)); // java.net.IDN finds faults of its own
      return;
    }
    counters.addDnsQuery();
    Future<List<DnsRecord>> records = dns.resolveAll(question);
    records.addListener(
        (Future<List<DnsRecord>> done) -> {
          Found found = found(type, done);
          counters.addDnsResult(
              found.value != null
                  ? TrafficCounters.Dns.SUCCESS
                  : done.isSuccess() ? TrafficCounters.Dns.NO_DATA : result(done.cause()));
          then.accept(found);
        });
  }

  private static Found found(DnsRecordType type, Future<List<DnsRecord>> done) {
    return done.isSuccess()
        ? read(type, done.getNow())
        : new Found(null, 0, isTransient(done.cause()));
  }

  /** The first record of a type among those of an answer, which are released. */
  static Found read(DnsRecordType type, List<DnsRecord> records) {
    Bytes value = null;
    long ttlSeconds = 0;
    for (DnsRecord record : records) {
      try {
        if (value == null && type.equals(record.type())) {
          value = contents(record);
          ttlSeconds = record.timeToLive();
        }
      } finally {
        ReferenceCountUtil.release(record);
      }
    }
    return new Found(value, ttlSeconds, false);
  }

  /** An address, the name of a PTR record, or null if the record is not what its type says. */
  private static @Nullable Bytes contents(DnsRecord record) {
    return switch (record) {
      case DnsPtrRecord ptr -> Bytes.copyOf(ptr.hostname().getBytes(StandardCharsets.ISO_8859_1));
      case DnsRawRecord raw -> {
        ByteBuf data = raw.content();
        int expected = record.type().equals(DnsRecordType.A) ? 4 : 16;
        yield data.readableBytes() == expected ? Bytes.copyOf(ByteBufUtil.getBytes(data)) : null;
      }
      default -> null;
    };
  }

  /** A name that does not exist, or has no such record, will not appear by asking again. */
  private static boolean isTransient(Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof DnsErrorCauseException answered) {
        return !answered.getCode().equals(DnsResponseCode.NXDOMAIN)
            && !answered.getCode().equals(DnsResponseCode.NXRRSET);
      }
      if (t instanceof DnsNameResolverException) {
        return true;
      }
    }
    return !(cause instanceof UnknownHostException);
  }

  /** What the metrics call a failure. */
  private static TrafficCounters.Dns result(Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof DnsErrorCauseException answered) {
        return result(answered.getCode());
      }
      if (t instanceof DnsNameResolverTimeoutException) {
        return TrafficCounters.Dns.TIMEOUT;
      }
    }
    return cause instanceof UnknownHostException
        ? TrafficCounters.Dns.NO_DATA
        : TrafficCounters.Dns.UNKNOWN;
  }

  private static TrafficCounters.Dns result(DnsResponseCode code) {
    return switch (code.intValue()) {
      case 1 -> TrafficCounters.Dns.FORMAT;
      case 2 -> TrafficCounters.Dns.SERVER_FAILED;
      case 3 -> TrafficCounters.Dns.NOT_EXIST;
      case 4 -> TrafficCounters.Dns.NOT_IMPLEMENTED;
      case 5 -> TrafficCounters.Dns.REFUSED;
      case 8 -> TrafficCounters.Dns.NO_DATA; // NXRRSET
      default -> TrafficCounters.Dns.UNKNOWN;
    };
  }

  static Resolution addresses(Found ipv4, Found ipv6) {
    Inet4Address a = ipv4.value == null ? null : (Inet4Address) numeric(ipv4.value);
    // An AAAA record with an IPv4-mapped address comes out as Inet4Address: of no use to anybody.
    Inet6Address aaaa =
        ipv6.value != null && numeric(ipv6.value) instanceof Inet6Address address ? address : null;
    if (a == null && aaaa == null) {
      return new Resolution.Failed(ipv4.transientFailure || ipv6.transientFailure);
    }
    long ttlSeconds =
        Math.min(
            a == null ? Long.MAX_VALUE : ipv4.ttlSeconds,
            aaaa == null ? Long.MAX_VALUE : ipv6.ttlSeconds);
    return new Resolution.Addresses(a, aaaa, ttlSeconds);
  }

  private static InetAddress numeric(Bytes address) {
    try {
      return InetAddress.getByAddress(address.toArray());
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address has 4 or 16 bytes", e);
    }
  }

  static Resolution hostName(Found found) {
    if (found.value == null) {
      return new Resolution.Failed(found.transientFailure);
    }
    Optional<String> name =
        DnsNames.canonical(new String(found.value.toArray(), StandardCharsets.ISO_8859_1));
    return name.<Resolution>map(n -> new Resolution.HostName(n, found.ttlSeconds))
        .orElse(new Resolution.Failed(false));
  }

  private void answer(String name, Resolution resolution) {
    @Nullable List<Waiter> waiters = lookups.remove(name);
    if (waiters == null) {
      return; // closed meanwhile
    }
    waiting -= waiters.size();
    remember(name, resolution);
    for (Waiter waiter : waiters) {
      waiter.tell(resolution);
    }
  }

  private void remember(String name, Resolution resolution) {
    long seconds =
        switch (resolution) {
          case Resolution.Addresses found -> twoValued(found.ttlSeconds());
          case Resolution.HostName found -> twoValued(found.ttlSeconds());
          case Resolution.Failed(boolean transientFailure) ->
              transientFailure ? TRANSIENT_FAILURE_TTL_SECONDS : FAILURE_TTL_SECONDS;
        };
    long expiresNanos = nanoTime.getAsLong() + TimeUnit.SECONDS.toNanos(seconds);
    remembered.put(name, new Remembered(resolution, expiresNanos));
    if (remembered.size() > MAX_REMEMBERED) {
      remembered.pollFirstEntry();
    }
  }

  /** Five minutes for anything shorter, else an hour: what C tor tells and keeps. */
  static long twoValued(long ttlSeconds) {
    return ttlSeconds < SHORT_TTL_SECONDS ? SHORT_TTL_SECONDS : LONG_TTL_SECONDS;
  }
}
