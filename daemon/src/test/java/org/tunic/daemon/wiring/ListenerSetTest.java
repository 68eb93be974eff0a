package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.wiring.ListenerSet.Wanted;

final class ListenerSetTest {
  private final List<String> done = new ArrayList<>();
  private final ListenerSet set = new ListenerSet();

  private Wanted port(String key, int port) {
    InetSocketAddress address = new InetSocketAddress("127.0.0.1", port);
    return new Wanted(
        key,
        address,
        () -> {
          done.add("open " + key);
          return new ListenerSet.Open(address, () -> done.add("close " + key));
        });
  }

  private Wanted broken(int port) {
    return new Wanted(
        "broken",
        new InetSocketAddress("127.0.0.1", port),
        () -> {
          throw new ConfigException("in use");
        });
  }

  private void change(Wanted... wanted) throws ConfigException {
    set.prepare(List.of(wanted)).commit();
  }

  @Test
  void commit_opensTheNewBeforeTheOldCloses_andKeepsTheRest() throws ConfigException {
    change(port("a", 1), port("b", 2));
    done.clear();
    change(port("b", 2), port("c", 3));
    assertEquals(List.of("open c", "close a"), done);
  }

  @Test
  void commit_samePortOtherFlags_closesFirst() throws ConfigException {
    change(port("a", 1));
    done.clear();
    change(port("a with flags", 1));
    assertEquals(List.of("close a", "open a with flags"), done);
  }

  @Test
  void prepare_aPortThatCannotBeHad_leavesEverythingAsItWas() throws ConfigException {
    change(port("a", 1));
    done.clear();
    List<Wanted> wanted = List.of(port("b", 2), broken(3));
    assertThrows(ConfigException.class, () -> set.prepare(wanted));
    assertEquals(List.of("open b", "close b"), done);
    assertEquals(1, set.first("a").orElseThrow().getPort());
  }

  @Test
  void commit_aLatePortThatCannotBeHad_opensTheOthers() throws ConfigException {
    change(port("a", 1), port("b", 2));
    done.clear();
    ListenerSet.Change change = set.prepare(List.of(broken(1), port("b with flags", 2)));
    assertThrows(ConfigException.class, change::commit);
    assertEquals(List.of("close a", "close b", "open b with flags"), done);
  }

  @Test
  void rollback_closesWhatWasOpenedOnly() throws ConfigException {
    change(port("a", 1));
    done.clear();
    set.prepare(List.of(port("b", 2))).rollback();
    assertEquals(List.of("open b", "close b"), done);
    assertEquals(1, set.first("a").orElseThrow().getPort());
  }
}
