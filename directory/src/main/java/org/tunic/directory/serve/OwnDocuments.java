package org.tunic.directory.serve;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.extrainfo.ExtraInfo;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;

/**
 * What this node itself signed: the answers to URLs that end in {@code authority}.
 *
 * <p>Threads: immutable.
 *
 * @param descriptor our latest; null before the first
 * @param extraInfo the one it names; null for none
 * @param certificate our key certificate; null if we are no authority
 */
public record OwnDocuments(
    @Nullable RouterDescriptor descriptor,
    @Nullable ExtraInfo extraInfo,
    @Nullable KeyCertificate certificate) {
  /** Nothing yet. */
  public static final OwnDocuments NONE = new OwnDocuments(null, null, null);

  /** With this descriptor and what belongs to it. */
  public OwnDocuments withDescriptor(RouterDescriptor latest, @Nullable ExtraInfo itsExtraInfo) {
    return new OwnDocuments(latest, itsExtraInfo, certificate);
  }

  /** With this certificate. */
  public OwnDocuments withCertificate(KeyCertificate latest) {
    return new OwnDocuments(descriptor, extraInfo, latest);
  }

  /** Our identity as an authority, the {@code v3ident}. */
  Optional<RsaIdentity> authority() {
    return Optional.ofNullable(certificate).map(KeyCertificate::identity);
  }
}
