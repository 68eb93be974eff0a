package org.tunic.tracker.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.testing.ManualClock;
import org.tunic.testing.SeededRandom;
import org.tunic.tracker.Tracker;
import org.tunic.tracker.TrackerCounters;
import org.tunic.tracker.TrackerCounters.Kind;
import org.tunic.tracker.TrackerSettings;
import org.tunic.tracker.Visitors;
import org.tunic.tracker.account.Accounts;
import org.tunic.tracker.request.AddressRules;
import org.tunic.tracker.request.AddressRules.Policy;
import org.tunic.tracker.request.AddressRules.Unsigned;
import org.tunic.tracker.swarm.SwarmStore;

/** Honest announces among very many others. */
class TrackerFloodTest {
  private static final int IDLE = 10_000;

  private final ManualClock clock = ManualClock.at("2026-01-02T03:04:05Z");
  private final SeededRandom random = new SeededRandom(1);
  private final TrackerCounters counters = new TrackerCounters();
  private final TrackerSettings settings =
      new TrackerSettings(
          Policy.LAN, Unsigned.DROP, Duration.ofMinutes(30), Duration.ofMinutes(45), 20, 100, 500);
  private final SwarmStore store =
      new SwarmStore(
          new SwarmStore.Limits(1000, 5000, 2000),
          clock,
          random,
          () -> new SeededRandom(random.nextLong()));
  private final TrackerServer server =
      new TrackerServer(
          new Tracker(
              settings,
              store,
              new AddressRules(Policy.LAN, Unsigned.DROP, Optional.empty(), clock),
              new Accounts(clock),
              counters,
              clock.nanos()),
          new Visitors(settings, clock.nanos(), counters),
          Runnable::run,
          clock.nanos());

  private EmbeddedChannel connect(int visitor) {
    EmbeddedChannel channel = new EmbeddedChannel();
    String address = "10.%d.%d.1".formatted(visitor >> 8, visitor & 0xff);
    server.serve(
        channel, new InetSocketAddress(IpLiteral.parseAddress(address).orElseThrow(), 40000));
    return channel;
  }

  private static String announce(EmbeddedChannel channel, int torrent, int peer) {
    String request =
        "GET /announce?info_hash=torrent-%012d&peer_id=peer----%012d&port=6881 HTTP/1.1\r\n\r\n"
            .formatted(torrent, peer);
    channel.writeInbound(Unpooled.copiedBuffer(request, ISO_8859_1));
    channel.runPendingTasks();
    StringBuilder text = new StringBuilder();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      text.append(part.toString(ISO_8859_1));
      part.release();
    }
    return text.toString();
  }

  /** Half of them say nothing, the others half a request. */
  @Test
  void idleChannels_tenThousand_areServedAroundAndThenClosed() {
    List<EmbeddedChannel> idle = new ArrayList<>();
    for (int i = 0; i < IDLE; i++) {
      EmbeddedChannel channel = connect(i);
      if (i % 2 == 0) {
        channel.writeInbound(Unpooled.copiedBuffer("GET /announce?info_h", ISO_8859_1));
      }
      idle.add(channel);
    }
    assertEquals(IDLE, server.channels());
    assertTrue(announce(connect(IDLE), 1, 1).contains("8:complete"));
    clock.advance(TrackerServer.REQUEST_TIMEOUT);
    for (EmbeddedChannel channel : idle) {
      channel.advanceTimeBy(TrackerServer.REQUEST_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
      channel.runScheduledPendingTasks();
    }
    assertEquals(IDLE, counters.of(Kind.TIMEOUTS));
    assertEquals(1, server.channels(), "the honest one");
  }

  /** Twenty visitors ask ten times as often as one may, and each time under another name. */
  @Test
  void flood_ofTenTimesTheRate_leavesHonestVisitorsAndMemoryAlone() {
    EmbeddedChannel honest = connect(0);
    int answered = 0;
    int sent = 0;
    int seconds = 30;
    for (int second = 0; second < seconds; second++) {
      for (int flooder = 1; flooder <= 20; flooder++) {
        EmbeddedChannel channel = connect(flooder);
        for (int i = 0; i < 10 * settings.rate() && channel.isOpen(); i++) {
          sent++;
          answered += announce(channel, random.nextInt(5000), sent).contains("8:complete") ? 1 : 0;
        }
        channel.close();
      }
      assertTrue(announce(honest, 1, second).contains("8:complete"), "second " + second);
      clock.advance(Duration.ofSeconds(1));
    }
    int allowed = 20 * (settings.burst() + seconds * settings.rate());
    assertTrue(answered <= allowed && sent > 3 * allowed, answered + " of " + sent);
    assertTrue(store.peers() <= 5000 && store.swarms() <= 1000);
    assertTrue(
        counters.of(Kind.FULL_OF_TORRENTS) + counters.of(Kind.FULL_OF_PEERS) > 0,
        "the bounds were reached");
  }
}
