package org.tunic.router.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.directory.linkspec.LinkSpecifier;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.testing.SeededRandom;

/** What is taken over from somebody else's list of link specifiers. */
final class HopSpecTest {
  private final SeededRandom random = new SeededRandom(3);
  private final NtorPublicKey onionKey = NtorPublicKey.of(random.bytes(32));
  private final LinkSpecifier identity = new LinkSpecifier.RsaId(RsaIdentity.of(random.bytes(20)));

  private static InetSocketAddress address(String literal, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
  }

  private static LinkSpecifier specifier(String literal, int port) {
    return LinkSpecifier.of(RelayAddress.of(address(literal, port)));
  }

  @Test
  void of_asManySpecifiersAsADescriptorCanHave_keepsTheFirstOfEachAddressFamily() {
    List<LinkSpecifier> all = new ArrayList<>(List.of(identity));
    for (int i = 1; i <= 127; i++) {
      all.add(specifier("2001:db8::1", i));
      all.add(specifier("203.0.113.1", i));
    }
    assertEquals(255, all.size());
    HopSpec hop = HopSpec.of(all, onionKey).orElseThrow();
    assertEquals(List.of(address("203.0.113.1", 1), address("2001:db8::1", 1)), hop.addresses());
    assertEquals(1 + 2 + 6 + 2 + 20 + 2 + 18, hop.linkSpecifiers().length());
  }

  @Test
  void of_withoutAddressOrIdentity_isNoHop() {
    assertTrue(HopSpec.of(List.of(identity), onionKey).isEmpty());
    assertTrue(HopSpec.of(List.of(specifier("203.0.113.1", 1)), onionKey).isEmpty());
    assertTrue(
        HopSpec.of(List.of(identity, identity, specifier("203.0.113.1", 1)), onionKey).isEmpty());
  }
}
