package org.tunic.router.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.tunic.testing.SeededRandom;

/** The map against the library's. */
class CircuitMapPropertyTest {
  private static CircuitSlot slot(int id) {
    return new CircuitSlot(id, new ChannelTest.RecordingHalf());
  }

  @RepeatedTest(50)
  void randomOperations_giveWhatAHashMapGives(RepetitionInfo repetition) {
    SeededRandom random = new SeededRandom(repetition.getCurrentRepetition());
    CircuitMap map = new CircuitMap(random.nextInt());
    Map<Integer, CircuitSlot> model = new HashMap<>();
    int range = random.nextInt(2, 3000); // few ids: many collisions and removals
    for (int i = 0; i < 5000; i++) {
      int id = random.nextInt(1, range) | (random.nextBoolean() ? 1 << 31 : 0);
      if (random.nextInt(5) < 3) {
        if (!model.containsKey(id)) {
          CircuitSlot slot = slot(id);
          map.put(slot);
          model.put(id, slot);
        }
      } else {
        assertSame(model.remove(id), map.remove(id), random::toString);
      }
      assertEquals(model.size(), map.size());
      int asked = random.nextInt(1, range);
      assertSame(model.get(asked), map.get(asked), random::toString);
    }
    for (CircuitSlot slot : model.values()) {
      assertSame(slot, map.get(slot.circuitId), random::toString);
    }
    Set<CircuitSlot> seen = new HashSet<>();
    map.forEach(seen::add);
    assertEquals(new HashSet<>(model.values()), seen, random::toString);
  }

  @Test
  void idsThatDifferInHighBitsOnly_stayFast() {
    CircuitMap map = new CircuitMap(new SeededRandom(7).nextInt());
    List<CircuitSlot> slots = new ArrayList<>();
    for (int i = 1; i <= 1 << 15; i++) {
      CircuitSlot slot = slot(i << 16);
      slots.add(slot);
      map.put(slot);
    }
    for (CircuitSlot slot : slots) {
      assertSame(slot, map.get(slot.circuitId));
    }
    assertNull(map.get(77));
  }

  @Test
  void clear_emptiesTheMap() {
    CircuitMap map = new CircuitMap(1);
    map.put(slot(3));
    map.clear();
    assertEquals(0, map.size());
    assertNull(map.get(3));
  }
}
