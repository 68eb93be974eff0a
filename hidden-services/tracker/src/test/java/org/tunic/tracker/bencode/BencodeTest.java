package org.tunic.tracker.bencode;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.tracker.bencode.Bencode.Limits;
import org.tunic.tracker.bencode.BencodeValue.Dict;
import org.tunic.tracker.bencode.BencodeValue.Int;
import org.tunic.tracker.bencode.BencodeValue.Span;

/** What is read, what is refused, and why. */
class BencodeTest {
  private static BencodeValue read(String text) throws BencodeException {
    return Bencode.read(text.getBytes(ISO_8859_1), Limits.SMALL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "i0e",
        "i-1e",
        "i9223372036854775807e",
        "i-9223372036854775808e",
        "0:",
        "4:spam",
        "le",
        "li1e0:lee",
        "de",
        "d1:ai1e2:aa0:1:bdee"
      })
  void write_whatWasRead_isTheSame(String text) throws BencodeException {
    assertArrayEquals(text.getBytes(ISO_8859_1), new BencodeWriter(4).value(read(text)).toArray());
  }

  @ParameterizedTest
  @CsvSource({
    "'', ends too early",
    "i1, ends too early",
    "ie, a number without digits",
    "i-e, a number without digits",
    "i-0e, minus zero",
    "i01e, a leading zero",
    "i9223372036854775808e, a number of more than 64 bits",
    "i-9223372036854775809e, a number of more than 64 bits",
    "i1x, no digit",
    "01:a, a leading zero",
    "2:a, a string longer than the input",
    "9999999999:a, a string longer than the input",
    "l, ends too early",
    "d1:bi1e1:ai1ee, keys out of order",
    "d1:ai1e1:ai1ee, keys out of order",
    "di1ei1ee, no digit",
    "d1:ae, no digit",
    "i1ei2e, something follows the end",
    "llllllllleeeeeeeee, too deep"
  })
  void read_badInput_saysWhy(String text, String why) {
    BencodeException e = assertThrows(BencodeException.class, () -> read(text));
    assertEquals(why, e.getMessage());
  }

  @Test
  void read_moreValuesOrBytesThanAllowed_isRefused() {
    assertEquals(
        "too many values",
        assertThrows(
                BencodeException.class,
                () -> Bencode.read("li1ei1ei1ee".getBytes(ISO_8859_1), new Limits(2, 3, 100)))
            .getMessage());
    assertEquals(
        "too long",
        assertThrows(
                BencodeException.class,
                () -> Bencode.read("3:abc".getBytes(ISO_8859_1), new Limits(2, 3, 4)))
            .getMessage());
  }

  @Test
  void span_ofInfo_isItsBytes() throws BencodeException {
    Dict torrent = (Dict) read("d8:announce1:x4:infod4:name1:yee");
    assertEquals(new Span(20, 31), torrent.get("info").orElseThrow().span());
    assertEquals(7, ((Int) ((Dict) read("d1:ai7ee")).get("a").orElseThrow()).value());
  }
}
