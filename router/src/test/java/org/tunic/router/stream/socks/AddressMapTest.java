package org.tunic.router.stream.socks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.testing.SeededRandom;

final class AddressMapTest {
  private static AddressMap.Settings rules(String... pairs) {
    List<AddressMap.Rule> rules = new ArrayList<>();
    for (String pair : pairs) {
      String[] words = pair.split(" ");
      boolean from = words[0].startsWith("*.");
      boolean to = words[1].startsWith("*.");
      rules.add(
          new AddressMap.Rule(
              words[0].substring(from ? 2 : 0), from, words[1].substring(to ? 2 : 0), to));
    }
    return new AddressMap.Settings(
        rules, false, List.of(), VirtualNetwork.IPV4, VirtualNetwork.IPV6);
  }

  private static AddressMap map(String... pairs) {
    return new AddressMap(rules(pairs), new SeededRandom(1));
  }

  private static AddressMap.Settings automapping(String... suffixes) {
    return new AddressMap.Settings(
        List.of(), true, List.of(suffixes), VirtualNetwork.IPV4, VirtualNetwork.IPV6);
  }

  /** What C tor makes of each; rules in the order of a torrc. */
  @ParameterizedTest
  @CsvSource({
    "a.b c.d, a.b, c.d",
    "a.b c.d, x.a.b, x.a.b",
    "*.a.b c.d, x.a.b, c.d",
    "*.a.b c.d, a.b, c.d",
    "*.a.b *.c.d, x.y.a.b, x.y.c.d",
    "*.a.b *.c.d, a.b, c.d",
    "*.a.b a.b, x.a.b, a.b",
    "*.a.b a.b, a.b, a.b",
    "1.2.3.4 c.d, 1.2.3.4, c.d",
    "a.b 1.2.3.4, a.b, 1.2.3.4",
    "a.b c.d;c.d e.f, a.b, e.f",
    "a.b c.d;a.b e.f, a.b, e.f",
    "a.b c.d;a.b a.b, a.b, a.b",
    "*.a.b *.c.d;x.a.b e.f, x.a.b, e.f",
    "*.b *.c;*.a.b *.d, x.a.b, x.d",
  })
  void rules_rewriteAsInCTor(String pairs, String host, String expected) {
    assertEquals(expected, map(pairs.split(";")).rewrite(host));
  }

  @Test
  void loop_endsAfterItsBound() {
    assertEquals("a.b", map("a.b c.d", "c.d a.b").rewrite("a.b"), "an even number of rewrites");
    assertEquals("c.d", map("a.b c.d", "c.d a.b").rewrite("c.d"));
    String grown = map("*.a *.b.a").rewrite("x.a");
    assertEquals(
        "x" + ".b".repeat(AddressMap.MAX_REWRITES) + ".a", grown, "one more label each time");
  }

  @Test
  void reload_replacesTheRules() {
    AddressMap map = map("a.b c.d");
    map.use(rules("e.f g.h"));
    assertEquals("a.b", map.rewrite("a.b"));
    assertEquals("g.h", map.rewrite("e.f"));
  }

  @Test
  void automap_isTheSameEveryTimeAndLeadsBack() {
    AddressMap map = new AddressMap(automapping(".onion"), new SeededRandom(2));
    assertTrue(map.shouldAutomap("x.onion"));
    assertFalse(map.shouldAutomap("x.test"));
    InetAddress four = map.automap("x.onion", false).orElseThrow();
    InetAddress six = map.automap("x.onion", true).orElseThrow();
    assertEquals(four, map.automap("x.onion", false).orElseThrow());
    assertEquals(six, map.automap("x.onion", true).orElseThrow());
    assertNotEquals(four, map.automap("y.onion", false).orElseThrow());
    assertEquals(Optional.of("x.onion"), map.nameOf(four));
    assertEquals(Optional.of("x.onion"), map.nameOf(six));
    assertTrue(map.isVirtual(four) && map.isVirtual(six));
    assertTrue(map.knows(four.getHostAddress()));
  }

  @Test
  void automap_dotMeansEveryName() {
    assertTrue(new AddressMap(automapping("."), new SeededRandom(2)).shouldAutomap("a.test"));
  }

  @Test
  void virtualAddresses_lieInTheirNetwork() {
    AddressMap map = new AddressMap(automapping("."), new SeededRandom(3));
    Set<InetAddress> seen = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      InetAddress address = map.automap(i + ".test", false).orElseThrow();
      byte[] bytes = address.getAddress();
      assertEquals(127, bytes[0]);
      assertEquals(0xc0, bytes[1] & 0xc0);
      assertFalse(bytes[3] == 0 || bytes[3] == -1, "no .0 and no .255");
      assertTrue(seen.add(address));
      byte[] six = map.automap(i + ".test", true).orElseThrow().getAddress();
      assertEquals(0xfe, six[0] & 0xff);
      assertEquals(0x80, six[1] & 0xc0);
    }
  }

  @Test
  void automapped_areBoundedAndTheOldestGoes() {
    AddressMap map = new AddressMap(automapping("."), new SeededRandom(4));
    InetAddress first = map.automap("first.test", true).orElseThrow();
    InetAddress second = map.automap("second.test", true).orElseThrow();
    for (int i = 2; i < AddressMap.MAX_AUTOMAPPED; i++) {
      map.automap(i + ".test", true);
    }
    assertEquals(Optional.of("first.test"), map.nameOf(first)); // used again
    map.automap("one-more.test", true);
    assertEquals(AddressMap.MAX_AUTOMAPPED, map.automapped());
    assertEquals(Optional.empty(), map.nameOf(second));
    assertEquals(Optional.of("first.test"), map.nameOf(first));
    assertTrue(map.isVirtual(second), "and it must still not reach an exit");
  }

  @Test
  void fullNetwork_givesNothing() {
    VirtualNetwork tiny = new VirtualNetwork(InetAddress.ofLiteral("127.1.2.4"), 30);
    AddressMap map =
        new AddressMap(
            new AddressMap.Settings(List.of(), true, List.of("."), tiny, VirtualNetwork.IPV6),
            new SeededRandom(5));
    for (int i = 0; i < 4; i++) {
      assertTrue(map.automap(i + ".test", false).isPresent());
    }
    assertEquals(Optional.empty(), map.automap("more.test", false));
  }

  @Test
  void reload_forgetsWhatItWouldNotHandOut() {
    AddressMap map = new AddressMap(automapping(".onion", ".test"), new SeededRandom(6));
    InetAddress onion = map.automap("x.onion", false).orElseThrow();
    InetAddress test = map.automap("x.test", false).orElseThrow();
    map.use(automapping(".onion"));
    assertEquals(Optional.of("x.onion"), map.nameOf(onion));
    assertEquals(Optional.empty(), map.nameOf(test));
    map.use(AddressMap.Settings.DEFAULT);
    assertEquals(Optional.empty(), map.nameOf(onion));
    assertEquals(0, map.automapped());
  }
}
