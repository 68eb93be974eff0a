package org.tunic.directory.protover;

/**
 * The four protocol lists an authority of this release votes: C tor 0.4.9.11's. They are constants,
 * not configuration, because raising a required one wrongly makes every node that lacks it leave
 * the network.
 *
 * <p>Spec: tor-spec/subprotocol-versioning, dir-spec/consensus-formats. Threads: immutable.
 */
public final class VotedProtocols {
  public static final ProtocolVersions RECOMMENDED_CLIENT =
      ProtocolVersions.of(
          "Cons=2 Desc=2 DirCache=2 FlowCtrl=1-2 HSDir=2 HSIntro=4 HSRend=2 Link=4-5 Microdesc=2 Relay=2-4");
  public static final ProtocolVersions RECOMMENDED_RELAY =
      ProtocolVersions.of(
          "Cons=2 Desc=2 DirCache=2 FlowCtrl=1-2 HSDir=2 HSIntro=4-5 HSRend=2 Link=4-5 LinkAuth=3 Microdesc=2"
              + " Relay=2-4");
  public static final ProtocolVersions REQUIRED_CLIENT =
      ProtocolVersions.of("Cons=2 Desc=2 FlowCtrl=1 Link=4 Microdesc=2 Relay=2");
  public static final ProtocolVersions REQUIRED_RELAY = RECOMMENDED_RELAY;

  private VotedProtocols() {}
}
