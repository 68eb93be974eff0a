package org.tunic.router.stream.socks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.router.cell.EndReason;
import org.tunic.router.cell.Resolved;
import org.tunic.router.stream.StreamEndedException;
import org.tunic.testing.SeededRandom;

final class SocksPortTest {
  private static final String HELLO = "050100";
  private static final String CONNECT = "05010003" + "0b6578616d706c652e636f6d" + "0050";
  private static final String RESOLVE = "05f00003" + "0b6578616d706c652e636f6d" + "0000";
  private static final String REFUSED = "05%s0001000000000000";
  private static final String GRANTED = "05000001000000000000";

  private final List<StreamRequest> asked = new ArrayList<>();
  private final List<CompletableFuture<Channel>> opening = new ArrayList<>();
  private final List<OnionRequest> visits = new ArrayList<>();
  private final List<ResolveRequest> questions = new ArrayList<>();
  private final List<CompletableFuture<Resolved>> resolving = new ArrayList<>();
  private final List<EmbeddedChannel> channels = new ArrayList<>();
  private EntryRules rules = EntryRules.LENIENT;
  private EntryListener port = port(EntrySettings.of(7));

  private EntryListener port(EntrySettings settings) {
    return new EntryListener(
        settings,
        new EntryServices(
            request -> {
              asked.add(request);
              opening.add(new CompletableFuture<>());
              return opening.getLast();
            },
            visit -> {
              visits.add(visit);
              opening.add(new CompletableFuture<>());
              return opening.getLast();
            },
            question -> {
              questions.add(question);
              resolving.add(new CompletableFuture<>());
              return resolving.getLast();
            },
            new AddressMap(AddressMap.Settings.DEFAULT, new SeededRandom(1)),
            () -> rules,
            () -> 0));
  }

  private static EntryRules privateRefused() {
    return new EntryRules(false, false, true, true, Set.of(), Set.of());
  }

  @AfterEach
  void release() {
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  private EmbeddedChannel channel() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channels.add(channel);
    channel.config().setAutoRead(false);
    return channel;
  }

  private EmbeddedChannel application(String hex) {
    EmbeddedChannel channel = channel();
    channel.freezeTime();
    port.accept(channel);
    send(channel, hex);
    return channel;
  }

  private static void send(EmbeddedChannel channel, String hex) {
    if (channel.isOpen()) {
      channel.writeInbound(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex)));
    }
    channel.runPendingTasks();
  }

  private static String received(EmbeddedChannel channel) {
    channel.runPendingTasks();
    StringBuilder hex = new StringBuilder();
    for (ByteBuf next; (next = channel.readOutbound()) != null; ) {
      hex.append(ByteBufUtil.hexDump(next));
      next.release();
    }
    return hex.toString();
  }

  @Test
  void connect_isHandedOverWithItsName() {
    EmbeddedChannel application = application(HELLO + CONNECT);
    assertEquals("0500", received(application));
    assertEquals(1, asked.size());
    assertEquals("example.com", asked.getFirst().target().unredacted());
    assertEquals(80, asked.getFirst().port());
    assertEquals(7, asked.getFirst().isolation().sessionGroup());
  }

  @Test
  void openStream_isGrantedAndJoined() {
    EmbeddedChannel application = application(HELLO + CONNECT);
    EmbeddedChannel stream = channel();
    opening.getFirst().complete(stream);
    assertEquals("0500" + GRANTED, received(application));
    send(application, "6869");
    assertEquals("6869", received(stream));
    send(stream, "796f");
    assertEquals("796f", received(application));
    stream.close();
    application.runPendingTasks();
    assertFalse(application.isOpen());
  }

  @Test
  void earlyData_goesFirst() {
    EmbeddedChannel application = application(HELLO + CONNECT + "0102");
    send(application, "0304");
    EmbeddedChannel stream = channel();
    opening.getFirst().complete(stream);
    application.runPendingTasks();
    send(application, "0506");
    assertEquals("010203040506", received(stream));
  }

  @Test
  void earlyData_isBounded() {
    EmbeddedChannel application = application(HELLO + CONNECT);
    int sent = 0;
    while (application.config().isAutoRead() && sent < 1 << 24) {
      application.writeInbound(Unpooled.wrappedBuffer(new byte[1000]));
      sent += 1000;
    }
    assertTrue(sent <= EntryHandler.MAX_EARLY_BYTES + 1000, "kept " + sent);
    opening.getFirst().complete(channel());
    application.runPendingTasks();
    assertTrue(application.config().isAutoRead());
  }

  @ParameterizedTest
  @CsvSource({
    "1, 01", "2, 04", "3, 05", "4, 02", "5, 01", "6, 05", "7, 06", "8, 04", "9, 01", "10, 01",
    "11, 01", "12, 05", "13, 01", "14, 01", "77, 01"
  })
  void endedStream_isRefusedWithItsReason(int reason, String code) {
    EmbeddedChannel application = application(HELLO + CONNECT);
    opening.getFirst().completeExceptionally(new StreamEndedException(new EndReason(reason)));
    assertEquals("0500" + REFUSED.formatted(code), received(application));
    assertFalse(application.isOpen());
  }

  @Test
  void socks4_failure_isRefusedIn4() {
    EmbeddedChannel application = application("0401005000000001" + "00" + "612e6200");
    opening.getFirst().completeExceptionally(new IllegalStateException());
    assertEquals("005b000000000000", received(application));
  }

  @Test
  void socks4_success_isGrantedIn4() {
    EmbeddedChannel application = application("0401005000000001" + "00" + "612e6200");
    opening.getFirst().complete(channel());
    assertEquals("005a000000000000", received(application));
  }

  @Test
  void slowNegotiation_isClosed() {
    EmbeddedChannel application = application("05");
    application.advanceTimeBy(61, TimeUnit.SECONDS);
    application.runScheduledPendingTasks();
    assertFalse(application.isOpen());
  }

  @Test
  void slowStream_timesOut() {
    EmbeddedChannel application = application(HELLO + CONNECT);
    application.advanceTimeBy(121, TimeUnit.SECONDS);
    application.runScheduledPendingTasks();
    assertEquals("0500" + REFUSED.formatted("06"), received(application));
    EmbeddedChannel late = channel();
    opening.getFirst().complete(late);
    application.runPendingTasks();
    assertFalse(late.isOpen(), "nobody wants it any more");
  }

  @Test
  void openStream_hasNoTimeout() {
    EmbeddedChannel application = application(HELLO + CONNECT);
    opening.getFirst().complete(channel());
    application.runPendingTasks();
    application.advanceTimeBy(500, TimeUnit.SECONDS);
    application.runScheduledPendingTasks();
    assertTrue(application.isOpen());
  }

  @Test
  void applicationThatLeaves_closesTheLateStream() {
    EmbeddedChannel application = application(HELLO + CONNECT);
    application.close();
    EmbeddedChannel late = channel();
    opening.getFirst().complete(late);
    application.runPendingTasks();
    assertFalse(late.isOpen());
  }

  @Test
  void applicationThatShutsDownBeforeTheAnswer_isClosed() {
    EmbeddedChannel application = application(HELLO + CONNECT);
    application.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    application.runPendingTasks();
    assertFalse(application.isOpen());
  }

  @Test
  void http_getsAPageAndNothingElse() {
    EmbeddedChannel application = application("");
    application.writeInbound(
        Unpooled.copiedBuffer("GET http://example.com/ HTTP/1.1\r\n", StandardCharsets.US_ASCII));
    String page =
        new String(HexFormat.of().parseHex(received(application)), StandardCharsets.UTF_8);
    assertTrue(page.startsWith("HTTP/1.0 501 Tor is not an HTTP Proxy\r\n"), page);
    assertTrue(page.contains("\r\n\r\n<!DOCTYPE html>"), page);
    assertFalse(application.isOpen());
    assertTrue(asked.isEmpty());
  }

  @Test
  void otherProtocol_isClosedWithoutAWord() {
    EmbeddedChannel application = application("160301");
    assertEquals("", received(application));
    assertFalse(application.isOpen());
  }

  @Test
  void connectionsWithoutAStream_areBounded() {
    for (int i = 0; i < EntryListener.MAX_PENDING; i++) {
      assertTrue(application("").isOpen());
    }
    assertFalse(application("").isOpen());
    channels.getFirst().close();
    assertTrue(application("").isOpen());
  }

  @Test
  void joinedConnections_doNotCountAsPending() {
    for (int i = 0; i < EntryListener.MAX_PENDING + 10; i++) {
      EmbeddedChannel application = application(HELLO + CONNECT);
      opening.getLast().complete(channel());
      application.runPendingTasks();
      assertTrue(application.isOpen());
    }
  }

  private IsolationKey keyOf(String hex) {
    application(hex);
    return asked.getLast().isolation();
  }

  private static EntrySettings isolatedBy(EntrySettings.Isolation isolation) {
    EntrySettings base = EntrySettings.of(7);
    return new EntrySettings(
        base.protocol(),
        7,
        isolation,
        false,
        false,
        true,
        base.traffic(),
        base.negotiationTimeout(),
        base.requestTimeout());
  }

  @Test
  void isolation_followsCredentialsAndProtocol() {
    port = port(isolatedBy(new EntrySettings.Isolation(true, true, true, false, false)));
    String plain = HELLO + CONNECT;
    String named = "050102" + "0101610162" + CONNECT;
    String otherPassword = "050102" + "0101610163" + CONNECT;
    String socks4 = "0401005000000001" + "00" + "6578616d706c652e636f6d00";
    assertEquals(keyOf(plain), keyOf(plain));
    assertEquals(keyOf(named), keyOf(named));
    assertNotEquals(keyOf(plain), keyOf(named));
    assertNotEquals(keyOf(named), keyOf(otherPassword));
    assertNotEquals(keyOf(plain), keyOf(socks4));
  }

  @Test
  void isolation_mayBeSwitchedOff() {
    port = port(isolatedBy(new EntrySettings.Isolation(false, false, false, false, false)));
    assertEquals(keyOf(HELLO + CONNECT), keyOf("050102" + "0101610162" + CONNECT));
    assertEquals(IsolationKey.ofGroup(7), keyOf(HELLO + CONNECT));
  }

  @Test
  void internalAddress_isRefusedWhenSoConfigured() {
    rules = privateRefused();
    EmbeddedChannel application = application(HELLO + "05010001" + "7f000001" + "0050");
    assertEquals("0500" + REFUSED.formatted("01"), received(application));
    assertTrue(asked.isEmpty());
  }

  @Test
  void exitName_isRefused() {
    EmbeddedChannel application = application(HELLO + "05010003" + "06622e65786974" + "0050");
    assertEquals("0500" + REFUSED.formatted("01"), received(application));
  }

  @Test
  void resolve_isAnsweredWithTheAddress() throws Exception {
    EmbeddedChannel application = application(HELLO + RESOLVE);
    InetAddress found = InetAddress.getByAddress(new byte[] {1, 2, 3, 4});
    resolving.getFirst().complete(new Resolved(List.of(Resolved.Answer.of(found, 60))));
    assertEquals("0500" + "05000001" + "01020304" + "0000", received(application));
    assertFalse(application.isOpen());
  }

  @Test
  void resolve_withoutResult_isRefused() {
    EmbeddedChannel application = application(HELLO + RESOLVE);
    resolving.getFirst().complete(new Resolved(List.of(Resolved.Answer.error(true, 60))));
    assertEquals("0500" + REFUSED.formatted("04"), received(application));
  }

  @Test
  void resolve_ofAnAddress_isAnsweredAtOnce() {
    EmbeddedChannel application = application(HELLO + "05f00001" + "01020304" + "0000");
    assertEquals("0500" + "05000001" + "01020304" + "0000", received(application));
    assertTrue(resolving.isEmpty());
  }

  @Test
  void resolvePtr_isAnsweredWithTheName() {
    EmbeddedChannel application = application(HELLO + "05f10001" + "01020304" + "0000");
    resolving.getFirst().complete(new Resolved(List.of(Resolved.Answer.ofHostname("a.b", 60))));
    assertEquals("0500" + "05000003" + "03612e62" + "0000", received(application));
  }

  @Test
  void resolve_failing_isHostUnreachableOrItsReason() {
    EmbeddedChannel application = application(HELLO + RESOLVE);
    resolving.getFirst().completeExceptionally(new StreamEndedException(EndReason.RESOLVEFAILED));
    assertEquals("0500" + REFUSED.formatted("04"), received(application));
  }

  @Test
  void resolve_prefersIpv4AndTakesIpv6() throws Exception {
    InetAddress four = InetAddress.getByAddress(new byte[] {1, 2, 3, 4});
    InetAddress six = InetAddress.ofLiteral("2001:db8::1");
    String in4 = "05000001" + "01020304" + "0000";
    String in6 = "05000004" + "20010db8000000000000000000000001" + "0000";
    assertEquals("0500" + in4, resolved(HELLO + RESOLVE, six, four));
    assertEquals("0500" + in6, resolved(HELLO + RESOLVE, six));
    String socks4 = "04f0000000000001" + "00" + "6578616d706c652e636f6d00";
    assertEquals("005a0000" + "01020304", resolved(socks4, six, four));
    assertEquals("005b0000" + "00000000", resolved(socks4, six));
  }

  @Test
  void resolve_privateAnswers_areDropped() {
    InetAddress secret = InetAddress.ofLiteral("10.0.0.1");
    InetAddress open = InetAddress.ofLiteral("1.2.3.4");
    assertTrue(resolved(HELLO + RESOLVE, secret).contains("0a000001"));
    rules = privateRefused();
    assertEquals("0500" + REFUSED.formatted("04"), resolved(HELLO + RESOLVE, secret));
    assertTrue(resolved(HELLO + RESOLVE, secret, open).contains("01020304"));
  }

  private String resolved(String hex, InetAddress... found) {
    EmbeddedChannel application = application(hex);
    resolving
        .getLast()
        .complete(new Resolved(Stream.of(found).map(a -> Resolved.Answer.of(a, 60)).toList()));
    return received(application);
  }

  /** CONNECT to port 80 of a service. */
  private static final String VISIT =
      "05010003"
          + "3e"
          + HexFormat.of()
              .formatHex(
                  "25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5sid.onion"
                      .getBytes(StandardCharsets.US_ASCII))
          + "0050";

  @ParameterizedTest
  @EnumSource(EntryFailure.OnionError.class)
  void onionFailure_isToldApartOnlyWithExtendedErrors(EntryFailure.OnionError error) {
    EntryFailure failure = new EntryFailure.Onion(error, EndReason.RESOLVEFAILED);
    EmbeddedChannel plain = application(HELLO + VISIT);
    opening.getLast().completeExceptionally(new EntryFailedException(failure));
    assertEquals("0500" + REFUSED.formatted("04"), received(plain));
    port = port(isolatedBy(EntrySettings.Isolation.DEFAULT)); // with ExtendedErrors
    EmbeddedChannel extended = application(HELLO + VISIT);
    opening.getLast().completeExceptionally(new EntryFailedException(failure));
    assertEquals("0500" + REFUSED.formatted("f" + error.ordinal()), received(extended), "F0 to F7");
    assertTrue(asked.isEmpty(), "no exit is asked");
    assertEquals(2, visits.size());
  }

  @Test
  void visit_thatSucceeds_isJoined() {
    EmbeddedChannel application = application(HELLO + VISIT);
    EmbeddedChannel stream = channel();
    opening.getLast().complete(stream);
    assertEquals("0500" + GRANTED, received(application));
    send(application, "6869");
    assertEquals("6869", received(stream));
  }

  @Test
  void badOnionAddress_isF6WithExtendedErrors() {
    String badOnion = HELLO + "05010003" + "07622e6f6e696f6e" + "0050";
    assertEquals("0500" + REFUSED.formatted("01"), received(application(badOnion)));
    port = port(isolatedBy(EntrySettings.Isolation.DEFAULT));
    assertEquals("0500" + REFUSED.formatted("f6"), received(application(badOnion)));
    assertTrue(asked.isEmpty());
  }

  @Test
  void safeSocks_refusesAddresses() {
    rules = new EntryRules(true, false, false, false, Set.of(), Set.of());
    for (String command : List.of("01", "f0")) {
      EmbeddedChannel application =
          application(HELLO + "05" + command + "0001" + "01020304" + "0050");
      assertEquals("0500" + REFUSED.formatted("02"), received(application));
    }
    assertEquals("005b000000000000", received(application("04010050" + "01020304" + "00")));
    application(HELLO + "05f10001" + "01020304" + "0000");
    assertEquals(1, questions.size(), "RESOLVE_PTR gives nothing away");
    application(HELLO + CONNECT);
    assertEquals(1, asked.size());
  }
}
