package org.tunic.directory.authority.descriptors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.directory.authority.flags.RelayMarks;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.policy.ExitPolicy;
import org.tunic.directory.policy.PolicySyntaxException;

/**
 * Entries without an action reject, the first that fits decides, and what none fits is left alone.
 */
class AddressRulesTest {
  private static ExitPolicy list(String... lines) throws PolicySyntaxException {
    return ExitPolicy.parseRules(List.of(lines), Optional.of(false));
  }

  private static RelayMarks marks(AddressRules rules, String orPort) {
    return rules.of(RelayAddress.parse(orPort).orElseThrow());
  }

  @Test
  void of_eachList_setsItsMarkAlone() throws PolicySyntaxException {
    AddressRules rules =
        new AddressRules(
            list("192.0.2.1"), list("192.0.2.2"), list("192.0.2.3"), list("192.0.2.4"));
    assertEquals(
        new RelayMarks(true, false, false, false, false, false, false),
        marks(rules, "192.0.2.1:9001"));
    assertEquals(
        new RelayMarks(false, true, false, false, false, false, false),
        marks(rules, "192.0.2.2:9001"));
    assertEquals(
        new RelayMarks(false, false, true, false, false, false, false),
        marks(rules, "192.0.2.3:9001"));
    assertEquals(
        new RelayMarks(false, false, false, true, false, false, false),
        marks(rules, "192.0.2.4:9001"));
    assertEquals(RelayMarks.NONE, marks(rules, "192.0.2.5:9001"));
    assertEquals(RelayMarks.NONE, marks(AddressRules.NONE, "192.0.2.1:9001"));
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7:9001, true", // the address, any port
    "192.0.2.8:443, true", // the address and port
    "192.0.2.8:444, false",
    "198.51.100.1:443, true", // a range of addresses and one of ports
    "198.51.100.200:445, true",
    "198.51.100.200:446, false",
    "198.51.101.1:443, false",
    "203.0.113.9:443, false", // accepted before its range is rejected
    "203.0.113.10:443, true",
    "10.1.2.3:443, true", // private
  })
  void of_formsOfAnEntry_fitAsInAPolicy(String orPort, boolean fits) throws PolicySyntaxException {
    ExitPolicy badExit =
        list(
            "192.0.2.7,192.0.2.8:443",
            "reject 198.51.100.0/24:443-445",
            "accept 203.0.113.9",
            "203.0.113.0/24:*",
            "reject private:*");
    AddressRules rules =
        new AddressRules(
            ExitPolicy.ACCEPT_ALL, ExitPolicy.ACCEPT_ALL, badExit, ExitPolicy.ACCEPT_ALL);
    assertEquals(fits, marks(rules, orPort).badExit());
  }
}
