package org.tunic.directory.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.doc.consensus.Consensus;
import org.tunic.directory.doc.consensus.RelayFlag;
import org.tunic.directory.doc.consensus.RouterStatus;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.microdescriptor.RelayFamily;
import org.tunic.directory.linkspec.LinkSpecifier;
import org.tunic.directory.view.BandwidthWeights.Position;

class NetworkViewTest {
  private static final Consensus CONSENSUS = CtorDocs.consensus("consensus-microdesc");

  private static Map<Bytes, Microdescriptor> micros() {
    Map<Bytes, Microdescriptor> micros = new HashMap<>();
    for (Microdescriptor m : Microdescriptor.parseAll(CtorDocs.text("microdescriptors"))) {
      micros.put(m.digest(), m);
    }
    return micros;
  }

  private static NetworkView view(Map<Bytes, Microdescriptor> micros) {
    return NetworkView.of(CONSENSUS, micros::get, OptionalDouble.of(0.67));
  }

  @Test
  void view_withAllMicrodescriptors_isEnough() {
    NetworkView view = view(micros());
    assertEquals(7, view.relays().size());
    assertEquals(1.0, view.dirInfo().paths());
    assertTrue(view.dirInfo().enough());
    assertTrue(view.dirInfo().hasExits());
    for (int i = 0; i < view.relays().size(); i++) {
      Relay relay = view.relays().get(i);
      assertEquals(i, view.indexOf(relay.ids().rsa()).orElseThrow());
      assertEquals(relay, view.byRsa(relay.ids().rsa()).orElseThrow());
      assertEquals(relay, view.byEd25519(relay.ids().ed().orElseThrow()).orElseThrow());
    }
  }

  @Test
  void view_withoutMicrodescriptors_listsRelaysButHasNone() {
    NetworkView view = view(Map.of());
    assertEquals(List.of(), view.relays());
    assertFalse(view.dirInfo().enough());
    assertEquals(7, view.dirInfo().listed());
    assertTrue(view.lists(CONSENSUS.relays().getFirst().identity()));
  }

  @Test
  void view_withoutTheMicrodescriptorsOfTheExits_isNotEnough() {
    Map<Bytes, Microdescriptor> micros = micros();
    Set<Bytes> exits = new HashSet<>();
    micros.forEach(
        (digest, m) -> {
          if (!m.policy().isRejectAll()) {
            exits.add(digest);
          }
        });
    assertEquals(2, exits.size());
    micros.keySet().removeAll(exits);
    NetworkView view = view(micros);
    assertFalse(view.dirInfo().hasExits());
    assertFalse(view.dirInfo().enough(), view.dirInfo().describe());
  }

  @Test
  void dirInfo_weighsByBandwidthNotByNumber() {
    RouterStatus heaviest =
        CONSENSUS.relays().stream()
            .max(java.util.Comparator.comparingLong(RouterStatus::bandwidth))
            .orElseThrow();
    Map<Bytes, Microdescriptor> micros = micros();
    micros.remove(heaviest.descriptorDigest().orElseThrow());
    double guards = view(micros).dirInfo().guards();
    assertTrue(guards < 6.0 / 7, "guards " + guards);
  }

  @Test
  void relay_ofCtor_hasWhatCircuitsNeed() {
    NetworkView view = view(micros());
    Relay relay0 =
        view.relays().stream().filter(r -> r.nickname().equals("relay0")).findFirst().orElseThrow();
    assertTrue(relay0.isExit());
    assertTrue(relay0.has(RelayFlag.GUARD));
    assertTrue(relay0.isDirectory());
    assertTrue(relay0.proto().supports("Relay", 2));
    assertEquals(82, relay0.bandwidth());
    assertEquals(20030, relay0.orPorts().getFirst().getPort());
    assertEquals(
        List.of(LinkSpecifier.Ipv4.class, LinkSpecifier.RsaId.class, LinkSpecifier.Ed25519Id.class),
        relay0.linkSpecifiers().stream().map(Object::getClass).toList());
  }

  @Test
  void weights_ofCtor_followItsRules() {
    BandwidthWeights weights = view(micros()).weights();
    assertEquals(10_000, weights.scale());
    assertTrue(weights.get("Wgg").isPresent());
    assertEquals(0, weights.factor(Position.GUARD, false, true, false));
    assertEquals(
        weights.get("Wmm").getAsInt() / 10_000.0,
        weights.factor(Position.MIDDLE, false, false, false));
    assertEquals(1, BandwidthWeights.NONE.factor(Position.EXIT, true, true, true));
  }

  @Test
  void families_countOnlyWhenMutualOrProven() {
    NetworkView view = view(micros());
    Relay a = view.relays().get(0);
    Relay b = view.relays().get(1);
    assertTrue(view.sameFamily(a, a));
    assertFalse(view.sameFamily(a, b));
    Relay aListsB = withFamily(a, RelayFamily.of(List.of("$" + b.ids().rsa().hex()), List.of()));
    assertFalse(view.sameFamily(aListsB, b));
    Relay bListsA = withFamily(b, RelayFamily.of(List.of(a.nickname()), List.of()));
    assertTrue(view.sameFamily(aListsB, bListsA));
    Relay aProven = withFamily(a, RelayFamily.of(List.of(), List.of("ed25519:x")));
    Relay bProven = withFamily(b, RelayFamily.of(List.of(), List.of("ed25519:x", "ed25519:y")));
    assertTrue(view.sameFamily(aProven, bProven));
    assertFalse(view.sameFamily(aProven, b));
  }

  private static Relay withFamily(Relay r, RelayFamily family) {
    return new Relay(
        r.nickname(),
        r.ids(),
        r.ntor(),
        r.orPorts(),
        r.dirPortAddress(),
        r.flags(),
        r.bandwidth(),
        r.proto(),
        r.policy(),
        r.policy6(),
        family,
        r.microdescriptorDigest());
  }

  @Test
  void parameters_outOfRange_areBroughtIntoIt() {
    ConsensusParameters params = new ConsensusParameters(Map.of("x", 900, "y", -5));
    assertEquals(100, params.get("x", 50, 0, 100));
    assertEquals(0, params.get("y", 50, 0, 100));
    assertEquals(50, params.get("z", 50, 0, 100));
  }
}
