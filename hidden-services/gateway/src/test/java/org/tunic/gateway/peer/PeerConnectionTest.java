package org.tunic.gateway.peer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.tunic.gateway.peer.PeerConnection.Fate;
import org.tunic.tracker.swarm.InfoHash;

class PeerConnectionTest {
  private static final String GREETING =
      Wire.handshake("hhhhhhhhhhhhhhhhhhhh", "-qB4520-a5L9xJtPDNJv");

  private final List<Fate> fates = new ArrayList<>();
  private final List<CompletableFuture<Channel>> dialled = new ArrayList<>();
  private final EmbeddedChannel client = new EmbeddedChannel();
  private final EmbeddedChannel peer = new EmbeddedChannel();

  private void accept() {
    WireFilter.Pair filters = WireFilter.pair(InfoHash.at(Wire.INFO_HASH, 0), Wire.SELF);
    client.config().setAutoRead(false);
    peer.config().setAutoRead(false);
    client.freezeTime();
    client
        .pipeline()
        .addLast(
            new PeerConnection(
                filters.out(),
                filters.in(),
                () -> {
                  CompletableFuture<Channel> dial = new CompletableFuture<>();
                  dialled.add(dial);
                  return dial;
                },
                fates::add));
  }

  private static void say(EmbeddedChannel channel, String latin) {
    channel.writeInbound(Unpooled.copiedBuffer(latin, ISO_8859_1));
    channel.runPendingTasks();
  }

  private static String heard(EmbeddedChannel channel) {
    channel.runPendingTasks();
    StringBuilder all = new StringBuilder();
    for (ByteBuf out; (out = channel.readOutbound()) != null; out.release()) {
      all.append(out.toString(ISO_8859_1));
    }
    return all.toString();
  }

  @Test
  void greeting_inParts_dialsOnceWhole_andJoins() {
    accept();
    say(client, GREETING.substring(0, 40));
    assertEquals(0, dialled.size());
    say(client, GREETING.substring(40) + Wire.message(2, ""));
    assertEquals(1, dialled.size());
    dialled.getFirst().complete(peer);
    client.runPendingTasks();
    assertEquals(List.of(Fate.JOINED), fates);
    String told = heard(peer);
    assertEquals(73, told.length());
    assertTrue(told.endsWith("-TN0001-abcdefghijkl" + Wire.message(2, "")), told);
    say(peer, GREETING + Wire.message(9, "\u001a\u00e1") + Wire.message(1, ""));
    assertTrue(heard(client).endsWith("-qB4520-a5L9xJtPDNJv" + Wire.message(1, "")));
    say(client, Wire.message(9, "\u001a\u00e1") + Wire.message(3, ""));
    assertEquals(Wire.message(3, ""), heard(peer));
  }

  @Test
  void silence_endsAtTheLimit_alsoWithHalfAGreeting() {
    accept();
    say(client, GREETING.substring(0, 67));
    client.advanceTimeBy(PeerConnection.GREETING_LIMIT.toMillis() - 1, TimeUnit.MILLISECONDS);
    client.runScheduledPendingTasks();
    assertTrue(client.isOpen());
    client.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    client.runScheduledPendingTasks();
    assertFalse(client.isOpen());
    assertEquals(List.of(Fate.SILENT), fates);
  }

  @Test
  void peerThatIsNotReached_endsTheConnection() {
    accept();
    say(client, GREETING);
    dialled.getFirst().completeExceptionally(new java.io.IOException());
    client.runPendingTasks();
    assertFalse(client.isOpen());
    assertEquals(List.of(Fate.NOT_REACHED), fates);
  }

  @Test
  void clientThatWentWhileThePeerWasDialled_endsTheStreamThatComes() {
    accept();
    say(client, GREETING);
    client.close();
    dialled.getFirst().complete(peer);
    client.runPendingTasks();
    assertFalse(peer.isOpen());
    assertEquals(List.of(Fate.SILENT), fates);
  }

  @Test
  void violationOnceJoined_endsBothSides() {
    accept();
    say(client, GREETING);
    dialled.getFirst().complete(peer);
    client.runPendingTasks();
    say(peer, "GET / HTTP/1.1\r\n\r\n");
    client.runPendingTasks();
    assertFalse(peer.isOpen());
    assertFalse(client.isOpen());
    assertEquals(List.of(Fate.JOINED, Fate.VIOLATION), fates);
  }
}
