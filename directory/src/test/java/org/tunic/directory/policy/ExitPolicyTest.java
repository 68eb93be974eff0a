package org.tunic.directory.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExitPolicyTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "accept *:*|accept *4:*,accept *6:*",
        "accept *4:80|accept *4:80",
        "reject6 *:25|reject *6:25",
        "accept6 [2001:db8::]/32:80-90|accept [2001:db8::]/32:80-90",
        "accept [2001:db8::1]|accept [2001:db8::1]:*",
        "accept 1.2.3.4/255.255.0.0:1-65535|accept 1.2.3.4/16:*",
        "accept 1.2.3.4/0.0.0.0:9|accept *4:9",
        "reject   1.2.3.4:22|reject 1.2.3.4:22",
        "accept6 1.2.3.4:80|''",
        "reject *:25, accept 1.2.3.4:*|reject *4:25,reject *6:25,accept 1.2.3.4:*",
        "accept [::ffff:1.2.3.4]/24:80|accept [::ffff:1.2.3.4]/120:80",
      })
  void parseRules_wellFormed_prints(String text, String printed) throws Exception {
    assertEquals(printed, parse(text).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "accept",
        "allow *:*",
        "accept *:0",
        "accept *:65536",
        "accept *:90-80",
        "accept */8:80",
        "accept *5:80",
        "accept host:80",
        "accept 1.2.3.4/33:80",
        "accept 1.2.3.4/255.0.255.0:80",
        "accept [2001:db8::/32:80",
        "accept [2001:db8::]/129:80",
        "accept 1.2.3.4:80 extra",
        "accept private",
        "accept private80:80",
        "accept 1.2.3.4/:80",
        "accept 1.2.3.4:80/8",
        "accept [::1]x:80",
        "ACCEPT *:*",
        "*:80",
        "accept [::ffff:1.2.3.4]/33:80",
        "accept 1.2.3.4:http"
      })
  void parseRules_malformed_isRefused(String text) {
    assertThrows(PolicySyntaxException.class, () -> parse(text));
  }

  @Test
  void parseRules_withAssumedKeyword_takesBarePatterns() throws Exception {
    assertEquals(
        "accept 127.0.0.0/8:*,reject *4:*,reject *6:*",
        ExitPolicy.parseRules(List.of("127.0.0.0/8", "reject *"), Optional.of(true)).toString());
  }

  @Test
  void parseRules_tooMany_isRefused() {
    String many = "accept *4:80,".repeat(ExitPolicy.MAX_RULES + 1);
    assertThrows(PolicySyntaxException.class, () -> parse(many));
  }

  @Test
  void parseDescriptor_followsTheStricterDialect() throws Exception {
    ExitPolicy policy =
        ExitPolicy.parseDescriptor(
            List.of("accept 1.2.3.4:80", "reject6 [2001:db8::]/32:*", "reject *:*"));
    assertEquals("accept 1.2.3.4:80,reject [2001:db8::]/32:*,reject *4:*", policy.toString());
    assertEquals(List.of("accept 1.2.3.4:80", "reject *:*"), policy.descriptorLines());
    for (String bad :
        new String[] {
          "accept [::1]:80", "accept6 1.2.3.4:80", "accept6 *:80", "accept *4:80", "accept"
        }) {
      assertThrows(
          PolicySyntaxException.class, () -> ExitPolicy.parseDescriptor(List.of(bad)), bad);
    }
  }

  @Test
  void allows_firstMatchDecides() throws Exception {
    ExitPolicy policy = parse("reject 10.0.0.0/8:*,accept *4:80,reject6 *:22,reject *4:*");
    assertFalse(policy.allows(ip("10.1.1.1"), 80));
    assertTrue(policy.allows(ip("11.1.1.1"), 80));
    assertFalse(policy.allows(ip("11.1.1.1"), 81));
    assertFalse(policy.allows(ip("2001:db8::1"), 22));
    assertTrue(policy.allows(ip("2001:db8::1"), 23));
    assertTrue(ExitPolicy.ACCEPT_ALL.allows(ip("1.2.3.4"), 1));
    assertFalse(ExitPolicy.REJECT_ALL.allows(ip("2001:db8::1"), 1));
  }

  @Test
  void mayAllowPort_knowsWhatNoAddressCanPass() throws Exception {
    assertFalse(parse("reject *:25,accept *:*").mayAllowPort(25));
    assertTrue(parse("reject *4:25,accept *:*").mayAllowPort(25));
    assertTrue(parse("accept 1.2.3.4:25,reject *:*").mayAllowPort(25));
    assertFalse(parse("accept 1.2.3.4:26,reject *:*").mayAllowPort(25));
  }

  @Test
  void fromSettings_withoutAnyOption_rejectsAll() throws Exception {
    assertEquals(ExitPolicy.REJECT_ALL, ExitPolicy.fromSettings(ExitPolicySettings.defaults()));
    assertEquals("reject *:*", String.join("\n", ExitPolicy.REJECT_ALL.descriptorLines()));
  }

  @Test
  void fromSettings_exitRelay_appendsTheDefaultPolicy() throws Exception {
    ExitPolicy policy = ExitPolicy.fromSettings(settings(true, false, "accept 9.9.9.9:25"));
    List<String> lines = policy.descriptorLines();
    assertEquals("reject 0.0.0.0/8:*", lines.getFirst());
    assertTrue(lines.contains("reject 9.8.7.6:*"));
    assertTrue(lines.indexOf("accept 9.9.9.9:25") < lines.indexOf("reject *:25"));
    assertEquals("accept *:*", lines.getLast());
    assertFalse(policy.allows(ip("192.168.1.1"), 80));
    assertFalse(policy.allows(ip("2001:db8::1"), 80));
    assertEquals(
        "reject 25,119,135-139,445,563,1214,4661-4666,6346-6429,6699,6881-6999",
        policy.summary(false).toString());
    assertTrue(policy.isGeneralExit(false));
  }

  @Test
  void fromSettings_policyThatDecidesAll_takesNoDefault() throws Exception {
    ExitPolicy policy = ExitPolicy.fromSettings(settings(false, false, "accept *:80,reject *:*"));
    assertEquals(List.of("accept *:80", "reject *:*"), policy.descriptorLines());
    assertFalse(policy.isGeneralExit(false));
  }

  @Test
  void fromSettings_reduced_opensItsPorts() throws Exception {
    ExitPolicy policy = ExitPolicy.fromSettings(settings(false, true));
    assertTrue(policy.allows(ip("1.2.3.4"), 18089));
    assertFalse(policy.allows(ip("1.2.3.4"), 25));
    assertTrue(policy.isGeneralExit(false));
  }

  @Test
  void isGeneralExit_needsASlash8OnBothPorts() throws Exception {
    assertTrue(parse("accept 1.0.0.0/8:80,accept 2.0.0.0/8:443,reject *:*").isGeneralExit(false));
    assertFalse(parse("accept 1.0.0.0/9:80,accept 2.0.0.0/8:443,reject *:*").isGeneralExit(false));
    assertFalse(parse("accept 127.0.0.0/8:*,reject *:*").isGeneralExit(false));
    assertTrue(parse("accept 127.0.0.0/8:*,reject *:*").isGeneralExit(true));
    assertFalse(parse("reject 1.2.3.4:80,accept 1.0.0.0/8:*,reject *:*").isGeneralExit(false));
  }

  @Test
  void rejectsAll_byFamily() throws Exception {
    assertTrue(parse("reject *4:*").rejectsAll(false, false));
    assertFalse(parse("reject *4:*").rejectsAll(true, false));
    assertFalse(parse("accept *4:80,reject *4:*").rejectsAll(false, true));
    assertTrue(parse("reject *4:80").rejectsAll(false, true));
  }

  private static ExitPolicy parse(String text) throws PolicySyntaxException {
    return ExitPolicy.parseRules(List.of(text), Optional.empty());
  }

  private static ExitPolicySettings settings(
      boolean rejectPrivate, boolean reduced, String... rules) {
    return new ExitPolicySettings(
        Optional.of(true),
        List.of(rules),
        reduced,
        false,
        rejectPrivate,
        false,
        List.of(ip("9.8.7.6"), ip("127.0.0.1")),
        List.of());
  }

  private static InetAddress ip(String text) {
    return IpLiteral.parseAddress(text).orElseThrow();
  }
}
