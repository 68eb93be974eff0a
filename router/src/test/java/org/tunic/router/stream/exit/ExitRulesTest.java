package org.tunic.router.stream.exit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.directory.policy.ExitPolicy;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.directory.policy.PolicySyntaxException;
import org.tunic.router.cell.Begin;
import org.tunic.router.cell.EndReason;

final class ExitRulesTest {
  private static final ExitSettings IPV6 = ExitSettings.of(true, true);
  private static final ExitSettings IPV4_ONLY = ExitSettings.of(false, true);
  private static final ExitSettings TESTING = ExitSettings.of(true, false);

  private static InetAddress address(String text) {
    return IpLiteral.parseAddress(text).orElseThrow();
  }

  private static ExitPolicy policy(String rules) {
    try {
      return ExitPolicy.parseRules(List.of(rules), Optional.empty());
    } catch (PolicySyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static final Resolution BOTH =
      new Resolution.Addresses(
          (Inet4Address) address("192.0.2.1"), (Inet6Address) address("2001:db8::1"), 1000);
  private static final Resolution ONLY_4 =
      new Resolution.Addresses((Inet4Address) address("192.0.2.1"), null, 1000);
  private static final Resolution ONLY_6 =
      new Resolution.Addresses(null, (Inet6Address) address("2001:db8::1"), 1000);

  /** The address chosen, or the END reason. */
  private static String show(ExitRules.Verdict verdict) {
    return switch (verdict) {
      case ExitRules.Connect(InetAddress address, long _) -> IpLiteral.format(address);
      case ExitRules.Against _ -> "EXITPOLICY";
      case ExitRules.Refuse(EndReason reason) -> reason.name();
    };
  }

  @Test
  void refusedByThePolicy_tellsTheAddress() {
    assertEquals(
        new ExitRules.Against(address("192.0.2.1"), 1000),
        ExitRules.resolved(IPV6, ExitPolicy.REJECT_ALL, BOTH, 1, 80));
    assertEquals(
        new ExitRules.Against(address("2001:db8::1"), 1000),
        ExitRules.resolved(IPV6, ExitPolicy.REJECT_ALL, ONLY_6, 1, 80));
    assertEquals(
        new ExitRules.Against(address("192.0.2.1"), ExitRules.LITERAL_TTL_SECONDS),
        ExitRules.literal(IPV6, ExitPolicy.REJECT_ALL, address("192.0.2.1"), 80));
  }

  /** Flags: 1 IPv6 is fine, 2 IPv4 is not, 4 IPv6 is preferred. */
  @ParameterizedTest
  @CsvSource({
    "both, 0, 192.0.2.1",
    "both, 1, 192.0.2.1",
    "both, 5, 2001:db8::1",
    "both, 4, 192.0.2.1", // preferred but not accepted
    "both, 3, 2001:db8::1",
    "both, 2, RESOLVEFAILED", // neither
    "only4, 0, 192.0.2.1",
    "only4, 5, 192.0.2.1",
    "only4, 3, RESOLVEFAILED",
    "only6, 0, RESOLVEFAILED",
    "only6, 1, 2001:db8::1",
    "none, 1, RESOLVEFAILED",
  })
  void resolved_followsTheFlags(String found, long flags, String expected) {
    Resolution resolution =
        switch (found) {
          case "both" -> BOTH;
          case "only4" -> ONLY_4;
          case "only6" -> ONLY_6;
          default -> new Resolution.Failed(false);
        };
    assertEquals(
        expected, show(ExitRules.resolved(IPV6, ExitPolicy.ACCEPT_ALL, resolution, flags, 80)));
  }

  @ParameterizedTest
  @CsvSource({
    "'reject 192.0.2.0/24:*, accept *:*', 1, 2001:db8::1",
    "'reject6 [2001:db8::]/32:*, accept *:*', 5, 192.0.2.1",
    "'reject 192.0.2.0/24:*, accept *:*', 0, EXITPOLICY",
    "'reject *:80, accept *:*', 5, EXITPOLICY",
  })
  void resolved_choosesWhatThePolicyAllows(String rules, long flags, String expected) {
    assertEquals(expected, show(ExitRules.resolved(IPV6, policy(rules), BOTH, flags, 80)));
  }

  @Test
  void withoutIpv6_noIpv6IsGiven() {
    assertEquals(
        "192.0.2.1", show(ExitRules.resolved(IPV4_ONLY, ExitPolicy.ACCEPT_ALL, BOTH, 5, 80)));
    assertEquals(
        "RESOLVEFAILED", show(ExitRules.resolved(IPV4_ONLY, ExitPolicy.ACCEPT_ALL, ONLY_6, 1, 80)));
    assertEquals(
        "EXITPOLICY",
        show(ExitRules.literal(IPV4_ONLY, ExitPolicy.ACCEPT_ALL, address("2001:db8::1"), 80)));
    assertFalse(ExitRules.canServe(IPV4_ONLY, Begin.IPV6_OK | Begin.IPV4_NOT_OK));
    assertTrue(ExitRules.canServe(IPV6, Begin.IPV6_OK | Begin.IPV4_NOT_OK));
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1",
    "10.1.2.3",
    "192.168.0.1",
    "172.16.0.1",
    "169.254.1.1",
    "0.0.0.0",
    "::1",
    "fe80::1",
    "fc00::1",
    "::ffff:127.0.0.1",
    "224.0.0.1",
    "ff02::1"
  })
  void internalAddress_isRefusedWhateverThePolicySays(String text) {
    assertEquals(
        "EXITPOLICY", show(ExitRules.literal(IPV6, ExitPolicy.ACCEPT_ALL, address(text), 80)));
    assertFalse(
        show(ExitRules.literal(TESTING, ExitPolicy.ACCEPT_ALL, address(text), 80))
            .equals("EXITPOLICY"));
  }

  /** A name may be made to point inside: the check comes behind the lookup. */
  @Test
  void nameOfAnInternalAddress_isRefused() {
    Resolution inside = new Resolution.Addresses((Inet4Address) address("127.0.0.1"), null, 1000);
    assertEquals(
        "EXITPOLICY", show(ExitRules.resolved(IPV6, ExitPolicy.ACCEPT_ALL, inside, 0, 80)));
  }
}
