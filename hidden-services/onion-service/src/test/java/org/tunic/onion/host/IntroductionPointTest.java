package org.tunic.onion.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.Relay;
import org.tunic.onion.OnionNetwork;
import org.tunic.onion.host.IntroductionPoint.Outcome;
import org.tunic.router.cell.ExtensionList;
import org.tunic.router.cell.Introduce2;
import org.tunic.router.cell.RendezvousCookie;
import org.tunic.router.circuit.CircuitNetwork;
import org.tunic.router.circuit.service.ServicePurpose;

/** What an introduction point takes for an introduction, and how long it lasts. */
final class IntroductionPointTest {
  private final Introductions make = new Introductions();
  private final IntroductionPoint point = make.point(ConsensusParameters.DEFAULTS);
  private final RendezvousCookie cookie = RendezvousCookie.generate(make.random);

  private Optional<Introduction> open(IntroductionPoint at, Introduce2 sealed) {
    return at.open(sealed, List.of(make.subcredential), false);
  }

  @Test
  void open_goodIntroduction_namesCookieAndPlace() {
    Introduce2 sealed = make.introduction(point, cookie, make.relay("203.0.113.9"));
    Introduction opened = open(point, sealed).orElseThrow();
    assertEquals(cookie, opened.message().cookie());
    assertEquals(3, opened.message().rendezvousPoint().size());
  }

  @Test
  void open_replayed_isRefused() {
    Introduce2 sealed = make.introduction(point, cookie, make.relay("203.0.113.9"));
    assertTrue(open(point, sealed).isPresent());
    assertTrue(open(point, sealed).isEmpty());
  }

  /** Keys of introduction points are made at each start: a recording is worth nothing after it. */
  @Test
  void open_recordedBeforeARestart_isRefused() {
    Introduce2 sealed = make.introduction(point, cookie, make.relay("203.0.113.9"));
    IntroductionPoint afterRestart = make.point(ConsensusParameters.DEFAULTS);
    assertTrue(open(afterRestart, sealed).isEmpty());
    Introduce2 renamed =
        new Introduce2(
            afterRestart.description().keys().authKey(), ExtensionList.EMPTY, sealed.encrypted());
    assertTrue(open(afterRestart, renamed).isEmpty());
  }

  @Test
  void open_tamperedWith_isRefused_andDoesNotCountAsSeen() {
    Introduce2 sealed = make.introduction(point, cookie, make.relay("203.0.113.9"));
    byte[] bytes = sealed.encrypted().toArray();
    for (int at : new int[] {0, 40, bytes.length - 1}) {
      byte[] bad = bytes.clone();
      bad[at] ^= 1;
      Introduce2 tampered =
          new Introduce2(sealed.authKey(), sealed.extensions(), Bytes.copyOf(bad));
      assertTrue(open(point, tampered).isEmpty(), "byte " + at);
    }
    assertTrue(open(point, sealed).isPresent());
  }

  @Test
  void open_forAnotherPeriod_isRefused() {
    Introduce2 sealed = make.introduction(point, cookie, make.relay("203.0.113.9"));
    Subcredential other = new Subcredential(Bytes.copyOf(make.random.bytes(32)));
    assertTrue(point.open(sealed, List.of(other), false).isEmpty());
    assertTrue(point.open(sealed, List.of(other, make.subcredential), false).isPresent());
  }

  @Test
  void open_privateRendezvousPoint_isRefusedUnlessAllowed() {
    Introduce2 sealed = make.introduction(point, cookie, make.relay("192.168.1.1"));
    assertTrue(open(point, sealed).isEmpty());
    Introduce2 another =
        make.introduction(point, RendezvousCookie.generate(make.random), make.relay("192.168.1.1"));
    assertTrue(point.open(another, List.of(make.subcredential), true).isPresent());
  }

  @Test
  void open_closed_isRefused() {
    Introduce2 sealed = make.introduction(point, cookie, make.relay("203.0.113.9"));
    point.close();
    assertTrue(open(point, sealed).isEmpty());
  }

  @Test
  void isOver_afterItsTime() {
    assertFalse(point.isOver(make.now.plus(Duration.ofHours(18)).minusSeconds(1)));
    assertTrue(point.isOver(make.now.plus(Duration.ofHours(24)).plusSeconds(1)));
  }

  @Test
  void isOver_afterAsManyIntroductionsAsTheConsensusSays() {
    IntroductionPoint few =
        make.point(
            new ConsensusParameters(
                Map.of("hs_intro_min_introduce2", 2, "hs_intro_max_introduce2", 2)));
    for (int i = 0; i < 2; i++) {
      assertFalse(few.isOver(make.now));
      assertTrue(
          open(
                  few,
                  make.introduction(
                      few, RendezvousCookie.generate(make.random), make.relay("203.0.113.9")))
              .isPresent());
    }
    assertTrue(few.isOver(make.now));
  }

  /** Establishing does not begin the count anew: a relay may hang up as often as it likes. */
  @Test
  void claim_establishedAndHungUp_asOftenAsCTor_thenIsOver() throws Exception {
    try (OnionNetwork network = new OnionNetwork()) {
      OnionNetwork.Node host = network.node(1);
      Relay relay = network.view().relays().getFirst();
      CircuitNetwork.Node hostile =
          network.network.relays.stream()
              .filter(node -> node.spec().ids().equals(relay.ids()))
              .findFirst()
              .orElseThrow();
      IntroductionPoint at =
          new IntroductionPoint(relay, ConsensusParameters.DEFAULTS, make.now, make.random);
      for (int i = 0; i < IntroductionPoint.MAX_CIRCUITS; i++) {
        assertFalse(at.isOver(make.now));
        assertTrue(at.claim());
        assertEquals(
            Outcome.ESTABLISHED,
            at.establish(
                host.circuits, ServicePurpose.SERVICE_INTRODUCTION, Optional.empty(), _ -> {}));
        CompletableFuture<Void> gone = new CompletableFuture<>();
        at.whenGone(() -> gone.complete(null));
        hostile.hangUp();
        gone.get(20, TimeUnit.SECONDS);
      }
      assertTrue(at.isOver(make.now));
      assertFalse(at.claim());
      at.close();
    }
  }
}
