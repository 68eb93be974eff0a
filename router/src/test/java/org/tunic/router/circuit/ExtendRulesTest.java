package org.tunic.router.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.linkspec.LinkSpecifier;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.router.cell.CircuitViolation;
import org.tunic.router.cell.Extend2;
import org.tunic.router.cell.HandshakeType;
import org.tunic.router.channel.ExtendTarget;
import org.tunic.testing.SeededRandom;

/** What EXTEND2 may name. */
class ExtendRulesTest {
  private static final RelayIds SELF = ids(1);
  private static final RelayIds PREVIOUS = ids(2);
  private static final RelayIds TARGET = ids(3);
  private static final InetSocketAddress IPV4 = address("192.0.2.1", 9001);
  private static final InetSocketAddress IPV6 = address("2001:db8::1", 9001);

  private final Random random = new SeededRandom(5);
  private @Nullable ExtendTarget listed;
  private boolean overIpv6;
  private boolean privateAddresses;

  private static RelayIds ids(int first) {
    byte[] rsa = new byte[20];
    byte[] ed = new byte[32];
    rsa[0] = (byte) first;
    ed[0] = (byte) first;
    return new RelayIds(RsaIdentity.of(rsa), new Ed25519Identity(Bytes.copyOf(ed)));
  }

  private static InetSocketAddress address(String literal, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
  }

  private static LinkSpecifier at(InetSocketAddress address) {
    return LinkSpecifier.of(RelayAddress.of(address));
  }

  private static LinkSpecifier rsa(RelayIds ids) {
    return new LinkSpecifier.RsaId(ids.rsa());
  }

  private static LinkSpecifier ed(RelayIds ids) {
    return new LinkSpecifier.Ed25519Id(ids.ed().orElseThrow());
  }

  private ExtendTarget target(LinkSpecifier... specifiers) throws CircuitViolation {
    ByteWriter list = new ByteWriter();
    LinkSpecifier.encodeList(List.of(specifiers), list);
    Extend2 request = new Extend2(list.toBytes(), HandshakeType.NTOR, Bytes.copyOf(new byte[84]));
    return new ExtendRules(privateAddresses, () -> overIpv6, _ -> Optional.ofNullable(listed))
        .target(request, SELF, PREVIOUS, random);
  }

  private void refused(LinkSpecifier... specifiers) {
    assertThrows(CircuitViolation.class, () -> target(specifiers));
  }

  @Test
  void idsAndAnAddress_areEnough() throws Exception {
    assertEquals(
        new ExtendTarget(TARGET, List.of(IPV4)), target(at(IPV4), rsa(TARGET), ed(TARGET)));
  }

  @Test
  void compulsoryParts_areCompulsory() {
    refused(at(IPV4), ed(TARGET));
    refused(rsa(TARGET), ed(TARGET));
    refused(at(IPV4), rsa(TARGET), rsa(TARGET));
    refused(at(IPV4), rsa(TARGET), ed(TARGET), ed(TARGET));
  }

  @Test
  void ourselvesAndThePreviousHop_areRefused_byEitherIdentity() {
    refused(at(IPV4), rsa(SELF));
    refused(at(IPV4), rsa(TARGET), ed(SELF));
    refused(at(IPV4), rsa(PREVIOUS));
    refused(at(IPV4), rsa(TARGET), ed(PREVIOUS));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.1.2.3", "127.0.0.1", "169.254.1.1", "172.16.0.1", "192.168.1.1", "100.64.0.1",
        "0.1.2.3", "::1", "fe80::1", "fc00::1", "fd12:3456::1", "::"
      })
  void privateAddresses_areRefused_unlessAllowed(String literal) throws Exception {
    overIpv6 = true;
    InetSocketAddress inside = address(literal, 9001);
    refused(at(inside), rsa(TARGET));
    if (!inside.getAddress().isAnyLocalAddress()) {
      privateAddresses = true;
      assertEquals(List.of(inside), target(at(inside), rsa(TARGET)).addresses());
    }
  }

  @Test
  void oneUsableAddress_isEnough() throws Exception {
    overIpv6 = true;
    assertEquals(
        List.of(IPV6), target(at(address("10.0.0.1", 9001)), at(IPV6), rsa(TARGET)).addresses());
    assertEquals(
        List.of(IPV4), target(at(IPV4), at(address("fd00::1", 9001)), rsa(TARGET)).addresses());
    refused(at(address("192.0.2.1", 0)), rsa(TARGET));
  }

  @Test
  void ipv6_needsAnIpv6OrPortOfOurOwn() throws Exception {
    assertEquals(List.of(IPV4), target(at(IPV4), at(IPV6), rsa(TARGET)).addresses());
    refused(at(IPV6), rsa(TARGET));
  }

  @Test
  void bothFamilies_areTriedInAnOrderOfChance() throws Exception {
    overIpv6 = true;
    List<InetSocketAddress> firsts = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      ExtendTarget target = target(at(IPV4), rsa(TARGET), at(IPV6));
      assertEquals(Set.of(IPV4, IPV6), new HashSet<>(target.addresses()));
      firsts.add(target.addresses().getFirst());
    }
    assertTrue(firsts.contains(IPV4) && firsts.contains(IPV6));
  }

  @Test
  void ofSeveralAddresses_theFirstCounts() throws Exception {
    assertEquals(
        List.of(IPV4), target(at(IPV4), at(address("192.0.2.9", 1)), rsa(TARGET)).addresses());
  }

  @Test
  void theConsensus_fillsTheGaps() throws Exception {
    overIpv6 = true;
    listed = new ExtendTarget(TARGET, List.of(address("192.0.2.7", 7), IPV6));
    ExtendTarget found = target(at(IPV4), rsa(TARGET));
    assertEquals(TARGET, found.ids());
    assertEquals(Set.of(IPV4, IPV6), new HashSet<>(found.addresses()));
  }
}
