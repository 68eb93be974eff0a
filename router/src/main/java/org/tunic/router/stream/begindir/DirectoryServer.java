package org.tunic.router.stream.begindir;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpServerCodec;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.router.cell.Connected;
import org.tunic.router.cell.EndReason;
import org.tunic.router.limits.TrafficCounters;
import org.tunic.router.link.CountedBytes;
import org.tunic.router.stream.ByteTally;
import org.tunic.router.stream.DataStream;
import org.tunic.router.stream.IncomingStream;

/**
 * Serves directory requests on BEGIN_DIR streams and on connections to a directory port.
 *
 * <p>Each channel carries one request and is closed behind the answer (HTTP/1.0). The answer is
 * made, and compressed, on an executor with a bounded queue; when that is full the client gets 503
 * and asks somebody else. It is then written piece by piece as the channel takes it.
 *
 * <p>Spec: dir-spec/outline. Threads: any.
 */
public final class DirectoryServer {
  /** Bytes of a request line: C tor asks for at most some hundred digests at once. */
  static final int MAX_REQUEST_LINE_BYTES = 32 * 1024;

  /** Bytes of all header lines. */
  static final int MAX_HEADER_BYTES = 16 * 1024;

  private static final int MAX_CHUNK_BYTES = 16 * 1024;
  private static final Logger log = LoggerFactory.getLogger(DirectoryServer.class);

  /** Makes the answers. Implemented where the documents are. */
  public interface Responder {
    /**
     * @param anonymous whether the request came over a circuit of more than one hop: only such may
     *     ask for descriptors of onion services, and publish them
     */
    DirAnswer answer(DirRequest request, boolean anonymous);
  }

  /** Says whether there is bandwidth for answers. Implemented where the limits are. */
  public interface Bandwidth {
    /** Always. */
    Bandwidth UNLIMITED = (_, _) -> true;

    /**
     * Takes what an answer on a directory port costs. Requests over circuits are not asked about:
     * what they cost is that of the circuit's channel.
     *
     * @param client the address that asks
     * @param bytes of the answer's body
     * @return false: refuse
     */
    boolean take(InetAddress client, long bytes);
  }

  /** How often a body is in memory while it grows or is handed over, at most. */
  private static final int COPIES = 3;

  private final Responder responder;
  private final Executor executor;
  private final DirServerLimits limits;
  private final LongSupplier memory;
  private final InstantSource clock;
  private final TrafficCounters counters;
  private final Bandwidth bandwidth;
  private final CodedBodies coded = new CodedBodies();
  private final AtomicInteger exchanges = new AtomicInteger();
  private final AtomicInteger bodiesBytes = new AtomicInteger();

  /**
   * @param responder makes the answers; must be safe on the executor's threads
   * @param executor with a bounded queue: throws {@link RejectedExecutionException} when full
   * @param memory bytes that {@link #heldBytes} may come to, besides {@code limits}; asked for each
   *     piece of a body
   * @param clock for the Date header, by which clients judge their own clocks
   * @param counters told what requests and answers take
   * @param bandwidth whether an answer may be sent now
   */
  public DirectoryServer(
      Responder responder,
      Executor executor,
      DirServerLimits limits,
      LongSupplier memory,
      InstantSource clock,
      TrafficCounters counters,
      Bandwidth bandwidth) {
    this.responder = responder;
    this.executor = executor;
    this.limits = limits;
    this.memory = memory;
    this.clock = clock;
    this.counters = counters;
    this.bandwidth = bandwidth;
  }

  /** What bodies of uploads cost in memory now, at most. */
  public long heldBytes() {
    return (long) bodiesBytes.get() * COPIES;
  }

  /** Answers BEGIN_DIR. Threads: event loop of the circuit. */
  public void accept(IncomingStream incoming) {
    if (exchanges.get() >= limits.maxExchanges()) {
      incoming.refuse(EndReason.RESOURCELIMIT);
      return;
    }
    DataStream stream = incoming.accept(Connected.WITHOUT_ADDRESS);
    serve(
        stream,
        incoming.previousHop().address(),
        incoming.previousHop().relay().isPresent(),
        _ -> true);
  }

  /**
   * Serves one request on a connection that has reading off, and closes it.
   *
   * @param client address of the peer, told to it unless it is internal
   */
  public void serve(Channel channel, Optional<InetAddress> client) {
    channel.pipeline().addLast(new CountedBytes(counters));
    serve(channel, client, false, bytes -> client.isEmpty() || bandwidth.take(client.get(), bytes));
  }

  private void serve(
      Channel channel, Optional<InetAddress> client, boolean anonymous, LongPredicate mayAnswer) {
    if (exchanges.incrementAndGet() > limits.maxExchanges()) {
      exchanges.decrementAndGet();
      channel.close();
      return;
    }
    channel.closeFuture().addListener(_ -> exchanges.decrementAndGet());
    channel
        .pipeline()
        .addLast(
            new ByteTally(counters::addDirectoryRead, counters::addDirectoryWritten),
            new HttpServerCodec(MAX_REQUEST_LINE_BYTES, MAX_HEADER_BYTES, MAX_CHUNK_BYTES),
            new DirServerHandler(
                this, client.filter(a -> !IpLiteral.isInternal(a)), anonymous, mayAnswer));
  }

  DirServerLimits limits() {
    return limits;
  }

  InstantSource clock() {
    return clock;
  }

  /** Reserves room for a piece of a POST body. */
  boolean reserve(int bytes) {
    int held = bodiesBytes.addAndGet(bytes);
    if (held > limits.maxBodiesBytes() || (long) held * COPIES > memory.getAsLong()) {
      bodiesBytes.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  void release(int bytes) {
    bodiesBytes.addAndGet(-bytes);
  }

  /** An answer ready to be sent. */
  record Coded(DirAnswer answer, ContentCoding coding) {}

  /**
   * Makes the answer on the executor.
   *
   * @param then called on one of its threads
   * @return false if it is too busy
   */
  boolean answer(DirRequest request, boolean anonymous, java.util.function.Consumer<Coded> then) {
    try {
      executor.execute(() -> then.accept(answer(request, anonymous)));
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private Coded answer(DirRequest request, boolean anonymous) {
    DirAnswer plain;
    try {
      plain = responder.answer(request, anonymous);
    } catch (RuntimeException e) {
      log.error("a directory request could not be answered; this is a bug", e);
      return new Coded(DirAnswer.empty(500, "Internal error"), ContentCoding.IDENTITY);
    }
    boolean codedAlready = plain.headers().get("Content-Encoding").isPresent();
    if (codedAlready || plain.body().length() == 0 || plain.status() != 200) {
      return new Coded(plain, ContentCoding.IDENTITY);
    }
    CodedBodies.Coded body =
        coded.best(
            plain.body(),
            ContentCoding.usable(request.path(), request.headers().get("Accept-Encoding")),
            executor);
    return new Coded(
        new DirAnswer(plain.status(), plain.reason(), plain.headers(), body.bytes()),
        body.coding());
  }
}
