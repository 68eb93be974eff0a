package org.tunic.directory.doc.vote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;

class VoteParserTest {
  /** Each damage must be found for what it is, before the signature is looked at. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "network-status-version 3|network-status-version 3 microdesc|a vote has no flavour",
        "vote-status vote|vote-status consensus|not a vote",
        "fresh-until 2026-11-22 19:44:40|fresh-until 2026-11-22 19:44:29|interval too short",
        "valid-until 2026-11-22 19:45:00|valid-until 2026-11-22 19:44:39|interval too short",
        "voting-delay 4 4|voting-delay 4 1|delay too short",
        "voting-delay 4 4|voting-delay 4 x|not a number",
        "known-flags Authority Exit|known-flags Exit Authority|flags not in order",
        "params |params b=1 a=1|arguments not in order",
        "params |params a=99999999999|value is not a 32-bit number",
        "dir-source auth0 1AF7|dir-source auth0 2AF7|another identity than in the certificate",
        "127.0.0.1 127.0.0.1 20001|127.0.0.1 127.0.0 20001|no IPv4 address",
        "contact auth0|kontact auth0|missing",
        "dir-key-published 2026|dir-key-published 2025|signature does not hold",
        "s Exit Fast|s Exit Past|flag that is not among the known ones",
        "r relay2 HEjc|r relay2 XEjc|entries not in order of identity",
        "r relay2 |r relay-2 |not a nickname",
        "w Bandwidth=96|w Bandwidth=-96|number out of range",
        "w Bandwidth=96|w GuardFraction=101|guard fraction above 100 percent",
        "p reject 1-65535|p deject 1-65535|unknown policy summary",
        "pr Conflux=1|pr Conflux=64|malformed protocol list",
        "id ed25519 QQfZAAfXz741GJrpY8s4d+lq6jWMZ5+V/P/yRLr2kUc|id ed25519 pa/+cZeyhsZTbsbVVIT2TL+0V6StQjbKUVnKzK1lM/M|two relays with one Ed25519 identity",
        "Bandwidth=96|Bandwidth=97|signature does not verify",
        "directory-signature 1AF7|directory-signature sha256 1AF7|a vote is signed over SHA-1",
      })
  void parse_damaged_isRefusedForTheReason(String from, String to, String why) {
    String text = CtorDocs.text("vote.0").text();
    assertTrue(text.contains(from));
    String damaged =
        text.replaceFirst(
            java.util.regex.Pattern.quote(from), java.util.regex.Matcher.quoteReplacement(to));
    DocumentSyntaxException e =
        assertThrows(DocumentSyntaxException.class, () -> Vote.parse(NetdocText.of(damaged), true));
    assertEquals(why, e.why());
  }

  @Test
  void parse_twoSignatures_isRefused() {
    String text = CtorDocs.text("vote.0").text();
    String again = text + text.substring(text.indexOf("directory-signature "));
    DocumentSyntaxException e =
        assertThrows(DocumentSyntaxException.class, () -> Vote.parse(NetdocText.of(again), true));
    assertEquals("a vote has one signature", e.why());
  }

  @Test
  void parse_outsideATestingNetwork_shortIntervalsAreRefused() {
    assertThrows(DocumentSyntaxException.class, () -> Vote.parse(CtorDocs.text("vote.0"), false));
  }

  @Test
  void parse_moreFlagsThanTheBound_isRefused() {
    StringBuilder flags = new StringBuilder("known-flags");
    for (int i = 0; i <= Vote.MAX_KNOWN_FLAGS; i++) {
      flags.append(String.format(" F%02d", i));
    }
    String text = CtorDocs.text("vote.0").text().replaceFirst("known-flags .*", flags.toString());
    DocumentSyntaxException e =
        assertThrows(DocumentSyntaxException.class, () -> Vote.parse(NetdocText.of(text), true));
    assertEquals("too many flags", e.why());
  }

  @Test
  void parse_tooLong_isRefused() {
    String text = "#".repeat(Vote.MAX_LENGTH + 1);
    DocumentSyntaxException e =
        assertThrows(DocumentSyntaxException.class, () -> Vote.parse(NetdocText.of(text), true));
    assertEquals("vote far too long", e.why());
  }

  @Test
  void parse_prefixes_neverThrowAnythingElse() {
    String text = CtorDocs.text("vote.0").text();
    for (int length = 0; length < text.length(); length += 97) {
      String prefix = text.substring(0, length);
      assertThrows(DocumentSyntaxException.class, () -> Vote.parse(NetdocText.of(prefix), true));
    }
  }
}
