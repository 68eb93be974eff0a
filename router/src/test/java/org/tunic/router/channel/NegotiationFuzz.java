package org.tunic.router.channel;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.cert.RelayCredentials;
import org.tunic.router.cell.ChannelViolation;
import org.tunic.router.link.CellFramer;
import org.tunic.router.link.CellSink;
import org.tunic.router.link.TestCredentials;
import org.tunic.testing.ParserFuzz;
import org.tunic.testing.SeededRandom;

/**
 * The bytes of a peer during the negotiation: the first byte says which role is ours. Whatever
 * comes, the channel opens or the negotiation fails for a reason of the peer.
 */
class NegotiationFuzz extends ParserFuzz {
  private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final RelayCredentials OWN = TestCredentials.create(NOW, new SeededRandom(11));

  /** Fails if the fault is ours. */
  private static final class Judge implements Negotiation.Listener, CellSink {
    @Override
    public CellSink onNegotiated(Negotiated how) {
      return this;
    }

    @Override
    public void onFailed(ConnectException why) {
      assertNotEquals("internal error", why.getMessage());
    }

    @Override
    public void onCell(int id, int command, ByteBuf in, int at, int header, int length) {}

    @Override
    public void onReadComplete() {}

    @Override
    public void onWritabilityChanged() {}

    @Override
    public void onViolation(ChannelViolation violation) {}

    @Override
    public void onClosed() {}
  }

  NegotiationFuzz() {
    super(NONE);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    CellFramer framer = new CellFramer();
    EmbeddedChannel socket = new EmbeddedChannel(framer);
    Handshake handshake =
        input[0] == 0
            ? new ResponderHandshake(context(OWN))
            : new InitiatorHandshake(context(input[0] == 1 ? null : OWN), null);
    framer.receive(
        new Negotiation(socket, framer, handshake, new CellCounters(), TIMEOUT, new Judge()));
    for (int at = 1; at < input.length && socket.isOpen(); ) {
      int length = Math.min(input.length - at, 1000);
      socket.writeInbound(Unpooled.copiedBuffer(input, at, length));
      at += length;
    }
    socket.finishAndReleaseAll();
  }

  private static HandshakeContext context(@Nullable RelayCredentials credentials) {
    return new HandshakeContext(
        credentials,
        List.of(),
        InetAddress.getLoopbackAddress(),
        new TlsBinding(OWN.tlsCertificate().der(), cid -> cid),
        () -> NOW,
        new SeededRandom(12));
  }
}
