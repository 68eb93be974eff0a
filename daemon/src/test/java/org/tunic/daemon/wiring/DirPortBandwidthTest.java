package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tunic.router.limits.BandwidthLimits;
import org.tunic.router.limits.TrafficCounters;

/** Who is answered when there is bandwidth for 1000 bytes, as C tor decides. */
final class DirPortBandwidthTest {
  private static final long FAR = BandwidthLimits.UNLIMITED;
  private static final InetAddress RELAY = InetAddress.ofLiteral("192.0.2.1");

  @ParameterizedTest
  @CsvSource({
    "false, true,  192.0.2.9, 1000, true",
    "false, true,  192.0.2.9, 1001, false",
    "false, false, 192.0.2.9, 1001, false",
    "false, true,  192.0.2.1, 1001, false",
    "true,  true,  192.0.2.9, 1000, true",
    "true,  true,  192.0.2.9, 1001, false",
    "true,  true,  192.0.2.1, 1001, true",
    "true,  false, 192.0.2.9, 1001, true",
    "true,  true,  10.0.0.1,  1001, true",
  })
  void answer_isSent_orRefused(
      boolean authority, boolean refuses, String client, long bytes, boolean answered) {
    BandwidthLimits limits = new BandwidthLimits(new TrafficCounters(), () -> 0);
    limits.use(new BandwidthLimits.Rates(1000, 1000, FAR, FAR, FAR, FAR, false));
    DirPortBandwidth bandwidth =
        new DirPortBandwidth(limits, authority, () -> refuses, RELAY::equals);
    assertEquals(answered, bandwidth.take(InetAddress.ofLiteral(client), bytes));
  }
}
