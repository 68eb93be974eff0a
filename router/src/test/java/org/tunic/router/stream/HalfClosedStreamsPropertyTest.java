package org.tunic.router.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of half-closed streams in random orders of messages. */
class HalfClosedStreamsPropertyTest {
  private static final int ORDERS = 300;

  /** What a peer sent before it read our END, in the order of its choice, and its END last. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatMayCome_inAnyOrder_isExpectedAndEmptiesTheTable(long seed) {
    Random random = new Random(seed);
    for (int order = 0; order < ORDERS; order++) {
      HalfClosedStreams streams = new HalfClosedStreams();
      List<List<Runnable>> peers = new ArrayList<>();
      for (int id = 1; id <= 20; id++) {
        peers.add(honestPeer(streams, id, random));
      }
      while (!peers.isEmpty()) {
        int at = random.nextInt(peers.size());
        List<Runnable> next = peers.get(at);
        next.removeFirst().run();
        if (next.isEmpty()) {
          peers.remove(at);
        }
      }
      assertEquals(0, streams.unexpected(), "seed " + seed + " order " + order);
      assertEquals(0, streams.size(), "seed " + seed + " order " + order);
    }
  }

  private static List<Runnable> honestPeer(HalfClosedStreams streams, int id, Random random) {
    int data = random.nextInt(20);
    int sendmes = random.nextInt(5);
    boolean opening = random.nextBoolean();
    HalfClosed rest = HalfClosed.cells(data, sendmes);
    streams.add(id, opening ? rest.beforeConnected() : rest);
    List<Runnable> messages = new ArrayList<>();
    for (int i = random.nextInt(data + 1); i > 0; i--) {
      messages.add(() -> streams.onData(id, 0));
    }
    for (int i = random.nextInt(sendmes + 1); i > 0; i--) {
      messages.add(() -> streams.onSendme(id));
    }
    if (opening && random.nextBoolean()) {
      messages.add(() -> streams.onConnected(id));
    }
    Collections.shuffle(messages, random);
    messages.add(() -> streams.onEnd(id));
    return messages;
  }

  /** A model that keeps sums: of any messages at all, no more are expected than there may come. */
  @ParameterizedTest
  @ValueSource(longs = {4, 5, 6})
  void anyMessages_areExpectedAsOftenAsTheyMayCome(long seed) {
    Random random = new Random(seed);
    for (int order = 0; order < ORDERS; order++) {
      HalfClosedStreams streams = new HalfClosedStreams();
      Map<Integer, int[]> left = new HashMap<>(); // by id: data, sendmes, connected, end
      for (int id = 1; id <= 8; id++) {
        int[] may = {random.nextInt(4), random.nextInt(3), random.nextInt(2), 1};
        HalfClosed rest = HalfClosed.cells(may[0], may[1]);
        streams.add(id, may[2] == 1 ? rest.beforeConnected() : rest);
        left.put(id, may);
      }
      long unexpected = 0;
      for (int i = 0; i < 200; i++) {
        int id = 1 + random.nextInt(10); // two of them never ours
        int kind = random.nextInt(20) == 0 ? 3 : random.nextInt(3);
        switch (kind) {
          case 0 -> streams.onData(id, i);
          case 1 -> streams.onSendme(id);
          case 2 -> streams.onConnected(id);
          default -> streams.onEnd(id);
        }
        int[] may = left.get(id);
        if (may == null || may[kind]-- <= 0) {
          unexpected++;
        } else if (kind == 3) {
          left.remove(id);
        }
        assertEquals(unexpected, streams.unexpected(), "seed " + seed + " order " + order);
        assertEquals(left.size(), streams.size(), "seed " + seed + " order " + order);
      }
    }
  }
}
