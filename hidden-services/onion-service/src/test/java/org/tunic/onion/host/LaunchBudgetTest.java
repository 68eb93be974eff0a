package org.tunic.onion.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How many circuits introduction points can make a service build. */
final class LaunchBudgetTest {
  @Test
  void allows_soManyInFiveMinutes() {
    LaunchBudget budget = new LaunchBudget();
    Instant now = Instant.parse("2026-11-22T12:00:00Z");
    assertEquals(30, LaunchBudget.max(3));
    for (int i = 0; i < 30; i++) {
      assertTrue(budget.allows(3, now.plusSeconds(i)));
      budget.take();
    }
    assertFalse(budget.allows(3, now.plusSeconds(299)));
    assertEquals(now.plus(Duration.ofMinutes(5)), budget.renewal());
    assertTrue(budget.allows(3, budget.renewal()));
  }
}
