package org.tunic.directory.doc.consensus;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.DirectorySignature.CertificateId;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;

/**
 * A consensus as somebody sent it. Only {@link #verify} gives access to what it says.
 *
 * <p>Spec: dir-spec/consensus-formats, dir-spec/client-operation. Threads: immutable.
 */
public final class UnverifiedConsensus {
  /** Longest consensus read, in bytes. That of the public network has 3 MB. */
  public static final int MAX_LENGTH = 32 * 1024 * 1024;

  /** How far the validity may lie in the past or in the future. */
  private static final Duration TOLERANCE = Duration.ofHours(24);

  private final NetdocText text;
  private final int signedLength;
  private final ConsensusPreamble preamble;
  private final List<RouterStatus> relays;
  private final Map<String, Integer> bandwidthWeights;
  private final List<DirectorySignature> signatures;

  UnverifiedConsensus(
      NetdocText text,
      int signedLength,
      ConsensusPreamble preamble,
      List<RouterStatus> relays,
      Map<String, Integer> bandwidthWeights,
      List<DirectorySignature> signatures) {
    this.text = text;
    this.signedLength = signedLength;
    this.preamble = preamble;
    this.relays = List.copyOf(relays);
    this.bandwidthWeights = Map.copyOf(bandwidthWeights);
    this.signatures = List.copyOf(signatures);
  }

  /**
   * Reads a consensus of either flavour.
   *
   * @throws DocumentSyntaxException if it is malformed: drop it and ask somebody else
   */
  public static UnverifiedConsensus parse(NetdocText text) throws DocumentSyntaxException {
    return new ConsensusParser(text).parse();
  }

  /** Its flavour, as it claims. */
  public ConsensusFlavor flavor() {
    return preamble.flavor();
  }

  /** The certificates that its signatures need, those of strangers included. */
  public Set<CertificateId> certificates() {
    Set<CertificateId> ids = new HashSet<>();
    signatures.forEach(s -> ids.add(s.certificate()));
    return ids;
  }

  /**
   * Checks the signatures and the times.
   *
   * <p>It is believed if more than half of {@code authorities} signed it with a key whose
   * certificate is among {@code certificates} and has not expired; several signatures of one
   * authority count once. The times may be a day off, for an old consensus is better than none: ask
   * {@link Lifetime#isLive}.
   *
   * @param authorities the {@code v3ident}s of all configured authorities
   * @param certificates whatever certificates we hold; others than the authorities' are ignored
   * @throws UntrustedException if it must not be used; it says whether certificates are missing
   */
  public Consensus verify(
      Set<RsaIdentity> authorities, Collection<KeyCertificate> certificates, Instant now)
      throws UntrustedException {
    Map<CertificateId, KeyCertificate> held = new HashMap<>();
    for (KeyCertificate certificate : certificates) {
      if (certificate.isValid(now)) {
        held.put(
            new CertificateId(certificate.identity(), certificate.signingKeyDigest()), certificate);
      }
    }
    Set<RsaIdentity> good = new HashSet<>();
    Set<RsaIdentity> undecided = new HashSet<>();
    Set<CertificateId> missing = new HashSet<>();
    for (DirectorySignature signature : signatures) {
      if (!authorities.contains(signature.identity())) {
        continue;
      }
      KeyCertificate certificate = held.get(signature.certificate());
      if (certificate == null) {
        undecided.add(signature.identity());
        missing.add(signature.certificate());
      } else if (holds(signature, certificate)) {
        good.add(signature.identity());
      }
    }
    undecided.removeAll(good);
    int needed = authorities.size() / 2 + 1;
    if (good.size() < needed) {
      throw new UntrustedException(
          good.size() + undecided.size() < needed
              ? UntrustedException.Reason.TOO_FEW_SIGNATURES
              : UntrustedException.Reason.MISSING_CERTIFICATES,
          missing);
    }
    Lifetime lifetime = preamble.lifetime();
    if (now.isBefore(lifetime.validAfter().minus(TOLERANCE))) {
      throw new UntrustedException(UntrustedException.Reason.NOT_YET_VALID, Set.of());
    }
    if (now.isAfter(lifetime.validUntil().plus(TOLERANCE))) {
      throw new UntrustedException(UntrustedException.Reason.EXPIRED, Set.of());
    }
    return new Consensus(this);
  }

  private boolean holds(DirectorySignature signature, KeyCertificate certificate) {
    byte[] digest =
        switch (signature.algorithm()) {
          case DirectorySignature.SHA1 -> text.sha1(0, signedLength);
          case DirectorySignature.SHA256 -> text.sha256(0, signedLength);
          default -> null;
        };
    return digest != null && certificate.verify(digest, signature.signature());
  }

  NetdocText text() {
    return text;
  }

  int signedLength() {
    return signedLength;
  }

  Bytes signedDigest() {
    return Bytes.copyOf(
        switch (preamble.flavor()) {
          case NS -> text.sha1(0, signedLength);
          case MICRODESC -> text.sha256(0, signedLength);
        });
  }

  ConsensusPreamble preamble() {
    return preamble;
  }

  List<RouterStatus> relays() {
    return relays;
  }

  Map<String, Integer> bandwidthWeights() {
    return bandwidthWeights;
  }

  List<DirectorySignature> signatures() {
    return signatures;
  }
}
