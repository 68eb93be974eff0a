package org.tunic.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.tunic.directory.protover.ProtocolVersions;

final class RequiredProtocolsTest {
  /** The lists that C tor 0.4.9.11 authorities vote. */
  private static final ProtocolVersions REQUIRED_RELAY =
      ProtocolVersions.of(
          "Cons=2 Desc=2 DirCache=2 FlowCtrl=1-2 HSDir=2 HSIntro=4-5 HSRend=2 Link=4-5 LinkAuth=3"
              + " Microdesc=2 Relay=2-4");

  private static final ProtocolVersions REQUIRED_CLIENT =
      ProtocolVersions.of("Cons=2 Desc=2 FlowCtrl=1 Link=4 Microdesc=2 Relay=2");

  @Test
  void relay_lacksNothingThatIsRequired() {
    assertTrue(new RequiredProtocols(true, false).missing(REQUIRED_RELAY).isEmpty());
  }

  @Test
  void relay_isToldWhatItLacks() {
    assertEquals(
        ProtocolVersions.of("Conflux=1 Relay=5-6"),
        new RequiredProtocols(true, false)
            .missing(ProtocolVersions.of("Conflux=1 Cons=2 Relay=2-6")));
  }

  @Test
  void client_lacksNothing() {
    assertTrue(new RequiredProtocols(false, false).missing(REQUIRED_CLIENT).isEmpty());
  }
}
