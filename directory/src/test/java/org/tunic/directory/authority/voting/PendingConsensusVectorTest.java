package org.tunic.directory.authority.voting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.CtorDocs;
import org.tunic.directory.authority.consensus.ConsensusComputer;
import org.tunic.directory.authority.consensus.UnsignedConsensus;
import org.tunic.directory.authority.keys.AuthorityKeys;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.consensus.DirectorySignature;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.directory.doc.detachedsig.DetachedSignatures;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.directory.netdoc.NetdocText;

/**
 * We take the place of auth0 of a C tor network: with its key and the others' signatures its
 * published documents must come out.
 */
class PendingConsensusVectorTest {
  @Test
  void text_withAllSignatures_isTheConsensusCTorPublished() throws Exception {
    PendingConsensus pending = pending();
    assertEquals(
        new PendingConsensus.Outcome.Added(4),
        pending.add(signaturesOfCTor(), CtorDocs.certificates()));
    for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
      assertEquals(3, pending.signatures(flavor));
      assertEquals(published(flavor).text(), pending.text(flavor).orElseThrow().text());
    }
  }

  @Test
  void add_inAnyOrder_givesTheSameText() throws Exception {
    long seed = 12;
    Random random = new Random(seed);
    for (int i = 0; i < 10; i++) {
      PendingConsensus pending = pending();
      DetachedSignatures all = signaturesOfCTor();
      List<DirectorySignature> ns =
          new ArrayList<>(all.signatures().getOrDefault(ConsensusFlavor.NS, List.of()));
      Collections.shuffle(ns, random);
      for (DirectorySignature one : ns) {
        pending.add(with(all, List.of(one)), CtorDocs.certificates());
      }
      assertEquals(
          published(ConsensusFlavor.NS).text(),
          pending.text(ConsensusFlavor.NS).orElseThrow().text(),
          "seed " + seed);
    }
  }

  @Test
  void add_twice_addsNothingTheSecondTime() throws Exception {
    PendingConsensus pending = pending();
    pending.add(signaturesOfCTor(), CtorDocs.certificates());
    assertEquals(
        new PendingConsensus.Outcome.Added(0),
        pending.add(signaturesOfCTor(), CtorDocs.certificates()));
  }

  @Test
  void add_badUnknownOrUncertified_addsNothing() throws Exception {
    DetachedSignatures all = signaturesOfCTor();
    DirectorySignature good =
        all.signatures().getOrDefault(ConsensusFlavor.NS, List.of()).getLast();
    byte[] flipped = good.signature().toArray();
    flipped[10] ^= 1;
    DirectorySignature bad =
        new DirectorySignature(
            good.algorithm(), good.identity(), good.signingKeyDigest(), Bytes.copyOf(flipped));
    DirectorySignature stranger =
        new DirectorySignature(
            good.algorithm(), good.signingKeyDigest(), good.signingKeyDigest(), good.signature());
    PendingConsensus pending = pending();
    for (DirectorySignature signature : List.of(bad, stranger)) {
      pending.add(with(all, List.of(signature)), CtorDocs.certificates());
    }
    assertEquals(new PendingConsensus.Outcome.Added(0), pending.add(all, List.of()));
    assertEquals(1, pending.signatures(ConsensusFlavor.NS));
  }

  @Test
  void add_otherDigestOrTimes_isRefusedInCTorsWords() throws Exception {
    DetachedSignatures all = signaturesOfCTor();
    Map<ConsensusFlavor, Bytes> digests = new EnumMap<>(ConsensusFlavor.class);
    digests.put(ConsensusFlavor.NS, Bytes.copyOf(new byte[20]));
    digests.put(ConsensusFlavor.MICRODESC, Bytes.copyOf(new byte[32]));
    DetachedSignatures otherDigest =
        new DetachedSignatures(all.lifetime(), digests, all.signatures());
    assertEquals(
        new PendingConsensus.Outcome.Refused("Mismatched digest."),
        pending().add(otherDigest, CtorDocs.certificates()));
    Lifetime later =
        new Lifetime(
            all.lifetime().validAfter().plusSeconds(1),
            all.lifetime().freshUntil(),
            all.lifetime().validUntil());
    assertInstanceOf(
        PendingConsensus.Outcome.Refused.class,
        pending()
            .add(
                new DetachedSignatures(later, all.digests(), all.signatures()),
                CtorDocs.certificates()));
  }

  static AuthorityKeys auth0() {
    return new AuthorityKeys(
        CtorDocs.certificates().stream()
            .filter(c -> c.identity().hex().startsWith("1AF745A0"))
            .findFirst()
            .orElseThrow(),
        CtorDocs.rsaKey("auth0/authority_signing_key"));
  }

  private static PendingConsensus pending() throws Exception {
    List<Vote> votes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      votes.add(Vote.parse(CtorDocs.text("vote." + i), true));
    }
    ConsensusComputer computer = new ConsensusComputer(votes, 3, false);
    List<UnsignedConsensus> both = new ArrayList<>();
    for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
      both.add(computer.compute(flavor));
    }
    return new PendingConsensus(both, CtorDocs.v3idents(), auth0());
  }

  /** The signatures of the published consensus, detached. */
  private static DetachedSignatures signaturesOfCTor() {
    Map<ConsensusFlavor, Bytes> digests = new EnumMap<>(ConsensusFlavor.class);
    Map<ConsensusFlavor, List<DirectorySignature>> signatures =
        new EnumMap<>(ConsensusFlavor.class);
    for (ConsensusFlavor flavor : ConsensusFlavor.values()) {
      var consensus =
          CtorDocs.consensus(flavor == ConsensusFlavor.NS ? "consensus" : "consensus-microdesc");
      digests.put(flavor, consensus.signedDigest());
      signatures.put(flavor, consensus.signatures());
    }
    return new DetachedSignatures(CtorDocs.consensus("consensus").lifetime(), digests, signatures);
  }

  private static DetachedSignatures with(DetachedSignatures all, List<DirectorySignature> ns) {
    return new DetachedSignatures(all.lifetime(), all.digests(), Map.of(ConsensusFlavor.NS, ns));
  }

  private static NetdocText published(ConsensusFlavor flavor) {
    return CtorDocs.text(flavor == ConsensusFlavor.NS ? "consensus" : "consensus-microdesc");
  }
}
