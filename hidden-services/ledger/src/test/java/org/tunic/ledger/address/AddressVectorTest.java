package org.tunic.ledger.address;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.ledger.BitcoinVectors;
import org.tunic.ledger.primitive.Script;
import org.tunic.testing.SeededRandom;

/** Bitcoin Core's vectors of base58, addresses and private keys. */
class AddressVectorTest {
  private static final Map<String, AddressFormat> CHAINS =
      Map.of(
          "main", new AddressFormat(0, 5, 128, "bc"),
          "test", new AddressFormat(111, 196, 239, "tb"),
          "testnet4", new AddressFormat(111, 196, 239, "tb"),
          "signet", new AddressFormat(111, 196, 239, "tb"),
          "regtest", new AddressFormat(111, 196, 239, "bcrt"));

  @Test
  void base58_eachVector_goesBothWays() throws Exception {
    int checked = 0;
    for (JsonNode vector : BitcoinVectors.json("core/base58_encode_decode.json")) {
      byte[] bytes = hex(vector.get(0));
      assertEquals(vector.get(1).asText(), Base58.encode(bytes));
      assertArrayEquals(bytes, Base58.decode(vector.get(1).asText()));
      checked++;
    }
    assertEquals(21, checked);
  }

  @Test
  void parse_eachValidVector_isThatScriptOrKey() throws Exception {
    int checked = 0;
    for (JsonNode vector : BitcoinVectors.json("core/key_io_valid.json")) {
      String text = vector.get(0).asText();
      JsonNode about = vector.get(2);
      AddressFormat format = CHAINS.get(about.get("chain").asText());
      if (about.get("isPrivkey").asBoolean()) {
        try (SecretKey key = format.parseSecret(text)) {
          assertArrayEquals(hex(vector.get(1)), key.exposed(), text);
          assertEquals(about.get("isCompressed").asBoolean(), key.isCompressed(), text);
        }
        assertThrows(MalformedException.class, () -> format.parse(text));
      } else {
        Script script = Script.of(hex(vector.get(1)));
        assertEquals(script, format.parse(text), text);
        assertEquals(Optional.of(text), format.format(script));
        if (about.path("tryCaseFlip").asBoolean()) {
          assertEquals(script, format.parse(text.toUpperCase(Locale.ROOT)));
        }
        assertThrows(MalformedException.class, () -> format.parseSecret(text));
      }
      checked++;
    }
    assertEquals(70, checked);
  }

  @Test
  void parse_eachInvalidVector_isRefusedOnEveryChain() {
    int checked = 0;
    for (JsonNode vector : BitcoinVectors.json("core/key_io_invalid.json")) {
      String text = vector.get(0).asText();
      for (AddressFormat format : CHAINS.values()) {
        assertThrows(MalformedException.class, () -> format.parse(text), text);
        assertThrows(MalformedException.class, () -> format.parseSecret(text), text);
      }
      checked++;
    }
    assertEquals(70, checked);
  }

  @Test
  void bech32_anyProgram_goesBothWaysAndMissesNoWrongCharacter() throws Exception {
    SeededRandom random = new SeededRandom(58);
    for (int i = 0; i < 300; i++) {
      byte[] program = random.bytes(2 + random.nextInt(39));
      byte[] groups = Bech32.toGroups(program);
      assertArrayEquals(program, Bech32.toBytes(Bytes.copyOf(groups), 0), random::toString);
      String text = new Bech32(Bech32.Variant.BECH32M, "tn", Bytes.copyOf(groups)).encode();
      assertEquals(Bytes.copyOf(groups), Bech32.decode(text).groups());
      char[] wrong = text.toCharArray();
      int at = 3 + random.nextInt(wrong.length - 3);
      wrong[at] = wrong[at] == 'q' ? 'p' : 'q';
      assertThrows(MalformedException.class, () -> Bech32.decode(new String(wrong)));
    }
  }

  @Test
  void base58_tooLong_isRefusedBeforeTheWork() {
    assertThrows(MalformedException.class, () -> Base58.decode("2".repeat(1025)));
    assertTrue(Base58.MAX_CHARACTERS < 1025);
  }

  private static byte[] hex(JsonNode node) {
    return HexFormat.of().parseHex(node.asText());
  }
}
