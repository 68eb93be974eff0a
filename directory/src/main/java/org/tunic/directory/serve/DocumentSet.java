package org.tunic.directory.serve;

import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.Consensus;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.extrainfo.ExtraInfo;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;

/**
 * Documents of one origin, found by the names that requests use.
 *
 * <p>Threads: immutable; its builder is for one thread.
 */
public final class DocumentSet {
  /** No documents. */
  public static final DocumentSet EMPTY = new Builder().build();

  private final Map<ConsensusFlavor, Consensus> consensuses;
  private final List<KeyCertificate> certificates;
  private final Map<Bytes, Microdescriptor> microdescriptors;
  private final Map<Bytes, RouterDescriptor> descriptors;
  private final Map<RsaIdentity, RouterDescriptor> newest;
  private final Map<Bytes, ExtraInfo> extraInfos;

  private DocumentSet(Builder from) {
    consensuses = Map.copyOf(from.consensuses);
    certificates = List.copyOf(from.certificates.values());
    microdescriptors = Map.copyOf(from.microdescriptors);
    descriptors = Map.copyOf(from.descriptors);
    newest = Map.copyOf(from.newest);
    extraInfos = Map.copyOf(from.extraInfos);
  }

  Optional<Consensus> consensus(ConsensusFlavor flavor) {
    return Optional.ofNullable(consensuses.get(flavor));
  }

  List<KeyCertificate> certificates() {
    return certificates;
  }

  /** By SHA-256 digest. */
  Optional<Microdescriptor> microdescriptor(Bytes digest) {
    return Optional.ofNullable(microdescriptors.get(digest));
  }

  /** By SHA-1 digest of the signed part. */
  Optional<RouterDescriptor> descriptor(Bytes digest) {
    return Optional.ofNullable(descriptors.get(digest));
  }

  /** The newest of a relay. */
  Optional<RouterDescriptor> descriptorOf(RsaIdentity relay) {
    return Optional.ofNullable(newest.get(relay));
  }

  /** The newest of every relay. */
  Collection<RouterDescriptor> newestDescriptors() {
    return newest.values();
  }

  /** By SHA-1 digest of the signed part. */
  Optional<ExtraInfo> extraInfo(Bytes digest) {
    return Optional.ofNullable(extraInfos.get(digest));
  }

  /**
   * Gathers a set. What is added twice counts once.
   *
   * <p>Threads: one.
   */
  public static final class Builder {
    private final Map<ConsensusFlavor, Consensus> consensuses =
        new EnumMap<>(ConsensusFlavor.class);
    private final Map<Bytes, KeyCertificate> certificates = new HashMap<>();
    private final Map<Bytes, Microdescriptor> microdescriptors = new HashMap<>();
    private final Map<Bytes, RouterDescriptor> descriptors = new HashMap<>();
    private final Map<RsaIdentity, RouterDescriptor> newest = new HashMap<>();
    private final Map<Bytes, ExtraInfo> extraInfos = new HashMap<>();

    /** A consensus; of several of one flavour the last counts. */
    public Builder consensus(Consensus consensus) {
      consensuses.put(consensus.flavor(), consensus);
      return this;
    }

    /** Key certificates, old ones included. */
    public Builder certificates(Collection<KeyCertificate> some) {
      for (KeyCertificate certificate : some) {
        Bytes name =
            Bytes.concat(certificate.identity().bytes(), certificate.signingKeyDigest().bytes());
        certificates.merge(
            name, certificate, (a, b) -> a.published().isBefore(b.published()) ? b : a);
      }
      return this;
    }

    /** Microdescriptors. */
    public Builder microdescriptors(Collection<Microdescriptor> some) {
      some.forEach(m -> microdescriptors.put(m.digest(), m));
      return this;
    }

    /** Router descriptors, several of one relay among them; by its identity the newest is found. */
    public Builder descriptors(Collection<RouterDescriptor> some) {
      for (RouterDescriptor descriptor : some) {
        descriptors.put(descriptor.digest(), descriptor);
        newest.merge(descriptor.identity(), descriptor, ServedDocuments::newer);
      }
      return this;
    }

    /** Extra-info documents. */
    public Builder extraInfos(Collection<ExtraInfo> some) {
      some.forEach(e -> extraInfos.put(e.digests().sha1(), e));
      return this;
    }

    /** The set. */
    public DocumentSet build() {
      return new DocumentSet(this);
    }
  }
}
