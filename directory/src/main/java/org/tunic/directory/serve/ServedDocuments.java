package org.tunic.directory.serve;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Stream;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.Consensus;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.extrainfo.ExtraInfo;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterContents.ExtraInfoDigests;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;

/**
 * All documents to be served, at one moment. Each part has one writer, who replaces it as a whole.
 *
 * <p>Threads: immutable.
 *
 * @param own what we signed ourselves
 * @param uploaded an authority's: descriptors uploaded to it, microdescriptors it voted for, and
 *     the consensus as soon as it may be used; empty elsewhere
 * @param cached what was fetched from others
 * @param voting an authority's votes and pending consensus; empty elsewhere
 */
public record ServedDocuments(
    OwnDocuments own, DocumentSet uploaded, DocumentSet cached, VotingDocuments voting) {
  /** Nothing. */
  public static final ServedDocuments NONE =
      new ServedDocuments(
          OwnDocuments.NONE, DocumentSet.EMPTY, DocumentSet.EMPTY, VotingDocuments.NONE);

  /** With these of our own. */
  public ServedDocuments withOwn(OwnDocuments next) {
    return new ServedDocuments(next, uploaded, cached, voting);
  }

  /** With these at the authority. */
  public ServedDocuments withUploaded(DocumentSet next) {
    return new ServedDocuments(own, next, cached, voting);
  }

  /** With these in the cache. */
  public ServedDocuments withCached(DocumentSet next) {
    return new ServedDocuments(own, uploaded, next, voting);
  }

  /** With these of the voting round. */
  public ServedDocuments withVoting(VotingDocuments next) {
    return new ServedDocuments(own, uploaded, cached, next);
  }

  // ---- what requests ask for ----

  /** The latest consensus of a flavour. */
  Optional<Consensus> consensus(ConsensusFlavor flavor) {
    return later(uploaded.consensus(flavor), cached.consensus(flavor), ServedDocuments::newer);
  }

  /** Every key certificate, each once. */
  List<KeyCertificate> certificates() {
    List<KeyCertificate> all = new ArrayList<>();
    Stream.of(
            Optional.ofNullable(own.certificate()).stream(),
            uploaded.certificates().stream(),
            cached.certificates().stream())
        .flatMap(Function.identity())
        .filter(c -> all.stream().noneMatch(known -> known.text().equals(c.text())))
        .forEach(all::add);
    return all;
  }

  /** By SHA-256 digest. */
  Optional<Microdescriptor> microdescriptor(Bytes digest) {
    return uploaded.microdescriptor(digest).or(() -> cached.microdescriptor(digest));
  }

  /** By SHA-1 digest. */
  Optional<RouterDescriptor> descriptor(Bytes digest) {
    return Optional.ofNullable(own.descriptor())
        .filter(d -> d.digest().equals(digest))
        .or(() -> uploaded.descriptor(digest))
        .or(() -> cached.descriptor(digest));
  }

  /** The newest of a relay; of ourselves, what we signed last. */
  Optional<RouterDescriptor> descriptorOf(RsaIdentity relay) {
    return Optional.ofNullable(own.descriptor())
        .filter(d -> d.identity().equals(relay))
        .or(
            () ->
                later(
                    uploaded.descriptorOf(relay),
                    cached.descriptorOf(relay),
                    ServedDocuments::newer));
  }

  /** The newest descriptor of every relay, ordered by identity. */
  Collection<RouterDescriptor> allDescriptors() {
    Map<RsaIdentity, RouterDescriptor> all = new TreeMap<>();
    for (DocumentSet set : List.of(uploaded, cached)) {
      set.newestDescriptors().forEach(d -> all.merge(d.identity(), d, ServedDocuments::newer));
    }
    if (own.descriptor() != null) {
      all.put(own.descriptor().identity(), own.descriptor());
    }
    return all.values();
  }

  /** By SHA-1 digest. */
  Optional<ExtraInfo> extraInfo(Bytes digest) {
    return Optional.ofNullable(own.extraInfo())
        .filter(e -> e.digests().sha1().equals(digest))
        .or(() -> uploaded.extraInfo(digest))
        .or(() -> cached.extraInfo(digest));
  }

  /** The one that this descriptor names. */
  Optional<ExtraInfo> extraInfoOf(RouterDescriptor descriptor) {
    return descriptor
        .contents()
        .extraInfoDigests()
        .map(ExtraInfoDigests::sha1)
        .flatMap(this::extraInfo);
  }

  static RouterDescriptor newer(RouterDescriptor a, RouterDescriptor b) {
    return a.published().isBefore(b.published()) ? b : a;
  }

  private static Consensus newer(Consensus a, Consensus b) {
    return a.lifetime().validAfter().isBefore(b.lifetime().validAfter()) ? b : a;
  }

  private static <T> Optional<T> later(Optional<T> a, Optional<T> b, BinaryOperator<T> newer) {
    return a.isPresent() && b.isPresent()
        ? Optional.of(newer.apply(a.get(), b.get()))
        : a.or(() -> b);
  }
}
