package org.tunic.router.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.cert.RelayCredentials;
import org.tunic.router.cell.CellCommand;
import org.tunic.router.cell.CellEncoder;
import org.tunic.router.cell.ChannelViolation;
import org.tunic.router.cell.NetInfo;
import org.tunic.router.cell.Padding;
import org.tunic.router.cell.VPadding;
import org.tunic.router.cell.Versions;
import org.tunic.router.link.CellFramer;
import org.tunic.router.link.CellSink;
import org.tunic.router.link.TestCredentials;
import org.tunic.testing.SeededRandom;

/** The driver of a negotiation on a socket without a network: time, refusals, padding, splits. */
class NegotiationTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static RelayCredentials bob;

  private final CellFramer framer = new CellFramer();
  private final EmbeddedChannel socket = new EmbeddedChannel(framer);
  private final Outcome outcome = new Outcome();

  @BeforeAll
  static void makeKeys() {
    bob = TestCredentials.create(NOW, new SeededRandom(11));
  }

  @AfterEach
  void release() {
    socket.finishAndReleaseAll();
  }

  private static HandshakeContext context(@Nullable RelayCredentials own) {
    return new HandshakeContext(
        own,
        List.of(),
        InetAddress.getLoopbackAddress(),
        new TlsBinding(bob.tlsCertificate().der(), cid -> cid),
        () -> NOW,
        new SeededRandom(12));
  }

  private void start(Handshake handshake) {
    framer.receive(
        new Negotiation(socket, framer, handshake, new CellCounters(), TIMEOUT, outcome));
  }

  private void read(byte[] bytes) {
    socket.writeInbound(Unpooled.copiedBuffer(bytes));
  }

  private static NetInfo clientNetInfo() {
    return new NetInfo(0, NetInfo.Address.of(InetAddress.getLoopbackAddress()), List.of());
  }

  private static final class Outcome implements Negotiation.Listener, CellSink {
    @Nullable Negotiated negotiated;
    @Nullable ConnectException failed;
    int cells;

    ConnectException.Reason reason() {
      return Objects.requireNonNull(failed).reason();
    }

    @Override
    public CellSink onNegotiated(Negotiated how) {
      assertNull(negotiated);
      negotiated = how;
      return this;
    }

    @Override
    public void onFailed(ConnectException why) {
      assertNull(failed);
      assertNull(negotiated);
      failed = why;
    }

    @Override
    public void onCell(int id, int command, ByteBuf in, int at, int header, int length) {
      cells++;
    }

    @Override
    public void onReadComplete() {}

    @Override
    public void onWritabilityChanged() {}

    @Override
    public void onViolation(ChannelViolation violation) {}

    @Override
    public void onClosed() {}
  }

  @Test
  void initiator_speaksFirst() {
    start(new InitiatorHandshake(context(null), null));
    ByteBuf sent = socket.readOutbound();
    assertEquals("0000070004" + "00040005", io.netty.buffer.ByteBufUtil.hexDump(sent));
    sent.release();
  }

  @Test
  void responder_ofAClientWithPaddingEverywhere_opens() {
    start(new ResponderHandshake(context(bob)));
    assertNull(socket.readOutbound());
    read(
        new ByteWriter()
            .bytes(new byte[] {0, 0, (byte) 128, 0, 3, 1, 2, 3}) // VPADDING, still narrow
            .bytes(CellEncoder.encode(0, new Versions(List.of(3, 4, 5))))
            .bytes(CellEncoder.encode(0, new Padding()))
            .bytes(CellEncoder.encode(0, new VPadding(1000)))
            .bytes(new byte[] {0, 0, 0, 0, (byte) 200, 0, 1, 9}) // unknown, of variable length
            .bytes(CellEncoder.encode(0, clientNetInfo()))
            .bytes(CellEncoder.encode(0, new Padding()))
            .toArray());
    assertEquals(new Negotiated(5, null, false, 0), outcome.negotiated);
    assertEquals(1, outcome.cells, "what follows belongs to the channel");
    assertTrue(socket.isOpen());
    socket.advanceTimeBy(TIMEOUT.toSeconds() + 1, TimeUnit.SECONDS);
    socket.runScheduledPendingTasks();
    assertTrue(socket.isOpen());
  }

  @Test
  void anySplit_opensTheSame() {
    start(new ResponderHandshake(context(bob)));
    byte[] all =
        new ByteWriter()
            .bytes(CellEncoder.encode(0, new Versions(List.of(5))))
            .bytes(CellEncoder.encode(0, clientNetInfo()))
            .toArray();
    for (byte b : all) {
      assertNull(outcome.negotiated);
      read(new byte[] {b});
    }
    assertNotNull(outcome.negotiated);
  }

  @Test
  void halfOpen_pastTheDeadline_isClosed() {
    start(new ResponderHandshake(context(bob)));
    read(CellEncoder.encode(0, new Versions(List.of(5))));
    socket.advanceTimeBy(TIMEOUT.toSeconds() - 1, TimeUnit.SECONDS);
    socket.runScheduledPendingTasks();
    assertNull(outcome.failed);
    socket.advanceTimeBy(2, TimeUnit.SECONDS);
    socket.runScheduledPendingTasks();
    assertEquals(ConnectException.Reason.TIMEOUT, outcome.reason());
    assertFalse(socket.isOpen());
  }

  @Test
  void socketClosedByThePeer_fails() {
    start(new ResponderHandshake(context(bob)));
    socket.close();
    assertEquals(ConnectException.Reason.NETWORK, outcome.reason());
  }

  @ParameterizedTest
  @EnumSource(
      value = CellCommand.class,
      names = {"PADDING", "VPADDING", "AUTHORIZE", "CERTS", "NETINFO"},
      mode = EnumSource.Mode.EXCLUDE)
  void cell_thatMayNotComeAfterVersions_endsIt(CellCommand command) {
    start(new ResponderHandshake(context(bob)));
    read(CellEncoder.encode(0, new Versions(List.of(5))));
    ByteWriter cell = new ByteWriter().u32(0).u8(command.code());
    if (command.variableLength()) {
      cell.u16(4).zeros(4);
    } else {
      cell.zeros(509);
    }
    read(cell.toArray());
    assertEquals(ConnectException.Reason.PROTOCOL, outcome.reason());
    assertFalse(socket.isOpen());
  }

  @Test
  void cellOfACircuit_endsIt() {
    start(new ResponderHandshake(context(bob)));
    read(CellEncoder.encode(0, new Versions(List.of(5))));
    read(CellEncoder.encode(1, clientNetInfo()));
    assertEquals(ConnectException.Reason.PROTOCOL, outcome.reason());
  }

  @Test
  void padding_beforeVersions_endsIt() {
    start(new ResponderHandshake(context(bob)));
    read(new byte[512]);
    assertEquals(ConnectException.Reason.PROTOCOL, outcome.reason());
  }

  @Test
  void malformedCell_endsIt() {
    start(new ResponderHandshake(context(bob)));
    read(new byte[] {0, 0, 7, 0, 3, 0, 4, 0});
    assertEquals(ConnectException.Reason.PROTOCOL, outcome.reason());
  }

  @RepeatedTest(100)
  void randomBytes_neverThrow(RepetitionInfo repetition) {
    SeededRandom random = new SeededRandom(repetition.getCurrentRepetition());
    boolean asInitiator = random.nextBoolean();
    start(
        asInitiator
            ? new InitiatorHandshake(context(random.nextBoolean() ? bob : null), bob.ids())
            : new ResponderHandshake(context(bob)));
    if (random.nextBoolean()) {
      read(CellEncoder.encode(0, new Versions(List.of(5))));
    }
    if (asInitiator && random.nextBoolean()) {
      byte[] certs = CellEncoder.encode(0, HandshakeContext.certs(bob.responderCertificates()));
      certs[random.nextInt(7, certs.length)] ^= (byte) (1 << random.nextInt(8));
      read(certs);
    }
    for (int i = 0; i < 5 && socket.isOpen(); i++) {
      byte[] bytes = random.bytes(random.nextInt(1, 1500));
      if (random.nextBoolean() && bytes.length > 7) {
        bytes[0] = bytes[1] = bytes[2] = bytes[3] = 0;
        bytes[4] = (byte) random.nextInt(7, 9);
      }
      read(bytes);
    }
    assertTrue(outcome.failed == null || !socket.isOpen(), random::toString);
    socket.checkException();
  }
}
