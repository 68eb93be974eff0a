package org.tunic.daemon.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.handshake.KeySeed;
import org.tunic.crypto.handshake.createfast.CreateFastClient;
import org.tunic.crypto.relaycell.tor1.Tor1OriginLayer;
import org.tunic.router.cell.ChannelMessage;
import org.tunic.router.cell.Create2;
import org.tunic.router.cell.CreateFast;
import org.tunic.router.cell.CreatedFast;
import org.tunic.router.cell.DestroyReason;
import org.tunic.router.cell.Extend2;
import org.tunic.router.cell.HandshakeType;
import org.tunic.router.cell.RelayCommand;
import org.tunic.router.cell.RelayHeader;
import org.tunic.router.channel.CellQueue;
import org.tunic.router.channel.Channel;
import org.tunic.router.channel.ChannelEvent;
import org.tunic.router.channel.CircuitAcceptor;
import org.tunic.router.channel.CircuitHalf;
import org.tunic.router.channel.ExtendTarget;
import org.tunic.router.link.TlsContext.Engine;

/** Our links with an unmodified C tor at the other end, both ways, with both TLS engines. */
class CTorLinkIT {
  @TempDir Path directory;

  @BeforeAll
  static void needsTor() {
    assumeTrue(CTorProcess.available(), "no tor installed");
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void client_opensAChannelAndAFastCircuit(Engine engine) throws Exception {
    try (CTorProcess tor = CTorProcess.relay(directory);
        LinkNode node = LinkNode.client(engine)) {
      Channel channel = connect(node, tor);
      assertEquals(tor.ids(), channel.peer().orElseThrow());
      assertEquals(5, channel.linkProtocol());
      LinkNode.await(FastCircuit.open(channel));
      assertFalse(tor.log().contains("AUTHENTICATE cell on"));
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void relay_isAuthenticated(Engine engine) throws Exception {
    try (CTorProcess tor = CTorProcess.relay(directory);
        LinkNode node = LinkNode.relay(engine, null)) {
      Channel channel = connect(node, tor);
      LinkNode.await(FastCircuit.open(channel));
      LinkNode.until(() -> tor.log().contains("Its ID digest is " + node.own().ids().rsa().hex()));
    }
  }

  /** C tor extends a circuit to us: it connects, authenticates and sends CREATE2. */
  @ParameterizedTest
  @EnumSource(Engine.class)
  void cTorRelay_authenticatesToUs(Engine engine) throws Exception {
    LinkedBlockingQueue<ChannelMessage> creates = new LinkedBlockingQueue<>();
    CircuitAcceptor acceptor = (channel, id, create) -> creates.add(create);
    try (CTorProcess tor = CTorProcess.relay(directory);
        LinkNode relay = LinkNode.relay(engine, acceptor);
        LinkNode client = LinkNode.client(engine)) {
      InetSocketAddress address = relay.listen();
      FastCircuit circuit = LinkNode.await(FastCircuit.open(connect(client, tor)));
      Extend2 extend =
          new Extend2(
              new ByteWriter()
                  .u8(3)
                  .u8(0)
                  .u8(6)
                  .bytes(address.getAddress().getAddress())
                  .u16(address.getPort())
                  .u8(2)
                  .u8(20)
                  .bytes(relay.own().ids().rsa().bytes())
                  .u8(3)
                  .u8(32)
                  .bytes(relay.own().ids().ed().orElseThrow().bytes())
                  .toBytes(),
              HandshakeType.NTOR,
              Bytes.copyOf(new byte[84]));
      circuit.sendEarly(extend);
      Create2 created = (Create2) creates.poll(20, TimeUnit.SECONDS);
      assertEquals(new Create2(HandshakeType.NTOR, Bytes.copyOf(new byte[84])), created);
      ChannelEvent.Opened opened = relay.event(ChannelEvent.Opened.class);
      assertEquals(tor.ids(), opened.peer().orElseThrow());
      // It told its address, so we may extend to it over its own connection.
      Channel back = relay.connect(relay.own(), address);
      assertTrue(back.initiator());
      assertFalse(connect(relay, tor).initiator());
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void cTorClient_opensAFastCircuitToUs(Engine engine) throws Exception {
    LinkedBlockingQueue<ChannelMessage> creates = new LinkedBlockingQueue<>();
    CircuitAcceptor acceptor = (channel, id, create) -> creates.add(create);
    try (LinkNode relay = LinkNode.relay(engine, acceptor)) {
      InetSocketAddress address = relay.listen();
      try (CTorProcess tor = CTorProcess.client(directory, relay.own().ids(), address)) {
        assertTrue(creates.poll(30, TimeUnit.SECONDS) instanceof CreateFast, tor::log);
        assertTrue(relay.event(ChannelEvent.Opened.class).peer().isEmpty());
      }
    }
  }

  private static Channel connect(LinkNode node, CTorProcess tor) throws Exception {
    return LinkNode.await(node.manager.get(new ExtendTarget(tor.ids(), List.of(tor.address()))));
  }

  /** A one-hop circuit, created with CREATE_FAST. */
  private static final class FastCircuit implements CircuitHalf {
    final CompletableFuture<FastCircuit> ready = new CompletableFuture<>();
    private final Channel channel;
    private final CreateFastClient handshake = CreateFastClient.begin(new SecureRandom());
    private @Nullable CellQueue queue;
    private @Nullable Tor1OriginLayer layer;

    private FastCircuit(Channel channel) {
      this.channel = channel;
    }

    static CompletableFuture<FastCircuit> open(Channel channel) {
      FastCircuit circuit = new FastCircuit(channel);
      channel
          .loop()
          .execute(
              () -> {
                int id = channel.newCircuitId();
                assertTrue(channel.attach(id, circuit));
                circuit.queue = channel.openQueue(id);
                channel.send(id, new CreateFast(circuit.handshake.onionSkin()));
              });
      return circuit.ready;
    }

    void sendEarly(Extend2 message) {
      channel
          .loop()
          .execute(
              () -> {
                ByteWriter body = new ByteWriter();
                message.encode(body);
                byte[] plain = new byte[512];
                new RelayHeader()
                    .wrap(plain, 0)
                    .write(
                        RelayCommand.EXTEND2,
                        0,
                        body.toArray(),
                        0,
                        body.length(),
                        channel.context().random());
                CellQueue to = Objects.requireNonNull(queue);
                byte[] slot = to.array();
                Objects.requireNonNull(layer).originate(plain, 0, slot, to.offset());
                to.commit(9);
                to.flush();
              });
    }

    @Override
    public void onMessage(ChannelMessage message) {
      if (!(message instanceof CreatedFast created)) {
        ready.completeExceptionally(new AssertionError("answered by " + message));
        return;
      }
      byte[] reply = new byte[40];
      created.y().copyTo(reply, 0);
      created.derivativeKeyData().copyTo(reply, 20);
      try (KeySeed seed = handshake.finish(reply)) {
        layer = new Tor1OriginLayer(seed.tor1Keys());
        ready.complete(this);
      } catch (Exception e) {
        ready.completeExceptionally(e);
      }
    }

    @Override
    public void onRelayCell(int command, byte[] cell, int bodyOffset) {}

    @Override
    public void onBatchEnd() {}

    @Override
    public void onChannelClosed(DestroyReason why) {
      ready.completeExceptionally(new AssertionError("closed: " + why));
    }
  }
}
