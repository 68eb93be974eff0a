package org.tunic.crypto.bytes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.testing.SeededRandom;

class TextFormsTest {
  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** RFC 4648 section 10. */
  @ParameterizedTest
  @CsvSource({
    "f, my, Zg==",
    "fo, mzxq, Zm8=",
    "foo, mzxw6, Zm9v",
    "foob, mzxw6yq, Zm9vYg==",
    "fooba, mzxw6ytb, Zm9vYmE=",
    "foobar, mzxw6ytboi, Zm9vYmFy"
  })
  void encode_rfcText_givesRfcForms(String text, String base32, String base64) throws Exception {
    assertEquals(base32, Base32.encode(ascii(text)));
    assertArrayEquals(ascii(text), Base32.decode(base32));
    assertEquals(base64, Base64s.encode(ascii(text)));
    assertArrayEquals(ascii(text), Base64s.decode(base64));
    assertArrayEquals(ascii(text), Base64s.decode(base64.replace("=", "")));
  }

  @RepeatedTest(30)
  void decode_whatWasEncoded_comesBack(RepetitionInfo run) throws Exception {
    SeededRandom random = new SeededRandom(run.getCurrentRepetition());
    byte[] bytes = random.bytes(run.getCurrentRepetition() * 7 % 101);
    assertArrayEquals(bytes, Hex.decode(Hex.encode(bytes)), random::toString);
    assertArrayEquals(bytes, Hex.decode(Hex.encodeUpper(bytes)), random::toString);
    assertArrayEquals(bytes, Base32.decode(Base32.encode(bytes)), random::toString);
    assertArrayEquals(bytes, Base64s.decode(Base64s.encodeUnpadded(bytes)), random::toString);
    String lines = Base64s.encodeLines(bytes);
    assertArrayEquals(bytes, Base64s.decodeLines(lines), random::toString);
    assertTrue(lines.isEmpty() || lines.endsWith("\n"), random::toString);
    assertTrue(lines.lines().allMatch(line -> line.length() <= 64), random::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "0g", "zz", "0x", " 0", "0é", "٣٣"})
  void hexDecode_otherText_isMalformed(String text) {
    assertThrows(MalformedException.class, () -> Hex.decode(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "mz1", "my======", "m0", "mz", "aaa", "é"})
  void base32Decode_otherText_isMalformed(String text) {
    assertThrows(MalformedException.class, () -> Base32.decode(text));
  }

  @Test
  void base32Decode_upperCase_isRead() throws Exception {
    assertArrayEquals(ascii("foobar"), Base32.decode("MZXW6YTBOI"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "Zg=", "Z===", "Zm9v\n", "Zm 9v", "Zm-_", "Zg==Zg=="})
  void base64Decode_otherText_isMalformed(String text) {
    assertThrows(MalformedException.class, () -> Base64s.decode(text));
  }

  @Test
  void bytes_compare_unsigned() throws Exception {
    Bytes low = Bytes.fromHex("7f");
    Bytes high = Bytes.fromHex("80");
    assertTrue(low.compareTo(high) < 0);
    assertTrue(low.compareTo(Bytes.fromHex("7f00")) < 0);
    assertEquals(Bytes.fromHex("7f80"), Bytes.concat(low, high));
    assertEquals(low, Bytes.fromHex("7f80").slice(0, 1));
    assertEquals("Bytes[1]", high.toString());
    assertEquals(0x80, high.at(0));
  }

  @Test
  void bytes_arrayChangedAfterwards_stayTheSame() {
    byte[] array = {1, 2, 3};
    Bytes bytes = Bytes.copyOf(array);
    array[0] = 9;
    bytes.toArray()[1] = 9;
    assertEquals("010203", bytes.hex());
  }
}
