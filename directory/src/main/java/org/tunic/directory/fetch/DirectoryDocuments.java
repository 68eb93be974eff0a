package org.tunic.directory.fetch;

import java.util.Map;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.directory.doc.consensus.Consensus;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.consensus.DirectorySignature.CertificateId;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;

/**
 * All directory documents a node holds, at one moment; every one was verified.
 *
 * <p>Threads: immutable.
 *
 * @param consensuses the latest consensus of each flavour we hold
 * @param certificates key certificates of the configured authorities
 * @param microdescriptors by SHA-256 digest; older ones included, for clients with an older
 *     consensus
 * @param descriptors router descriptors by SHA-1 digest of their signed part; older ones included
 */
public record DirectoryDocuments(
    Map<ConsensusFlavor, Consensus> consensuses,
    Map<CertificateId, KeyCertificate> certificates,
    Map<Bytes, Microdescriptor> microdescriptors,
    Map<Bytes, RouterDescriptor> descriptors) {

  /** Nothing. */
  public static final DirectoryDocuments NONE =
      new DirectoryDocuments(Map.of(), Map.of(), Map.of(), Map.of());

  /** Copies the maps. */
  public DirectoryDocuments {
    consensuses = Map.copyOf(consensuses);
    certificates = Map.copyOf(certificates);
    microdescriptors = Map.copyOf(microdescriptors);
    descriptors = Map.copyOf(descriptors);
  }

  /** The latest consensus of a flavour. */
  public Optional<Consensus> consensus(ConsensusFlavor flavor) {
    return Optional.ofNullable(consensuses.get(flavor));
  }
}
