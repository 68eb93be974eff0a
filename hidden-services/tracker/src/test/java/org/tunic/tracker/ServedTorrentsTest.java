package org.tunic.tracker;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tunic.tracker.swarm.InfoHash;

/** What is taken out of the list of torrents that are served. */
class ServedTorrentsTest {
  private static final InfoHash ONE = new InfoHash(1, 2, 3);
  private static final InfoHash TWO = new InfoHash(4, 5, 6);

  @Test
  void without_someTorrents_servesTheOthers() {
    ServedTorrents served = ServedTorrents.ALL.without(Set.of(ONE));
    assertFalse(served.serves(ONE));
    assertTrue(served.serves(TWO));
    assertFalse(served.without(Set.of(TWO)).serves(ONE));
  }
}
