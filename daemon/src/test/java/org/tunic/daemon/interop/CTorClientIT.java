package org.tunic.daemon.interop;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * C tor's client in a network whose authorities and relays are all of one subject. Threads: that of
 * the test.
 */
@OverSharedNetworks
class CTorClientIT {
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(1);

  @ParameterizedTest
  @EnumSource(Subject.class)
  void ctorClient_inNetworkOfSubject_bootstrapsAndFetchesIntact(
      Subject subject, SharedNetworks networks) throws IOException {
    TorNetwork network = networks.of(subject);
    TorNode client = network.startClient("ctorclient", Subject.CTOR);
    try {
      client.awaitBootstrapped(BOOTSTRAP_LIMIT);
      Interop.assertPageAndFileIntact(client, networks.web());
    } finally {
      client.stop();
    }
  }
}
