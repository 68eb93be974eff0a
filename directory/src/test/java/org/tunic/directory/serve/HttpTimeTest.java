package org.tunic.directory.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HttpTimeTest {
  private static final Instant TIME = Instant.parse("1994-11-06T08:49:37Z");

  @Test
  void parse_allThreeForms_givesTheTime() {
    for (String text :
        List.of(
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            " Sun, 06 nov 1994 08:49:37 GMT ",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994")) {
      assertEquals(Optional.of(TIME), HttpTime.parse(text), text);
    }
    assertEquals(
        Optional.of(Instant.parse("2026-11-22T19:44:20Z")),
        HttpTime.parse("Sunday, 22-Nov-26 19:44:20 GMT"));
  }

  @Test
  void parse_anythingElse_isEmpty() {
    for (String text :
        List.of(
            "",
            "now",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Foo 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT",
            "Sun, 06 Nov 99999 08:49:37 GMT",
            "S".repeat(100) + ", 06 Nov 1994 08:49:37 GMT")) {
      assertEquals(Optional.empty(), HttpTime.parse(text), text);
    }
  }

  @Test
  void format_thenParse_isTheSame() {
    assertEquals("Sun, 06 Nov 1994 08:49:37 GMT", HttpTime.format(TIME));
    assertEquals(Optional.of(TIME), HttpTime.parse(HttpTime.format(TIME)));
  }
}
