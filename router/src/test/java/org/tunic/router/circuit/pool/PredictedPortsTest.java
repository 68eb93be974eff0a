package org.tunic.router.circuit.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PredictedPortsTest {
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  @Test
  void ports_nobodyAsksFor_areForgottenAfter30To60Minutes() {
    for (long seed = 0; seed < 200; seed++) {
      PredictedPorts ports = new PredictedPorts(PredictedPorts.SHORTEST, new Random(seed), 0);
      assertEquals(List.of(80, 443), ports.ports(30 * MINUTE - 1), "seed " + seed);
      assertEquals(List.of(), ports.ports(60 * MINUTE), "seed " + seed);
    }
  }

  @Test
  void lifetime_afterAConsensusSaysSo_isDrawnFromItAtTheNextStartFromNothing() {
    for (long seed = 0; seed < 200; seed++) {
      PredictedPorts ports = new PredictedPorts(PredictedPorts.SHORTEST, new Random(seed), 0);
      ports.setShortest(Duration.ofMinutes(2));
      assertTrue(ports.lifetimeNanos() >= 30 * MINUTE, "drawn before");
      ports.ports(60 * MINUTE);
      ports.note(22, 60 * MINUTE);
      long lifetime = ports.lifetimeNanos();
      assertTrue(lifetime >= 2 * MINUTE && lifetime < 4 * MINUTE, "seed " + seed);
    }
  }
}
