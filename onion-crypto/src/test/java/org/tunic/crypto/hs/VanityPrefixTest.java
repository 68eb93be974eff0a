package org.tunic.crypto.hs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.key.Ed25519;
import org.tunic.testing.SeededRandom;

/** Addresses with a chosen beginning. */
class VanityPrefixTest {
  private final SeededRandom random = new SeededRandom(21);

  /** Several seeds, so that keys on both sides of a centre and the centre itself turn up. */
  @ParameterizedTest
  @ValueSource(strings = {"a", "7", "tu", "TUN", "onl"})
  void find_prefix_givesAKeyWithThatAddress(String text) throws Exception {
    VanityPrefix prefix = VanityPrefix.parse(text);
    for (int i = 0; i < 4; i++) {
      try (HsIdKeypair keys = prefix.find(1, random, new LongAdder())) {
        assertTrue(prefix.matches(keys.id()));
        assertEquals(keys.id(), HsId.parse(keys.id().unredacted()));
        try (var again = HsIdKeypair.fromExpanded(keys.expandedSecret().borrow());
            var blinded = again.blind(new TimePeriod(1, 1440))) {
          assertEquals(keys.id(), again.id());
          assertEquals(blinded.id(), keys.id().blind(blinded.period()));
        }
      }
    }
  }

  /** Whether every key of a round is really looked at: else a prefix would take too many. */
  @Test
  void find_manyPrefixes_takesAboutAsManyKeysAsExpected() throws Exception {
    VanityPrefix prefix = VanityPrefix.parse("qq");
    LongAdder tried = new LongAdder();
    int searches = 40;
    for (int i = 0; i < searches; i++) {
      prefix.find(1, random, tried).close();
    }
    // 1024 expected, rounded up to rounds of 513: between 1 and 1.3 rounds more than that.
    double average = tried.sum() / (double) searches;
    assertTrue(average < 1.6 * prefix.expectedKeys() + 513, "on average " + average);
  }

  @Test
  void find_onSeveralThreads_endsThem() throws Exception {
    try (HsIdKeypair keys = VanityPrefix.parse("ab").find(2, random, new LongAdder())) {
      assertTrue(Ed25519.isInPrimeOrderGroup(keys.id().key()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc1", "ab-", "abcdefghijklm", "ä"})
  void parse_whatNoAddressBeginsWith_fails(String text) {
    assertThrows(MalformedException.class, () -> VanityPrefix.parse(text));
  }

  @Test
  void expectedKeys_ofAPrefix_isAPowerOf32() throws Exception {
    assertEquals(32_768, VanityPrefix.parse("abc").expectedKeys());
  }
}
