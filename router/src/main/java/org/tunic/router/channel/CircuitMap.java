package org.tunic.router.channel;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The circuit ids of one channel: open addressing over plain arrays, no boxing.
 *
 * <p>Zero is no circuit id and marks a free place. Deleting shifts the entries behind back, so that
 * look-ups of absent ids stay short. The peer chooses half of the ids: they are spread by a
 * multiplication with a random odd number, so that it cannot make them collide.
 *
 * <p>Threads: event loop of the channel.
 */
final class CircuitMap {
  private static final int FIRST_SIZE = 16;

  private final int multiplier;
  private int[] ids = new int[FIRST_SIZE];
  private @Nullable CircuitSlot[] slots = new @Nullable CircuitSlot[FIRST_SIZE];
  private int size;
  private int shift = Integer.SIZE - Integer.numberOfTrailingZeros(FIRST_SIZE);

  /** An empty map; {@code random} is any number that the peer does not know. */
  CircuitMap(int random) {
    this.multiplier = random | 1;
  }

  int size() {
    return size;
  }

  /** The slot of an id, or null. */
  @Nullable CircuitSlot get(int circuitId) {
    int at = place(circuitId);
    while (ids[at] != 0) {
      if (ids[at] == circuitId) {
        return slots[at];
      }
      at = at + 1 & ids.length - 1;
    }
    return null;
  }

  /** Adds a slot whose id, not zero, is not in the map. */
  void put(CircuitSlot slot) {
    assert slot.circuitId != 0 && get(slot.circuitId) == null;
    if (4 * (size + 1) > 3 * ids.length) {
      grow();
    }
    insert(slot);
    size++;
  }

  private void insert(CircuitSlot slot) {
    int at = place(slot.circuitId);
    while (ids[at] != 0) {
      at = at + 1 & ids.length - 1;
    }
    ids[at] = slot.circuitId;
    slots[at] = slot;
  }

  private void grow() {
    @Nullable CircuitSlot[] old = slots;
    ids = new int[2 * ids.length];
    slots = new @Nullable CircuitSlot[2 * old.length];
    shift--;
    for (CircuitSlot slot : old) {
      if (slot != null) {
        insert(slot);
      }
    }
  }

  /** Removes an id; the slot it had, or null. */
  @Nullable CircuitSlot remove(int circuitId) {
    int mask = ids.length - 1;
    int at = place(circuitId);
    while (ids[at] != circuitId) {
      if (ids[at] == 0) {
        return null;
      }
      at = at + 1 & mask;
    }
    final CircuitSlot removed = slots[at];
    // Move back what would be found no more with a gap at this place.
    for (int next = at + 1 & mask; ids[next] != 0; next = next + 1 & mask) {
      int home = place(ids[next]);
      if ((next - home & mask) >= (next - at & mask)) {
        ids[at] = ids[next];
        slots[at] = slots[next];
        at = next;
      }
    }
    ids[at] = 0;
    slots[at] = null;
    size--;
    return removed;
  }

  /** Calls {@code action} for every slot; the map must not change meanwhile. */
  void forEach(Consumer<CircuitSlot> action) {
    for (CircuitSlot slot : slots) {
      if (slot != null) {
        action.accept(slot);
      }
    }
  }

  void clear() {
    Arrays.fill(ids, 0);
    Arrays.fill(slots, null);
    size = 0;
  }

  private int place(int circuitId) {
    return (circuitId * multiplier) >>> shift;
  }
}
