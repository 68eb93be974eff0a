package org.tunic.directory.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicySummaryTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "accept 80",
        "accept 80,443",
        "reject 1-65535",
        "accept 1-65535",
        "reject 25,119,135-139"
      })
  void parse_summary_printsTheSame(String text) throws Exception {
    assertEquals(text, PolicySummary.parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "accept",
        "accept ",
        "allow 80",
        "accept 0",
        "accept 65536",
        "accept 80-79",
        "accept 80-",
        "accept 80x",
        "reject foo",
        "accept 1-2-3",
        "accept 99999999999"
      })
  void parse_malformed_isRefused(String text) {
    assertThrows(PolicySyntaxException.class, () -> PolicySummary.parse(text));
  }

  @Test
  void parse_tooManyRanges_isRefused() throws Exception {
    String thousand =
        "accept " + String.join(",", java.util.Collections.nCopies(PolicySummary.MAX_RANGES, "80"));
    assertTrue(PolicySummary.parse(thousand).allows(80));
    assertThrows(PolicySyntaxException.class, () -> PolicySummary.parse(thousand + ",80,80,80"));
  }

  @Test
  void allows_respectsKeyword() throws Exception {
    PolicySummary accept = PolicySummary.parse("accept 80,400-443,future");
    assertTrue(accept.allows(80));
    assertTrue(accept.allows(443));
    assertFalse(accept.allows(444));
    PolicySummary reject = PolicySummary.parse("reject 80,400-443");
    assertFalse(reject.allows(80));
    assertTrue(reject.allows(444));
    assertTrue(PolicySummary.REJECT_ALL.isRejectAll());
    assertFalse(PolicySummary.ACCEPT_ALL.isRejectAll());
  }

  /** Cases of dir-spec and of C tor's documented behaviour, computed by hand. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "accept *:*|accept 1-65535",
        "reject *:*|reject 1-65535",
        "accept *:80,reject *:*|accept 80",
        "accept *:80-443,reject *:*|accept 80-443",
        "accept *:1-10,accept *:11-20,reject *:*|accept 1-20",
        "reject *:1-3,reject *:563,accept *:*|reject 1-3,563",
        "reject 192.168.0.0/16:*,accept *:*|accept 1-65535",
        "reject 11.0.0.0/9:80,reject 12.0.0.0/9:80,reject 13.0.0.0/9:80,reject 14.0.0.0/9:80,accept *:*|accept 1-65535",
        "reject 11.0.0.0/7:80,reject 14.0.0.0/32:80,accept *:*|reject 80",
        "reject 4.0.0.0/8:80,reject 5.0.0.0/8:80,accept *:*|accept 1-65535",
        "reject 0.0.0.0/0:80,accept *:*|reject 80",
        "accept 11.12.13.14:*,reject *:*|reject 1-65535",
        "accept *:1-32768,reject *:*|accept 1-32768",
        "accept *:65535,reject *:1-65534|accept 65535",
        "reject *:2-65535,accept *:1|accept 1",
      })
  void summary_ofIpv4Rules(String rules, String expected) throws Exception {
    assertEquals(
        expected,
        ExitPolicy.parseRules(List.of(rules), Optional.empty()).summary(false).toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "accept *6:80,reject *6:*|accept 80",
        "reject [2000::]/16:80,accept *6:*|accept 1-65535",
        "reject [2000::]/16:80,reject [2001::]/64:80,accept *6:*|reject 80",
        "reject [2000::]/16:80,reject [2001::]/65:80,accept *6:*|accept 1-65535",
        "reject *6:80,accept *:*|reject 80",
        "accept *4:*,reject *6:*|reject 1-65535",
      })
  void summary_ofIpv6Rules(String rules, String expected) throws Exception {
    assertEquals(
        expected, ExitPolicy.parseRules(List.of(rules), Optional.empty()).summary(true).toString());
  }

  @Test
  void summary_ofEveryOtherPort_isCutBelowThousand() throws Exception {
    StringBuilder rules = new StringBuilder();
    for (int port = 1; port < 2000; port += 2) {
      rules.append("accept *:").append(port).append(',');
    }
    for (int port = 30000; port < 34000; port += 2) {
      rules.append("accept *:").append(port).append(',');
    }
    String text =
        ExitPolicy.parseRules(List.of(rules + "reject *:*"), Optional.empty())
            .summary(false)
            .toString();
    assertTrue(text.startsWith("accept 1,3,5,"), text);
    assertTrue(
        text.length() <= PolicySummary.MAX_LENGTH && text.length() > PolicySummary.MAX_LENGTH - 6,
        "" + text.length());
  }
}
