package org.tunic.ledger.pow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.ledger.BitcoinVectors;
import org.tunic.ledger.primitive.BlockHeader;
import org.tunic.ledger.primitive.Hash256;
import org.tunic.ledger.primitive.WireReader;
import org.tunic.testing.Vectors;

class PowVectorTest {
  /** All vectors of aserti3-2d, made with arbitrary precision. */
  @Test
  void asert_eachVector_isEqual() {
    int checked = 0;
    for (JsonNode set : BitcoinVectors.json("core/asert.json")) {
      Asert asert =
          new Asert(
              set.get("spacing").asLong(),
              set.get("halflife").asLong(),
              Target.ofBits(bits(set.get("limit"))).orElseThrow(),
              set.get("h_ref").asInt(),
              set.get("t_ref").asLong(),
              bits(set.get("bits_ref")));
      for (JsonNode vector : set.get("vectors")) {
        assertEquals(
            bits(vector.get(2)),
            asert.next(vector.get(0).asInt(), vector.get(1).asLong()),
            () -> set.get("name") + " " + vector);
        checked++;
      }
    }
    assertEquals(390, checked);
  }

  private static int bits(JsonNode hex) {
    return Integer.parseUnsignedInt(hex.asText(), 16);
  }

  static Stream<JsonNode> argon2() {
    return Vectors.each(Vectors.json("ledger/argon2id.json"), "vectors");
  }

  /** python3-argon2, the reference implementation, agrees. */
  @ParameterizedTest
  @MethodSource("argon2")
  void argon2id_ofHeader_isTheReferences(JsonNode vector) throws Exception {
    byte[] bytes = HexFormat.of().parseHex(vector.get("header").asText());
    BlockHeader header = BlockHeader.decode(new WireReader(bytes));
    String expected = vector.get("hash").asText();
    assertEquals(expected, hex(new Argon2idWork().hash(header)));
    PowFunction.Grinder grinder = new Argon2idWork().grinder(header.previous());
    grinder.hash(header.withNonce(header.nonce() + 1)); // what the memory holds is of no account
    assertEquals(expected, hex(grinder.hash(header)));
  }

  private static String hex(Hash256 hash) {
    return HexFormat.of().formatHex(hash.toArray());
  }

  @ParameterizedTest
  @CsvSource({
    "1d00ffff, 00000000ffff0000000000000000000000000000000000000000000000000000",
    "207fffff, 7fffff0000000000000000000000000000000000000000000000000000000000",
    "1b0404cb, 00000000000404cb000000000000000000000000000000000000000000000000",
    "03123456, 123456",
    "02123456, 1234",
    "01123456, 12",
    "05009234, 92340000",
  })
  void target_ofBits_isThatNumber(String bits, String value) {
    assertEquals(
        new BigInteger(value, 16),
        Target.ofBits(Integer.parseUnsignedInt(bits, 16)).orElseThrow().value());
  }

  @ParameterizedTest
  @CsvSource({"00000000", "01003456", "04923456", "ff123456", "21010000", "1d800001", "00123456"})
  void target_ofNegativeZeroOrTooLarge_isNone(String bits) {
    assertTrue(Target.ofBits(Integer.parseUnsignedInt(bits, 16)).isEmpty());
  }

  @ParameterizedTest
  @CsvSource({"1d00ffff", "207fffff", "1b0404cb", "05009234", "1f3fffff", "01120000"})
  void bits_ofTarget_areThoseItWasReadFrom(String bits) {
    int given = Integer.parseUnsignedInt(bits, 16);
    assertEquals(given, Target.ofBits(given).orElseThrow().bits());
  }

  @Test
  void target_atItsValue_isMetAndNotAbove() {
    byte[] at = new byte[32];
    at[0] = 7;
    byte[] above = new byte[32];
    above[0] = 8;
    byte[] far = new byte[32];
    far[31] = (byte) 0x80;
    Target target = new Target(BigInteger.valueOf(7));
    assertTrue(target.isMetBy(Hash256.copyOf(at)));
    assertFalse(target.isMetBy(Hash256.copyOf(above)));
    assertFalse(target.isMetBy(Hash256.copyOf(far)));
    assertEquals(BigInteger.ONE.shiftLeft(253), target.work());
  }
}
