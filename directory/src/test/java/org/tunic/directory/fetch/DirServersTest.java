package org.tunic.directory.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.view.NetworkView;
import org.tunic.directory.view.Relay;
import org.tunic.testing.SeededRandom;

/** What the chooser of caches is told, and asked for. */
class DirServersTest implements CacheChooser {
  private final NetworkView view = view();
  private final List<Relay> relays = view.relays();
  private final List<Wish> wishes = new ArrayList<>();
  private final List<RsaIdentity> answered = new ArrayList<>();
  private final List<RsaIdentity> failed = new ArrayList<>();
  private final SeededRandom random = new SeededRandom(1);
  private final DirServers servers = new DirServers(CtorDocs.authorities(), List.of(), this, null);

  private static NetworkView view() {
    Map<Bytes, Microdescriptor> held = new HashMap<>();
    Microdescriptor.parseAll(CtorDocs.text("microdescriptors"))
        .forEach(micro -> held.put(micro.digest(), micro));
    return NetworkView.of(
        CtorDocs.consensus("consensus-microdesc"), held::get, OptionalDouble.empty());
  }

  @Override
  public Optional<Relay> choose(NetworkView ofRelays, Wish wish) {
    wishes.add(wish);
    return ofRelays.relays().stream()
        .filter(relay -> !wish.avoid().contains(relay.ids().rsa()))
        .findFirst();
  }

  @Override
  public void answered(RsaIdentity cache) {
    answered.add(cache);
  }

  @Override
  public void failed(RsaIdentity cache) {
    failed.add(cache);
  }

  private Wish wish(boolean microdescriptors) {
    var _ = servers.choose(view, Set.of(), microdescriptors, CtorDocs.NOW, random);
    return wishes.getLast();
  }

  private static RsaIdentity id(Relay relay) {
    return relay.ids().rsa();
  }

  @Test
  void outcome_ofACache_isToldToItsChooser() {
    servers.succeeded(new DirServer.Cache(relays.get(0)));
    servers.lacked(new DirServer.Cache(relays.get(1)), false, CtorDocs.NOW);
    servers.lied(new DirServer.Cache(relays.get(2)), CtorDocs.NOW);
    servers.failed(new DirServer.Cache(relays.get(3)), CtorDocs.NOW);
    assertEquals(List.of(id(relays.get(0)), id(relays.get(1)), id(relays.get(2))), answered);
    assertEquals(List.of(id(relays.get(3))), failed);
  }

  @Test
  void outcome_ofAnAuthority_isNot() {
    DirServer authority = new DirServer.Authority(CtorDocs.authorities().getFirst());
    servers.succeeded(authority);
    servers.lacked(authority, true, CtorDocs.NOW);
    servers.failed(authority, CtorDocs.NOW);
    assertEquals(List.of(), answered);
    assertEquals(List.of(), failed);
    assertEquals(Set.of(), wish(true).outdated());
  }

  @Test
  void cache_lackedMicrodescriptors_isOutdatedForTheseUntilTheNextConsensus() {
    servers.lacked(new DirServer.Cache(relays.getFirst()), true, CtorDocs.NOW);
    assertEquals(Set.of(id(relays.getFirst())), wish(true).outdated());
    assertEquals(Set.of(), wish(false).outdated());
    servers.newConsensus();
    assertEquals(Set.of(), wish(true).outdated());
  }

  @Test
  void cache_lackedAnotherDocument_isNotOutdated() {
    servers.lacked(new DirServer.Cache(relays.getFirst()), false, CtorDocs.NOW);
    assertEquals(Set.of(), wish(true).outdated());
    assertEquals(Set.of(id(relays.getFirst())), wish(true).avoid());
  }

  @Test
  void outdated_tooMany_areForgotten() {
    Relay like = relays.getFirst();
    Set<Integer> sizes = new HashSet<>();
    for (int i = 0; i < 2 * DirServers.MAX_OUTDATED; i++) {
      byte[] identity = new byte[RsaIdentity.LENGTH];
      identity[0] = (byte) i;
      servers.lacked(new DirServer.Cache(renamed(like, identity)), true, CtorDocs.NOW);
      sizes.add(wish(true).outdated().size());
    }
    assertTrue(sizes.contains(DirServers.MAX_OUTDATED));
    assertTrue(sizes.stream().allMatch(size -> size <= DirServers.MAX_OUTDATED));
  }

  private static Relay renamed(Relay like, byte[] identity) {
    return new Relay(
        like.nickname(),
        RelayIds.ofRsa(RsaIdentity.of(identity)),
        like.ntor(),
        like.orPorts(),
        null,
        like.flags(),
        like.weight(),
        like.proto(),
        like.policy(),
        like.policy6(),
        like.family(),
        null);
  }

  @Test
  void fallback_isChosenByItsWeight() {
    Map<RsaIdentity, Integer> times = choices(1, 3, 0);
    assertEquals(2, times.size(), "none without a weight");
    assertEquals(750, times.get(fallback(1, 3).ids().rsa()), 60);
  }

  @Test
  void fallback_withoutAnyWeight_isChosenLikeOthers() {
    assertEquals(3, choices(0, 0, 0).size());
  }

  private Map<RsaIdentity, Integer> choices(double... weights) {
    List<DirServer.Fallback> fallbacks = new ArrayList<>();
    for (double weight : weights) {
      fallbacks.add(fallback(fallbacks.size(), weight));
    }
    DirServers ofFallbacks = new DirServers(CtorDocs.authorities(), fallbacks, this, null);
    Map<RsaIdentity, Integer> times = new HashMap<>();
    for (int i = 0; i < 1000; i++) {
      DirServer chosen =
          ofFallbacks.choose(null, Set.of(), false, CtorDocs.NOW, random).orElseThrow();
      times.merge(chosen.ids().rsa(), 1, Integer::sum);
    }
    return times;
  }

  private static DirServer.Fallback fallback(int number, double weight) {
    byte[] id = new byte[RsaIdentity.LENGTH];
    id[0] = (byte) number;
    return new DirServer.Fallback(
        RelayIds.ofRsa(new RsaIdentity(Bytes.copyOf(id))), List.of(), weight);
  }
}
