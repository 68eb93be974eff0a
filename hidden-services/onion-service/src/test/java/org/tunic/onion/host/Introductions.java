package org.tunic.onion.host;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.handshake.HandshakeFailedException;
import org.tunic.crypto.handshake.hsntor.HsNtorClient;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.crypto.pow.PowSolution;
import org.tunic.directory.doc.hsdescriptor.HsIntroPoint;
import org.tunic.directory.doc.microdescriptor.RelayFamily;
import org.tunic.directory.policy.PolicySummary;
import org.tunic.directory.protover.ProtocolVersions;
import org.tunic.directory.view.ConsensusParameters;
import org.tunic.directory.view.Relay;
import org.tunic.router.cell.ExtensionList;
import org.tunic.router.cell.Introduce1;
import org.tunic.router.cell.Introduce2;
import org.tunic.router.cell.IntroduceExtensions;
import org.tunic.router.cell.IntroduceMessage;
import org.tunic.router.cell.RendezvousCookie;
import org.tunic.testing.SeededRandom;

/** Makes what an introduction point brings, as a client would have sent it. */
final class Introductions {
  final SeededRandom random = new SeededRandom(33);
  final Instant now = Instant.parse("2026-11-22T12:00:00Z");
  final Subcredential subcredential = new Subcredential(Bytes.copyOf(random.bytes(32)));

  /** A relay at an address of the documentation, or a private one. */
  Relay relay(String address) {
    return new Relay(
        "relay",
        new RelayIds(
            RsaIdentity.of(random.bytes(20)), new Ed25519Identity(Bytes.copyOf(random.bytes(32)))),
        NtorPublicKey.of(random.bytes(32)),
        List.of(new InetSocketAddress(InetAddress.ofLiteral(address), 9001)),
        null,
        Set.of(),
        1000,
        ProtocolVersions.EMPTY,
        PolicySummary.REJECT_ALL,
        PolicySummary.REJECT_ALL,
        RelayFamily.NONE,
        null);
  }

  IntroductionPoint point(ConsensusParameters params) {
    return new IntroductionPoint(relay("203.0.113.5"), params, now, random);
  }

  /** An introduction to a rendezvous point there. */
  Introduce2 introduction(IntroductionPoint point, RendezvousCookie cookie, Relay rendezvousPoint) {
    return introduction(point, cookie, rendezvousPoint, null);
  }

  Introduce2 introduction(
      IntroductionPoint point,
      RendezvousCookie cookie,
      Relay rendezvousPoint,
      @org.jspecify.annotations.Nullable PowSolution pow) {
    HsIntroPoint described = point.description();
    Bytes clear = Introduce1.clearPart(described.keys().authKey());
    Bytes inner =
        new IntroduceMessage(
                cookie,
                IntroduceExtensions.of(true, pow),
                rendezvousPoint.ntor(),
                rendezvousPoint.linkSpecifiers())
            .encode(clear);
    try (HsNtorClient client = HsNtorClient.begin(described.keys(), subcredential, random)) {
      return new Introduce1(
              described.keys().authKey(), ExtensionList.EMPTY, client.seal(clear, inner))
          .toService();
    } catch (HandshakeFailedException e) {
      throw new AssertionError(e);
    }
  }

  /** One that was opened. */
  Introduction opened() {
    IntroductionPoint point = point(ConsensusParameters.DEFAULTS);
    return point
        .open(
            introduction(point, RendezvousCookie.generate(random), relay("203.0.113.6")),
            List.of(subcredential),
            false)
        .orElseThrow();
  }
}
