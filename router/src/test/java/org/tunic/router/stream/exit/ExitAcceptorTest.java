package org.tunic.router.stream.exit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.directory.policy.ExitPolicy;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.Connected;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.Resolved;
import org.tunic.router.limits.TrafficCounters;
import org.tunic.router.stream.DataStream;
import org.tunic.router.stream.bridge.LoopHops;

/** What an exit says to streams that need no lookup; sockets are played by embedded channels. */
final class ExitAcceptorTest {
  private final EventLoop loop = new DefaultEventLoop();
  private final List<EmbeddedChannel> sockets = new ArrayList<>();
  private final List<InetSocketAddress> dialed = new ArrayList<>();
  private final List<LoopHops> circuits = new ArrayList<>();
  private ExitPolicy policy = ExitPolicy.ACCEPT_ALL;
  private ExitSettings settings = ExitSettings.of(true, true);

  private final ExitResolver resolver =
      new ExitResolver(
          loop,
          NioDatagramChannel::new,
          NioSocketChannel::new,
          ResolvConf.parse(""),
          true,
          () -> 0,
          new TrafficCounters());

  @AfterEach
  void stop() throws Exception {
    circuits.forEach(LoopHops::close);
    loop.submit(() -> {}).sync();
    sockets.forEach(EmbeddedChannel::finishAndReleaseAll);
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private EmbeddedChannel socket() {
    EmbeddedChannel socket = new EmbeddedChannel();
    socket.config().setAutoRead(false);
    sockets.add(socket);
    return socket;
  }

  private ChannelFuture succeed(EventLoop on, InetSocketAddress to) {
    dialed.add(to);
    return socket().newSucceededFuture();
  }

  private LoopHops circuit(
      boolean authenticated, BiFunction<EventLoop, InetSocketAddress, ChannelFuture> dialer) {
    return circuit(authenticated, acceptor(dialer));
  }

  private ExitAcceptor acceptor(BiFunction<EventLoop, InetSocketAddress, ChannelFuture> dialer) {
    return new ExitAcceptor(
        settings,
        () -> policy,
        resolver,
        dialer,
        new KnownRelays(address -> address.getPort() == 9001, _ -> listed),
        stream -> stream.refuse(EndReason.NOTDIRECTORY),
        new Random(1));
  }

  private boolean listed = true;

  @Test
  void unlistedPreviousHop_isRefused() throws Exception {
    listed = false;
    assertEquals(EndReason.MISC, refusal("192.0.2.1", 80, 0));
    assertEquals(List.of(), dialed);
    listed = true;
    DataStream stream = circuit(true, this::succeed).begin("192.0.2.1", 80, 0);
    assertTrue(stream.connected().get(5, TimeUnit.SECONDS).target().isPresent());
  }

  private LoopHops circuit(boolean authenticated, ExitAcceptor acceptor) {
    LoopHops circuit = new LoopHops(loop, acceptor, authenticated);
    circuits.add(circuit);
    return circuit;
  }

  private static EndReason refusal(DataStream stream) throws Exception {
    assertTrue(stream.connected().await(5, TimeUnit.SECONDS));
    assertFalse(stream.connected().isSuccess());
    assertTrue(stream.closeFuture().await(5, TimeUnit.SECONDS));
    return stream.endReason();
  }

  private EndReason refusal(String host, int port, int flags) throws Exception {
    return refusal(circuit(true, this::succeed).begin(host, port, flags));
  }

  @Test
  void numericAddress_isConnected() throws Exception {
    DataStream stream = circuit(true, this::succeed).begin("192.0.2.1", 80, 0);
    Connected connected = stream.connected().get(5, TimeUnit.SECONDS);
    assertEquals("192.0.2.1", IpLiteral.format(connected.target().orElseThrow()));
    assertEquals(80, dialed.getFirst().getPort());
    long ttl = connected.ttlSeconds();
    assertTrue(ttl >= 56 * 60 && ttl <= 64 * 60, "an hour and some noise: " + ttl);
  }

  @Test
  void ipv6Address_isConnected() throws Exception {
    DataStream stream = circuit(true, this::succeed).begin("2001:db8::1", 80, 0);
    Connected connected = stream.connected().get(5, TimeUnit.SECONDS);
    assertEquals("2001:db8::1", IpLiteral.format(connected.target().orElseThrow()));
  }

  /** More than its socket buffer waits for the destination when the client hangs up. */
  @Test
  void destinationThatTakesNothing_isCutOffOnceTheStreamEnded() throws Exception {
    settings = new ExitSettings(true, true, Duration.ofSeconds(5), Duration.ofMillis(20));
    EmbeddedChannel stalled =
        new EmbeddedChannel() {
          @Override
          protected void doWrite(ChannelOutboundBuffer out) {}
        };
    stalled.config().setAutoRead(false);
    sockets.add(stalled);
    CountDownLatch cutOff = new CountDownLatch(1);
    stalled.closeFuture().addListener(_ -> cutOff.countDown());
    LoopHops circuit = circuit(true, (_, _) -> stalled.newSucceededFuture());
    DataStream stream = circuit.begin("192.0.2.1", 80, 0);
    stream.connected().sync();
    stream.writeAndFlush(Unpooled.wrappedBuffer(new byte[400 << 10])).sync();
    stream.close().sync();
    assertTrue(cutOff.await(20, TimeUnit.SECONDS));
  }

  @Test
  void bytes_goBothWays() throws Exception {
    DataStream stream = circuit(true, this::succeed).begin("192.0.2.1", 80, 0);
    stream.writeAndFlush(Unpooled.copiedBuffer("early", StandardCharsets.US_ASCII));
    stream.connected().sync();
    loop.submit(() -> {}).sync();
    loop.submit(() -> {}).sync();
    ByteBuf got = sockets.getFirst().readOutbound();
    assertEquals("early", got.toString(StandardCharsets.US_ASCII));
    got.release();
  }

  @Test
  void clientOnOneHop_isNoRelay() throws Exception {
    DataStream stream = circuit(false, this::succeed).begin("192.0.2.1", 80, 0);
    assertEquals(EndReason.TORPROTOCOL, refusal(stream));
    assertTrue(dialed.isEmpty());
  }

  @Test
  void policy_isObeyed() throws Exception {
    policy = ExitPolicy.parseRules(List.of("reject *:25,accept *:*"), java.util.Optional.empty());
    assertEquals(EndReason.EXITPOLICY, refusal("192.0.2.1", 25, 0));
  }

  @Test
  void noExit_refusesNamesWithoutLookingThemUp() throws Exception {
    policy = ExitPolicy.REJECT_ALL;
    assertEquals(EndReason.EXITPOLICY, refusal("example.com", 80, 0));
  }

  @Test
  void privateAddress_isRefused() throws Exception {
    assertEquals(EndReason.EXITPOLICY, refusal("127.0.0.1", 80, 0));
  }

  @Test
  void ipv6Only_withoutIpv6_isRefused() throws Exception {
    settings = ExitSettings.of(false, true);
    assertEquals(
        EndReason.EXITPOLICY, refusal("example.com", 80, Begin.IPV6_OK | Begin.IPV4_NOT_OK));
  }

  @Test
  void knownRelay_isRefused() throws Exception {
    assertEquals(EndReason.CONNECTREFUSED, refusal("192.0.2.1", 9001, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a..b", "a/b", "4.3.2.1.in-addr.arpa", "x.ip6.arpa"})
  void oddName_isNotResolved(String host) throws Exception {
    assertEquals(EndReason.RESOLVEFAILED, refusal(host, 80, 0));
  }

  private EndReason failure(Throwable cause) throws Exception {
    return refusal(
        circuit(true, (on, to) -> socket().newFailedFuture(cause)).begin("192.0.2.1", 80, 0));
  }

  @Test
  void failedConnect_saysWhy() throws Exception {
    assertEquals(EndReason.CONNECTREFUSED, failure(new ConnectException("refused")));
    assertEquals(EndReason.TIMEOUT, failure(new ConnectTimeoutException("late")));
    assertEquals(EndReason.NOROUTE, failure(new NoRouteToHostException("nowhere")));
    assertEquals(EndReason.RESOURCELIMIT, failure(new ChannelException("too many open files")));
    assertEquals(EndReason.MISC, failure(new SocketException("something else")));
  }

  @Test
  void streamGivenUp_closesTheLateSocket() throws Exception {
    EmbeddedChannel socket = socket();
    ChannelPromise connecting = socket.newPromise();
    DataStream stream = circuit(true, (on, to) -> connecting).begin("192.0.2.1", 80, 0);
    loop.submit(() -> {}).sync();
    stream.close().sync();
    loop.submit(() -> {}).sync();
    connecting.setSuccess();
    socket.runPendingTasks();
    loop.submit(() -> {}).sync();
    assertFalse(socket.isOpen());
  }

  /** The RESOLVED that comes back. */
  private Resolved resolved(LoopHops circuit, String host) throws Exception {
    return circuit.resolve(host).get(5, TimeUnit.SECONDS);
  }

  @Test
  void resolve_ofAnAddress_isTheAddress() throws Exception {
    Resolved answer = resolved(circuit(true, this::succeed), "192.0.2.1");
    assertEquals("192.0.2.1", IpLiteral.format(answer.answers().getFirst().inet().orElseThrow()));
    assertEquals(60, answer.answers().getFirst().ttlSeconds());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a..b", "1.0.0.127.in-addr.arpa", "3.2.1.in-addr.arpa"})
  void resolve_ofNonsense_isAnError(String host) throws Exception {
    Resolved answer = resolved(circuit(true, this::succeed), host);
    assertEquals(Resolved.ERROR_NONTRANSIENT, answer.answers().getFirst().type());
  }

  @Test
  void resolve_onOneHop_isAnError() throws Exception {
    Resolved answer = resolved(circuit(false, this::succeed), "192.0.2.1");
    assertEquals(Resolved.ERROR_NONTRANSIENT, answer.answers().getFirst().type());
  }

  @Test
  void connectsAtOnce_areBounded() throws Exception {
    EmbeddedChannel socket = socket();
    ExitAcceptor acceptor = acceptor((on, to) -> socket.newPromise());
    LoopHops first = circuit(true, acceptor);
    for (int i = 0; i < ExitAcceptor.MAX_DIALS; i++) {
      first.begin("192.0.2.1", 80, 0);
    }
    DataStream oneMore = circuit(true, acceptor).begin("192.0.2.1", 80, 0);
    assertEquals(EndReason.RESOURCELIMIT, refusal(oneMore));
  }
}
