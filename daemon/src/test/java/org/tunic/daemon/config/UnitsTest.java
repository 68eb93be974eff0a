package org.tunic.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UnitsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "512 KBytes, 524288",
    "1.5 MB, 1572864",
    "1 GBit, 134217728",
    "2KB, 2048",
    "1 TB, 1099511627776",
    "100 kbits, 12800",
    "7 bytes, 7",
  })
  void bytes_numberWithUnit_isMultiplied(String text, long expected) throws Exception {
    assertEquals(expected, Units.bytes(text));
  }

  @ParameterizedTest
  @CsvSource({"30, 30", "5 minutes, 300", "1.5 hours, 5400", "2 DAYS, 172800", "1 month, 2629728"})
  void seconds_numberWithUnit_isMultiplied(String text, long expected) throws Exception {
    assertEquals(expected, Units.seconds(text));
  }

  @ParameterizedTest
  @CsvSource({"100 msec, 100", "1 second, 1000", "250, 250"})
  void milliseconds_numberWithUnit_isMultiplied(String text, long expected) throws Exception {
    assertEquals(expected, Units.milliseconds(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "x", "1 fortnight", "1 2", "0x10", "1e3", "NaN", "100 years"})
  void seconds_notATime_isRefused(String text) {
    assertThrows(BadValue.class, () -> Units.seconds(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"9223372036854775808", "9999999999999999999999 TB"})
  void bytes_beyondLong_isRefused(String text) {
    assertThrows(BadValue.class, () -> Units.bytes(text));
  }
}
