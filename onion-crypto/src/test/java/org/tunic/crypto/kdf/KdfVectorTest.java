package org.tunic.crypto.kdf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tunic.testing.Vectors;

/** C tor's vectors of KDF-TOR and of HKDF as ntor uses it. */
class KdfVectorTest {
  private static Stream<JsonNode> kdfTor() {
    return Vectors.each(Vectors.json("tor-spec/kdf.json"), "kdf_tor");
  }

  private static Stream<JsonNode> hkdf() {
    return Vectors.each(Vectors.json("tor-spec/kdf.json"), "hkdf_ntor");
  }

  private static byte[] ascii(JsonNode v, String name) {
    return v.required(name).asText().getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @MethodSource("kdfTor")
  void kdfTor_vectorInput_givesVectorOutput(JsonNode v) {
    byte[] expected = Vectors.hex(v, "output");
    for (int length : new int[] {0, 1, 20, 21, expected.length}) {
      try (var out = KdfTor.derive(ascii(v, "input_ascii"), length)) {
        assertArrayEquals(Arrays.copyOf(expected, length), out.borrow());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("hkdf")
  void hkdf_vectorInput_givesVectorOutput(JsonNode v) {
    byte[] expected = Vectors.hex(v, "output");
    for (int length : new int[] {0, 1, 32, 33, expected.length}) {
      try (var out =
          Hkdf.derive(
              ascii(v, "salt_ascii"), ascii(v, "secret_ascii"), ascii(v, "info_ascii"), length)) {
        assertArrayEquals(Arrays.copyOf(expected, length), out.borrow());
      }
    }
  }

  @Test
  void derive_moreThanTheCounterAllows_isRefused() {
    byte[] k = new byte[32];
    KdfTor.derive(k, 5120).close();
    assertThrows(IllegalArgumentException.class, () -> KdfTor.derive(k, 5121));
    Hkdf.expand(k, k, 8160).close();
    assertThrows(IllegalArgumentException.class, () -> Hkdf.expand(k, k, 8161));
  }
}
