package org.tunic.tracker.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.HsId;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.onion.OnionNetwork;
import org.tunic.onion.host.OnionService;
import org.tunic.onion.host.ServiceSettings;
import org.tunic.router.stream.socks.IsolationKey;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.Tracker;
import org.tunic.tracker.TrackerCounters;
import org.tunic.tracker.TrackerSettings;
import org.tunic.tracker.Visitors;
import org.tunic.tracker.account.Accounts;
import org.tunic.tracker.request.AddressRules;
import org.tunic.tracker.request.AddressRules.Policy;
import org.tunic.tracker.request.AddressRules.Unsigned;
import org.tunic.tracker.request.AnnounceRequest;
import org.tunic.tracker.request.AnnounceSignature;
import org.tunic.tracker.request.RequestException;
import org.tunic.tracker.swarm.SwarmStore;

/** A tracker behind an onion address of a network in memory, asked over six hops. */
class OnionTrackerTest {
  private static final String ANNOUNCE =
      "info_hash=aaaaaaaaaaaaaaaaaaaa&peer_id=bbbbbbbbbbbbbbbbbbb%d&port=6881&left=%d&onion=1";
  private static final int WAIT_SECONDS = 60;

  private final OnionNetwork network = new OnionNetwork();
  private final SeededRandom random = new SeededRandom(7);
  private final OnionNetwork.Node host = network.node(1);
  private final HsIdKeypair key = HsIdKeypair.generate(random);
  private final HsId name = key.id();

  @AfterEach
  void close() {
    network.close();
  }

  private TrackerServer start(TrackerSettings settings) throws Exception {
    TrackerCounters counters = new TrackerCounters();
    Tracker tracker =
        new Tracker(
            settings,
            new SwarmStore(
                SwarmStore.Limits.DEFAULT,
                network.clock,
                random,
                () -> new SeededRandom(random.nextLong())),
            new AddressRules(Policy.ONION, Unsigned.DROP, Optional.of(name), network.clock),
            new Accounts(network.clock),
            counters,
            System::nanoTime);
    TrackerServer server =
        new TrackerServer(
            tracker,
            new Visitors(settings, System::nanoTime, counters),
            task -> Thread.ofVirtual().start(task),
            System::nanoTime);
    OnionService service =
        host.services.add(
            key,
            ServiceSettings.of(Map.of(80, List.of(server.onionTarget())))
                .with(TrackerServer.streamRules()));
    service.published().get(WAIT_SECONDS, TimeUnit.SECONDS);
    return server;
  }

  /** A stream to the tracker, and what comes on it. */
  private final class Stream {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final Channel channel;

    Stream(OnionNetwork.Node visitor, IsolationKey isolation) throws Exception {
      channel = visitor.client.dial(name, 80, isolation).get(WAIT_SECONDS, TimeUnit.SECONDS);
      channel
          .pipeline()
          .addLast(
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                  ByteBuf in = (ByteBuf) message;
                  received.add(in.toString(ISO_8859_1));
                  in.release();
                }
              });
      channel.config().setAutoRead(true);
    }

    /** Asks, and waits for an answer that ends like this. */
    String get(String target, String end) throws InterruptedException {
      channel.writeAndFlush(
          Unpooled.copiedBuffer("GET " + target + " HTTP/1.1\r\n\r\n", ISO_8859_1));
      StringBuilder answer = new StringBuilder();
      while (!answer.toString().endsWith(end)) {
        String part = received.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        if (part == null) {
          throw new AssertionError("no more than: " + answer);
        }
        answer.append(part);
      }
      return answer.toString();
    }
  }

  private static IsolationKey isolation() {
    return IsolationKey.ofGroup(1);
  }

  /** The same announce with the peer's onion address and its owner's signature. */
  private String signed(String query, HsIdKeypair owner) throws RequestException {
    AnnounceRequest announce = AnnounceRequest.parse(query);
    long slot = AnnounceSignature.slot(network.clock.instant().getEpochSecond());
    Bytes signature =
        owner.sign(
            AnnounceSignature.DOMAIN,
            AnnounceSignature.message(
                name, announce.torrent(), announce.peer(), announce.port(), slot, announce.key()));
    return query
        + "&ip="
        + owner.id().unredactedHost()
        + "&slot="
        + slot
        + "&sig="
        + signature.hex().replaceAll("..", "%$0");
  }

  @Test
  void announce_overOnionStreams_tellsSignedPeersOnly() throws Exception {
    start(TrackerSettings.DEFAULT);
    Stream stream = new Stream(network.node(2), isolation());
    HsIdKeypair owner = HsIdKeypair.generate(random);
    String first =
        stream.get("/announce?" + signed(ANNOUNCE.formatted(1, 0), owner), "11:peers_onion0:e");
    assertTrue(first.startsWith("HTTP/1.1 200 OK\r\n"), first);
    assertFalse(first.contains("external ip"), first);
    HsIdKeypair stranger = HsIdKeypair.generate(random);
    stream.get(
        "/announce?" + ANNOUNCE.formatted(2, 0) + "&ip=" + stranger.id().unredactedHost(), "e");
    String leecher = stream.get("/announce?" + ANNOUNCE.formatted(3, 5), "e");
    String entry = new String(owner.id().key().bytes().toArray(), ISO_8859_1) + "\u001a\u00e1";
    assertTrue(leecher.endsWith("11:peers_onion34:" + entry + "e"), leecher);
    assertTrue(leecher.contains("8:completei2e"), leecher);
  }

  @Test
  void visitor_thatNeverStops_losesItsCircuit_andOthersAreServed() throws Exception {
    TrackerServer server =
        start(
            new TrackerSettings(
                Policy.ONION,
                Unsigned.DROP,
                Duration.ofMinutes(30),
                Duration.ofMinutes(45),
                1,
                5,
                100));
    Stream flood = new Stream(network.node(2), isolation());
    for (int i = 0; i < 100 && flood.channel.isOpen(); i++) {
      flood.channel.writeAndFlush(
          Unpooled.copiedBuffer(
              "GET /announce?" + ANNOUNCE.formatted(1, 0) + " HTTP/1.1\r\n\r\n", ISO_8859_1));
    }
    assertTrue(flood.channel.closeFuture().await(WAIT_SECONDS, TimeUnit.SECONDS));
    Stream honest = new Stream(network.node(3), isolation());
    assertTrue(honest.get("/announce?" + ANNOUNCE.formatted(2, 5), "e").contains("complete"));
    assertEquals(1, server.channels());
  }
}
