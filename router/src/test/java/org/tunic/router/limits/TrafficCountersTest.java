package org.tunic.router.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

final class TrafficCountersTest {
  private final TrafficCounters counters = new TrafficCounters();

  private TrafficCounters.Meter meter(String address) {
    return counters.meter(new InetSocketAddress(InetAddress.ofLiteral(address), 9001));
  }

  @Test
  void meter_ofPublicAddress_counts() {
    meter("203.0.113.7").read(3);
    meter("203.0.113.7").written(5);
    assertEquals(3, counters.bytesRead());
    assertEquals(5, counters.bytesWritten());
    assertEquals(0, counters.ipv6BytesRead());
    assertEquals(0, counters.ipv6BytesWritten());
  }

  @Test
  void meter_ofIpv6Address_countsTwice() {
    meter("2001:db9::1").read(3);
    meter("2001:db9::1").written(5);
    assertEquals(3, counters.bytesRead());
    assertEquals(3, counters.ipv6BytesRead());
    assertEquals(5, counters.bytesWritten());
    assertEquals(5, counters.ipv6BytesWritten());
  }

  @Test
  void meter_ofPrivateAddress_countsIfTheConfigurationSaysSo() {
    TrafficCounters.Meter loopback = meter("127.0.0.1");
    TrafficCounters.Meter unknown = counters.meter(null);
    loopback.read(3);
    unknown.written(5);
    assertEquals(0, counters.bytesRead());
    assertEquals(0, counters.bytesWritten());
    counters.countPrivate(true);
    loopback.read(3);
    unknown.written(5);
    assertEquals(3, counters.bytesRead());
    assertEquals(5, counters.bytesWritten());
  }
}
