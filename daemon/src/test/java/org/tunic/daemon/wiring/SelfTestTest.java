package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.tunic.daemon.config.Config;
import org.tunic.daemon.config.ConfigException;
import org.tunic.daemon.config.ConfigLoader;
import org.tunic.testing.ManualClock;

/** When a relay takes itself for reachable, and what it does before. */
final class SelfTestTest {
  private static final String[] BOTH = {
    "Address 20.1.2.3", "Address 2a00::1", "ORPort 9001", "ContactInfo x"
  };

  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final List<SelfTest.Family> tests = new ArrayList<>();
  private int changes;
  private boolean networkKnown = true;

  private SelfTest selfTest(String... lines) throws ConfigException {
    Config config =
        ConfigLoader.parse(
                "DataDirectory /nonexistent\nSocksPort 0\n" + String.join("\n", lines) + "\n",
                "torrc",
                new ConfigLoader.Environment(
                    Path.of("/"), Optional.empty(), "user", InputStream.nullInputStream()))
            .config();
    Config.Relay relay = config.relay().orElseThrow();
    return new SelfTest(
        () -> relay,
        config.client().distinctSubnets(),
        family -> {
          if (!networkKnown) {
            return Optional.empty();
          }
          tests.add(family);
          return Optional.of(CompletableFuture.completedFuture(true));
        },
        clock,
        () -> changes++);
  }

  private static InetAddress ip(String address) {
    return InetAddress.ofLiteral(address);
  }

  @Test
  void circuitFromOutside_showsThatItsFamilyIsReached() throws ConfigException {
    SelfTest test = selfTest(BOTH);
    test.onCreate(false, ip("30.1.1.1"));
    assertFalse(test.passed(), "IPv6 is left");
    test.onCreate(false, ip("2b00::1"));
    assertTrue(test.passed());
    test.onCreate(false, ip("2b00::2"));
    assertEquals(2, changes);
  }

  @Test
  void circuitOverOurOwnConnection_orFromNearby_showsNothing() throws ConfigException {
    SelfTest test = selfTest("Address 20.1.2.3", "ORPort 9001", "ContactInfo x");
    test.onCreate(true, ip("30.1.1.1"));
    test.onCreate(false, ip("192.168.1.1"));
    test.onCreate(false, ip("20.1.2.4"));
    assertFalse(test.passed());
    test.onCreate(false, ip("20.1.3.4"));
    assertTrue(test.passed());
  }

  @Test
  void circuitFromThisMachine_isEnoughInAPrivateNetwork() throws ConfigException {
    SelfTest test =
        selfTest(
            "Address 127.0.0.1",
            "ORPort 9001",
            "ContactInfo x",
            "ExtendAllowPrivateAddresses 1",
            "DirAllowPrivateAddresses 1");
    test.onCreate(false, ip("127.0.0.1"));
    assertTrue(test.passed());
  }

  @Test
  void relayThatAssumesIt_testsNothing() throws ConfigException {
    SelfTest test = selfTest("Address 20.1.2.3", "ORPort 9001", "AssumeReachable 1");
    test.tick();
    assertTrue(test.passed());
    assertEquals(List.of(), tests);
  }

  @Test
  void relayThatAssumesItOfIpv6_testsIpv4() throws ConfigException {
    SelfTest test =
        selfTest("Address 20.1.2.3", "Address 2a00::1", "ORPort 9001", "AssumeReachableIPv6 1");
    test.tick();
    assertEquals(List.of(SelfTest.Family.IPV4), tests);
    test.onCreate(false, ip("30.1.1.1"));
    assertTrue(test.passed());
  }

  @Test
  void tests_areOneAMinuteAtFirst_thenOneInTwenty() throws ConfigException {
    SelfTest test = selfTest(BOTH);
    run(test, SelfTest.EARLY);
    assertEquals(2 * 20, tests.size(), "both families");
    tests.clear();
    run(test, Duration.ofMinutes(60));
    assertEquals(2 * 3, tests.size());
  }

  @Test
  void tests_beginAsSoonAsTheNetworkIsKnown() throws ConfigException {
    SelfTest test = selfTest(BOTH);
    networkKnown = false;
    run(test, Duration.ofSeconds(90));
    networkKnown = true;
    run(test, Duration.ofSeconds(1));
    assertEquals(List.of(SelfTest.Family.IPV4, SelfTest.Family.IPV6), tests);
  }

  @Test
  void otherPorts_areTestedAgain() throws ConfigException {
    SelfTest test = selfTest("Address 20.1.2.3", "ORPort 9001");
    test.onCreate(false, ip("30.1.1.1"));
    test.reset();
    assertFalse(test.passed());
    run(test, Duration.ofSeconds(1));
    assertEquals(List.of(SelfTest.Family.IPV4), tests);
  }

  private void run(SelfTest test, Duration time) {
    Instant end = clock.instant().plus(time);
    for (; clock.instant().isBefore(end); clock.advance(Duration.ofSeconds(1))) {
      test.tick();
    }
  }
}
