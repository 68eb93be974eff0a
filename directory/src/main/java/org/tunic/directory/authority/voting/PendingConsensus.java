package org.tunic.directory.authority.voting;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.authority.consensus.UnsignedConsensus;
import org.tunic.directory.authority.keys.AuthorityKeys;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.consensus.DirectorySignature;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.directory.doc.detachedsig.DetachedSignatures;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocWriter;

/**
 * The consensus we computed, in both flavours, with the signatures gathered for it so far. Only
 * signatures that verify are kept, one for each authority and flavour, so what others can make us
 * keep is bounded by the number of authorities.
 *
 * <p>Spec: dir-spec/exchanging-detached-signatures. Threads: one caller at a time; {@link
 * VotingRound} guards it.
 */
public final class PendingConsensus {
  private final Lifetime lifetime;
  private final Map<ConsensusFlavor, Flavored> flavors = new EnumMap<>(ConsensusFlavor.class);
  private final Set<RsaIdentity> voters;

  /** One flavour: what was computed, its digest, and the good signatures by authority. */
  private record Flavored(
      UnsignedConsensus unsigned,
      Bytes digest,
      SortedMap<RsaIdentity, DirectorySignature> signatures) {}

  /** What became of detached signatures. */
  public sealed interface Outcome {
    /** So many were new and good; none is no fault. */
    record Added(int count) implements Outcome {}

    /** They are for another consensus, or for none that we know; the text is C tor's. */
    record Refused(String why) implements Outcome {}
  }

  /**
   * Starts with our own signatures if our vote went in; who did not vote has nothing to sign, but
   * can gather the signatures of the others.
   *
   * @param consensuses one of each flavour, of one computation
   * @param voters the authorities whose votes went in
   */
  public PendingConsensus(
      List<UnsignedConsensus> consensuses, Set<RsaIdentity> voters, AuthorityKeys keys) {
    this.lifetime = consensuses.getFirst().lifetime();
    this.voters = Set.copyOf(voters);
    for (UnsignedConsensus consensus : consensuses) {
      Bytes digest = consensus.digest();
      SortedMap<RsaIdentity, DirectorySignature> signatures = new TreeMap<>();
      if (voters.contains(keys.identity())) {
        signatures.put(keys.identity(), sign(consensus.flavor(), digest, keys));
      }
      flavors.put(consensus.flavor(), new Flavored(consensus, digest, signatures));
    }
  }

  private static DirectorySignature sign(ConsensusFlavor flavor, Bytes digest, AuthorityKeys keys) {
    return new DirectorySignature(
        flavor == ConsensusFlavor.NS ? DirectorySignature.SHA1 : DirectorySignature.SHA256,
        keys.identity(),
        keys.certificate().signingKeyDigest(),
        Bytes.copyOf(keys.signingKey().signBare(digest.toArray())));
  }

  public Lifetime lifetime() {
    return lifetime;
  }

  /**
   * Adds what is new and verifies. Signatures of strangers, bad ones, and those whose certificate
   * is unknown are left out.
   *
   * @param certificates the certificates we know, expired ones left out
   */
  public Outcome add(DetachedSignatures detached, Collection<KeyCertificate> certificates) {
    int added = 0;
    String refusal = null;
    for (Flavored flavored : flavors.values()) {
      Optional<String> why = refusal(detached, flavored);
      if (why.isPresent()) {
        refusal = why.get();
      } else {
        added += addTo(flavored, detached, certificates);
      }
    }
    return refusal != null && added == 0 ? new Outcome.Refused(refusal) : new Outcome.Added(added);
  }

  private Optional<String> refusal(DetachedSignatures detached, Flavored flavored) {
    if (!detached.lifetime().validAfter().equals(lifetime.validAfter())) {
      return Optional.of(
          "Valid-After times do not match when adding detached signatures to consensus");
    }
    if (!detached.lifetime().freshUntil().equals(lifetime.freshUntil())) {
      return Optional.of(
          "Fresh-until times do not match when adding detached signatures to consensus");
    }
    if (!detached.lifetime().validUntil().equals(lifetime.validUntil())) {
      return Optional.of(
          "Valid-until times do not match when adding detached signatures to consensus");
    }
    ConsensusFlavor flavor = flavored.unsigned.flavor();
    if (!detached.signatures().containsKey(flavor)) {
      return Optional.of("No signatures for given consensus flavor");
    }
    Bytes digest = detached.digests().get(flavor);
    if (digest == null) {
      return Optional.of("No digests for given consensus flavor");
    }
    return digest.equals(flavored.digest) ? Optional.empty() : Optional.of("Mismatched digest.");
  }

  private int addTo(
      Flavored flavored, DetachedSignatures detached, Collection<KeyCertificate> certificates) {
    int added = 0;
    for (DirectorySignature signature :
        detached.signatures().getOrDefault(flavored.unsigned.flavor(), List.of())) {
      boolean wanted =
          voters.contains(signature.identity())
              && !flavored.signatures.containsKey(signature.identity());
      if (wanted && verifies(signature, flavored.digest, certificates)) {
        flavored.signatures.put(signature.identity(), signature);
        added++;
      }
    }
    return added;
  }

  private static boolean verifies(
      DirectorySignature signature, Bytes digest, Collection<KeyCertificate> certificates) {
    for (KeyCertificate certificate : certificates) {
      if (certificate.identity().equals(signature.identity())
          && certificate.signingKeyDigest().equals(signature.signingKeyDigest())) {
        return certificate.verify(digest.toArray(), signature.signature());
      }
    }
    return false;
  }

  /** Number of authorities whose good signature on this flavour we have. */
  public int signatures(ConsensusFlavor flavor) {
    Flavored flavored = flavors.get(flavor);
    return flavored == null ? 0 : flavored.signatures.size();
  }

  /**
   * The consensus with the signatures so far, ordered by identity; empty if this flavour was not
   * computed.
   */
  public Optional<NetdocText> text(ConsensusFlavor flavor) {
    Flavored flavored = flavors.get(flavor);
    if (flavored == null) {
      return Optional.empty();
    }
    NetdocWriter out = new NetdocWriter().raw(flavored.unsigned.text().text());
    for (DirectorySignature s : flavored.signatures.values()) {
      if (flavor == ConsensusFlavor.NS) {
        out.item("directory-signature", s.identity().hex(), s.signingKeyDigest().hex());
      } else {
        out.item(
            "directory-signature", s.algorithm(), s.identity().hex(), s.signingKeyDigest().hex());
      }
      out.object("SIGNATURE", s.signature().toArray());
    }
    return Optional.of(out.text());
  }

  /** The signatures so far, as authorities exchange them. */
  public DetachedSignatures detached() {
    Map<ConsensusFlavor, Bytes> digests = new EnumMap<>(ConsensusFlavor.class);
    Map<ConsensusFlavor, List<DirectorySignature>> signatures =
        new EnumMap<>(ConsensusFlavor.class);
    flavors.forEach(
        (flavor, flavored) -> {
          digests.put(flavor, flavored.digest);
          signatures.put(flavor, new ArrayList<>(flavored.signatures.values()));
        });
    return new DetachedSignatures(lifetime, digests, signatures);
  }
}
