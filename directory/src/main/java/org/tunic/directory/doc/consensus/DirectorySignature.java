package org.tunic.directory.doc.consensus;

import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;

/**
 * One authority's signature on a vote or consensus.
 *
 * <p>Spec: dir-spec/consensus-formats, item "directory-signature". Threads: immutable.
 *
 * @param algorithm digest the signature is over: {@code sha1} (the default, not written) or {@code
 *     sha256}; others are kept but never verify
 * @param identity the authority's identity key, by its digest
 * @param signingKeyDigest SHA-1 of the signing key
 * @param signature 128 to 512 bytes
 */
public record DirectorySignature(
    String algorithm, RsaIdentity identity, RsaIdentity signingKeyDigest, Bytes signature) {
  /** The algorithm of the ns flavour and of votes. */
  public static final String SHA1 = "sha1";

  /** The algorithm of the microdesc flavour. */
  public static final String SHA256 = "sha256";

  /** Least and greatest length of a signature, in bytes. */
  public static final int MIN_LENGTH = 128;

  /** Greatest length of a signature, in bytes. */
  public static final int MAX_LENGTH = 512;

  /** Which certificate is needed to check it. */
  public CertificateId certificate() {
    return new CertificateId(identity, signingKeyDigest);
  }

  /**
   * Names a key certificate: the request for it is {@code /tor/keys/fp-sk/IDENTITY-SIGNINGKEY}.
   *
   * @param identity the authority
   * @param signingKeyDigest SHA-1 of its signing key
   */
  public record CertificateId(RsaIdentity identity, RsaIdentity signingKeyDigest) {}
}
