package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The resolver of the JVM that runs these tests is the daemon's, found as in the daemon. */
@SuppressWarnings("AddressSelection") // Names are what this is about.
final class NoNameLookupTest {
  @ParameterizedTest
  @ValueSource(strings = {"www.example.com", "example.onion", "localhost.localdomain"})
  void getByName_name_isRefused(String name) {
    UnknownHostException e =
        assertThrows(UnknownHostException.class, () -> InetAddress.getAllByName(name));
    assertEquals("this process looks up no names", e.getMessage());
  }

  @Test
  void inetSocketAddress_name_staysUnresolved() {
    assertTrue(new InetSocketAddress("unresolved.example.com", 80).isUnresolved());
  }

  @Test
  void getCanonicalHostName_address_staysAnAddress() throws Exception {
    assertEquals(
        "127.0.0.1", InetAddress.getByAddress(new byte[] {127, 0, 0, 1}).getCanonicalHostName());
  }

  @Test
  void getByName_literal_needsNoLookup() throws Exception {
    assertArrayEquals(new byte[] {127, 0, 0, 1}, InetAddress.getByName("127.0.0.1").getAddress());
  }
}
