package org.tunic.directory.protover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProtocolVersionsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Link=3-5 Relay=2-6|Link=3-5 Relay=2-6",
        "Link=1,2,3|Link=1-3",
        "Link=3,1|Link=1,3",
        "Link=|Link=",
        "Link=0-63|Link=0-63",
        "Link=62-63,0|Link=0,62-63",
        "B=1  A=2 |B=1 A=2",
        "A=1 A=2|A=1",
      })
  void parse_wellFormed_printsMinimal(String text, String minimal) throws Exception {
    assertEquals(minimal, ProtocolVersions.parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " Link=1",
        "Link",
        "=1",
        "Link=1,",
        "Link=,1",
        "Link=a",
        "Link=-1",
        "Link=1-",
        "Link=3-2",
        "Link=64",
        "Link=1-64",
        "Link=99999999999999999999",
        "Li_nk=1",
        "Link=1--2",
        "Link=1=2"
      })
  void parse_malformed_isRefused(String text) {
    assertThrows(ProtocolSyntaxException.class, () -> ProtocolVersions.parse(text));
  }

  @Test
  void parse_longName_isBounded() throws Exception {
    assertTrue(ProtocolVersions.parse("A".repeat(100) + "=1").supports("A".repeat(100), 1));
    assertThrows(
        ProtocolSyntaxException.class, () -> ProtocolVersions.parse("A".repeat(101) + "=1"));
    String tooLong = "A=1 ".repeat(ProtocolVersions.MAX_LIST_LENGTH / 4 + 1);
    assertThrows(ProtocolSyntaxException.class, () -> ProtocolVersions.parse(tooLong));
  }

  @Test
  void supports_versionsAndNames() {
    ProtocolVersions list = ProtocolVersions.of("Link=3-5 Relay=2,4 Bit=63");
    assertTrue(list.supports("Link", 3));
    assertFalse(list.supports("Link", 2));
    assertFalse(list.supports("Relay", 3));
    assertFalse(list.supports("link", 3));
    assertTrue(list.supports("Bit", 63));
    assertFalse(list.supports("Bit", 64));
    assertFalse(list.supports("Link", -1));
    assertTrue(list.supportsAtLeast("Relay", 3));
    assertFalse(list.supportsAtLeast("Relay", 5));
  }

  @Test
  void missingFrom_namesWhatIsLacking() {
    ProtocolVersions required = ProtocolVersions.of("Link=4-5 Relay=2-4 New=1 Empty=");
    assertEquals(
        "Relay=3 New=1",
        required.missingFrom(ProtocolVersions.of("Link=3-5 Relay=2,4")).toString());
    assertTrue(
        VotedProtocols.REQUIRED_CLIENT.missingFrom(VotedProtocols.RECOMMENDED_CLIENT).isEmpty());
  }

  @Test
  void vote_countsVersionsNotNames() {
    List<ProtocolVersions> votes =
        List.of(
            ProtocolVersions.of("Relay=1-3 Link=3-5"),
            ProtocolVersions.of("Relay=2-4 Cons=1"),
            ProtocolVersions.of("Link=4 Relay=4"));
    assertEquals("Link=4 Relay=2-4", ProtocolVersions.vote(votes, 2).toString());
    assertEquals("", ProtocolVersions.vote(votes, 4).toString());
    assertEquals("", ProtocolVersions.vote(List.of(), 1).toString());
  }
}
