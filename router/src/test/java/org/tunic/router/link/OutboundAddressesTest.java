package org.tunic.router.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutboundAddressesTest {
  private static final InetAddress OURS_4 = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress OURS_6 = InetAddress.ofLiteral("2001:db8::1");

  private static Optional<InetAddress> towards(String target, InetAddress... ours) {
    return new OutboundAddresses(List.of(ours)).towards(InetAddress.ofLiteral(target));
  }

  @Test
  void eachFamily_hasItsAddress() {
    assertEquals(Optional.of(OURS_4), towards("198.51.100.1", OURS_6, OURS_4));
    assertEquals(Optional.of(OURS_6), towards("2001:db8::2", OURS_6, OURS_4));
    assertEquals(Optional.empty(), towards("2001:db8::2", OURS_4));
  }

  @Test
  void thisMachine_isReachedFromAnyAddress() {
    assertEquals(Optional.empty(), towards("127.0.0.1", OURS_4, OURS_6));
    assertEquals(Optional.empty(), towards("::1", OURS_4, OURS_6));
  }
}
