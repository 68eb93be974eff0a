package org.tunic.router.stream.begindir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirFetchException;
import org.tunic.directory.fetch.DirFetchException.Reason;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.directory.fetch.DirServer;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.router.cell.Connected;
import org.tunic.router.cell.EndReason;
import org.tunic.router.limits.TrafficCounters;
import org.tunic.router.stream.DataStream;
import org.tunic.router.stream.IncomingResolve;
import org.tunic.router.stream.IncomingStream;
import org.tunic.router.stream.StreamAcceptor;
import org.tunic.router.stream.bridge.LoopHops;

/** Requests over real streams, whose far end the test plays, or the directory server. */
@Timeout(60)
final class StreamDirectoryTransportTest {
  private static final DirClientLimits LIMITS =
      new DirClientLimits(Duration.ofMillis(500), Duration.ofMillis(500), Duration.ofSeconds(3));

  /** For a server that compresses, which may load its library first. */
  private static final DirClientLimits PATIENT =
      new DirClientLimits(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(40));

  private static final DirServer SERVER =
      new DirServer.Fallback(
          RelayIds.ofRsa(new RsaIdentity(Bytes.copyOf(new byte[20]))),
          List.of(
              new java.net.InetSocketAddress(
                  IpLiteral.parseAddress("127.0.0.1").orElseThrow(), 9001)),
          1);

  private final EventLoop loop = new DefaultEventLoop();

  /** What the server was asked; written on the loop. */
  private volatile String request = "";

  private final List<LoopHops> circuits = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    circuits.forEach(LoopHops::close);
    loop.submit(() -> {}).sync();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private LoopHops circuit(Consumer<IncomingStream> server) {
    LoopHops hops = new LoopHops(loop, new BeginDir(server), false);
    circuits.add(hops);
    return hops;
  }

  private record BeginDir(Consumer<IncomingStream> user) implements StreamAcceptor {
    @Override
    public void onBegin(IncomingStream stream) {
      stream.refuse(EndReason.EXITPOLICY);
    }

    @Override
    public void onBeginDir(IncomingStream stream) {
      user.accept(stream);
    }

    @Override
    public void onResolve(IncomingResolve resolve) {}
  }

  private StreamDirectoryTransport transport(Consumer<IncomingStream> server) {
    return transport(server, LIMITS);
  }

  private StreamDirectoryTransport transport(
      Consumer<IncomingStream> server, DirClientLimits limits) {
    LoopHops hops = circuit(server);
    return new StreamDirectoryTransport(
        target -> {
          try {
            return CompletableFuture.completedFuture(hops.beginDir());
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        },
        limits);
  }

  /** A server that answers the end of a request's head by this. */
  private StreamDirectoryTransport answering(Consumer<DataStream> answer) {
    return transport(
        incoming -> {
          DataStream stream = incoming.accept(Connected.WITHOUT_ADDRESS);
          stream
              .pipeline()
              .addLast(
                  new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object message) {
                      ByteBuf in = (ByteBuf) message;
                      String text = in.toString(StandardCharsets.ISO_8859_1);
                      in.release();
                      String all = request + text;
                      request = all;
                      if (all.contains("\r\n\r\n")) {
                        answer.accept(stream);
                      }
                    }
                  });
          stream.config().setAutoRead(true);
        });
  }

  private static void say(DataStream stream, String text) {
    stream.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
  }

  private StreamDirectoryTransport answering(String text) {
    return answering(
        stream -> {
          say(stream, text);
          stream.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> stream.close());
        });
  }

  private static Reason failure(StreamDirectoryTransport transport, DirRequest request) {
    return assertThrows(DirFetchException.class, () -> transport.exchange(SERVER, request))
        .reason();
  }

  private static final DirRequest GET = DirRequest.get("/tor/keys/all", 1000);

  private static String text(Bytes bytes) {
    return new String(bytes.toArray(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void get_isHttp10WithItsHeaders() throws Exception {
    DirAnswer answer =
        answering("HTTP/1.0 200 OK\r\nDate: x\r\nContent-Length: 5\r\n\r\nhello")
            .exchange(SERVER, GET.with("If-Modified-Since", "yesterday"));
    assertEquals(200, answer.status());
    assertEquals("hello", text(answer.body()));
    assertEquals("x", answer.headers().get("date").orElseThrow());
    assertEquals(
        """
        GET /tor/keys/all HTTP/1.0\r
        Host: 127.0.0.1\r
        If-Modified-Since: yesterday\r
        Accept-Encoding: x-tor-lzma, x-zstd, deflate, gzip, identity\r
        \r
        """,
        request);
  }

  @Test
  void post_sendsItsLengthAndBody() throws Exception {
    DirAnswer answer =
        answering("HTTP/1.0 200 [None]\r\n\r\n")
            .exchange(
                SERVER,
                DirRequest.post(
                    "/tor/", Bytes.copyOf("router".getBytes(StandardCharsets.US_ASCII))));
    assertEquals("[None]", answer.reason());
    assertTrue(request.contains("\r\nContent-Length: 6\r\n"), request);
    assertTrue(request.endsWith("\r\n\r\nrouter"), request);
  }

  @Test
  void answerWithoutLength_endsWithTheStream() throws Exception {
    DirAnswer answer = answering("HTTP/1.0 200 OK\r\n\r\nhello").exchange(SERVER, GET);
    assertEquals("hello", text(answer.body()));
  }

  @Test
  void otherStatus_isAnAnswerToo() throws Exception {
    DirAnswer answer = answering("HTTP/1.0 404 Not found\r\n\r\n").exchange(SERVER, GET);
    assertEquals(404, answer.status());
    assertEquals("Not found", answer.reason());
  }

  @Test
  void compressedAnswer_isExpanded() throws Exception {
    Bytes coded =
        ContentCoding.DEFLATE.encode(Bytes.copyOf("hello".getBytes(StandardCharsets.US_ASCII)));
    DirAnswer answer =
        answering("HTTP/1.0 200 OK\r\nContent-Encoding: deflate\r\n\r\n" + text(coded))
            .exchange(SERVER, GET);
    assertEquals("hello", text(answer.body()));
  }

  @Test
  void bomb_isRefused() {
    Bytes bomb = ContentCoding.DEFLATE.encode(Bytes.copyOf(new byte[6_000_000]));
    StreamDirectoryTransport transport =
        answering("HTTP/1.0 200 OK\r\nContent-Encoding: deflate\r\n\r\n" + text(bomb));
    assertEquals(Reason.TOO_LARGE, failure(transport, DirRequest.get("/tor/x", 10_000_000)));
  }

  @Test
  void endlessAnswer_isRefused() {
    StreamDirectoryTransport transport =
        answering(
            stream -> {
              say(stream, "HTTP/1.0 200 OK\r\n\r\n");
              for (int i = 0; i < 200; i++) {
                say(stream, "x".repeat(1000));
              }
            });
    assertEquals(Reason.TOO_LARGE, failure(transport, GET));
  }

  @Test
  void endlessHeaders_areRefused() {
    StreamDirectoryTransport transport =
        answering("HTTP/1.0 200 OK\r\n" + "X-Filler: yes\r\n".repeat(5000) + "\r\n");
    assertEquals(Reason.MALFORMED, failure(transport, GET));
  }

  @Test
  void shortAnswer_isCutShort() {
    StreamDirectoryTransport transport =
        answering("HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nhello");
    assertEquals(Reason.CUT_SHORT, failure(transport, GET));
  }

  @Test
  void answerEndedByAFault_isCutShort() {
    StreamDirectoryTransport transport =
        answering(
            stream -> {
              say(stream, "HTTP/1.0 200 OK\r\n\r\nhel");
              stream
                  .writeAndFlush(Unpooled.EMPTY_BUFFER)
                  .addListener(_ -> stream.close(EndReason.INTERNAL));
            });
    assertEquals(Reason.CUT_SHORT, failure(transport, GET));
  }

  @Test
  void noHttp_isMalformed() {
    assertEquals(Reason.MALFORMED, failure(answering("SSH-2.0-OpenSSH\r\n\r\n"), GET));
  }

  @Test
  void unknownCoding_isMalformed() {
    StreamDirectoryTransport transport =
        answering("HTTP/1.0 200 OK\r\nContent-Encoding: br\r\n\r\nhello");
    assertEquals(Reason.MALFORMED, failure(transport, GET));
  }

  @Test
  void silence_timesOut() {
    assertEquals(Reason.TIMEOUT, failure(answering(stream -> {}), GET));
  }

  @Test
  void drip_timesOutInTheEnd() {
    StreamDirectoryTransport transport =
        answering(
            stream -> {
              say(stream, "HTTP/1.0 200 OK\r\n\r\n");
              loop.scheduleAtFixedRate(() -> say(stream, "x"), 0, 100, TimeUnit.MILLISECONDS);
            });
    assertEquals(Reason.TIMEOUT, failure(transport, GET));
  }

  @Test
  void refusedStream_isUnreachable() {
    StreamDirectoryTransport transport =
        transport(incoming -> incoming.refuse(EndReason.NOTDIRECTORY));
    assertEquals(Reason.UNREACHABLE, failure(transport, GET));
  }

  @Test
  void noChannel_isUnreachable() {
    StreamDirectoryTransport transport =
        new StreamDirectoryTransport(
            target -> CompletableFuture.failedFuture(new IllegalStateException()), LIMITS);
    assertEquals(Reason.UNREACHABLE, failure(transport, GET));
  }

  @Test
  void openersOwnReason_isKept() {
    StreamDirectoryTransport transport =
        new StreamDirectoryTransport(
            target -> CompletableFuture.failedFuture(new DirFetchException(Reason.WRONG_IDENTITY)),
            LIMITS);
    assertEquals(Reason.WRONG_IDENTITY, failure(transport, GET));
  }

  @Test
  void lateChannel_isClosed() throws Exception {
    CompletableFuture<Channel> opening = new CompletableFuture<>();
    StreamDirectoryTransport transport = new StreamDirectoryTransport(target -> opening, LIMITS);
    assertEquals(Reason.TIMEOUT, failure(transport, GET));
    DataStream late = circuit(stream -> {}).beginDir();
    opening.complete(late);
    assertTrue(late.closeFuture().await(5, TimeUnit.SECONDS));
  }

  @Test
  void interruptedCaller_abandonsTheExchange() throws Exception {
    CompletableFuture<DataStream> asked = new CompletableFuture<>();
    StreamDirectoryTransport transport =
        transport(incoming -> asked.complete(incoming.accept(Connected.WITHOUT_ADDRESS)));
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    transport.exchange(SERVER, GET);
                  } catch (DirFetchException | InterruptedException e) {
                    outcome.complete(e);
                  }
                });
    DataStream stream = asked.get(5, TimeUnit.SECONDS);
    caller.interrupt();
    assertEquals(InterruptedException.class, outcome.get(5, TimeUnit.SECONDS).getClass());
    stream.read(); // its end stands behind the request
    assertTrue(stream.closeFuture().await(5, TimeUnit.SECONDS));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 497, 498, 499, 16_384, 1_000_000})
  void ourServer_answersOurClient(int length) throws Exception {
    byte[] document = new byte[length];
    new Random(length).nextBytes(document);
    DirectoryServer server =
        new DirectoryServer(
            (asked, _) -> {
              assertFalse(asked.path().isEmpty());
              return DirAnswer.ok(Bytes.copyOf(document));
            },
            task -> Thread.ofVirtual().start(task),
            DirServerLimits.CACHE,
            () -> Long.MAX_VALUE,
            InstantSource.fixed(Instant.EPOCH),
            new TrafficCounters(),
            DirectoryServer.Bandwidth.UNLIMITED);
    for (String path : List.of("/tor/x", "/tor/x.z")) {
      DirAnswer answer =
          transport(server::accept, PATIENT).exchange(SERVER, DirRequest.get(path, 2_000_000));
      assertEquals(Bytes.copyOf(document), answer.body());
    }
  }
}
