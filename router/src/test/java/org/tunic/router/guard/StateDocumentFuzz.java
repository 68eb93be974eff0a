package org.tunic.router.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Optional;
import org.tunic.testing.ParserFuzz;

/**
 * The state file: what is read is written so that it reads the same; and its guards, which keep who
 * they are.
 */
class StateDocumentFuzz extends ParserFuzz {
  private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");

  StateDocumentFuzz() {
    super(NONE);
  }

  @Override
  protected void parse(byte[] input) throws Exception {
    StateDocument read = StateDocument.parse(text(input));
    StateDocument stamped = StateDocument.parse(read.format(NOW));
    assertEquals(stamped, StateDocument.parse(stamped.format(NOW)));
    for (String value : read.values(SampledGuard.KEYWORD)) {
      Optional<SampledGuard> guard = SampledGuard.parse(value, NOW);
      guard.ifPresent(
          g ->
              assertEquals(
                  g.identity(), SampledGuard.parse(g.format(), NOW).orElseThrow().identity()));
    }
  }
}
