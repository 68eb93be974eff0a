package org.tunic.daemon.interop;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client of each subject in a network of C tor. Threads: that of the test. */
@OverSharedNetworks
class CTorNetworkClientIT {
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofMinutes(1);

  @ParameterizedTest
  @EnumSource(Subject.class)
  void client_inNetworkOfCTor_bootstrapsAndFetchesIntact(Subject subject, SharedNetworks networks)
      throws IOException {
    Interop.require(subject);
    TorNetwork network = networks.of(Subject.CTOR);
    TorNode client = network.startClient("client" + subject.label(), subject);
    try {
      client.awaitBootstrapped(BOOTSTRAP_LIMIT);
      Interop.assertPageAndFileIntact(client, networks.web());
    } finally {
      client.stop();
    }
  }
}
