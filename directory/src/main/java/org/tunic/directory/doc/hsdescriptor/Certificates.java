package org.tunic.directory.doc.hsdescriptor;

import java.time.Instant;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.cert.CertificateType;
import org.tunic.crypto.cert.Ed25519Certificate;
import org.tunic.crypto.cert.UntrustedCertificateException;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.Item;

/** Certificates as objects of items. Threads: any, because it has no state. */
final class Certificates {
  static final String OBJECT = "ED25519 CERT";

  private Certificates() {}

  /** A certificate by the key that it names, as all in descriptors must. */
  static Ed25519Certificate readNamed(Item item, CertificateType type, Instant now)
      throws DocumentSyntaxException {
    try {
      Ed25519Certificate certificate = Ed25519Certificate.parse(item.object(OBJECT));
      Ed25519Identity signer =
          certificate.namedSigner().orElseThrow(() -> item.fault("certificate without its signer"));
      certificate.check(type, signer, now);
      return certificate;
    } catch (MalformedException | UntrustedCertificateException e) {
      throw item.fault(String.valueOf(e.getMessage()));
    }
  }

  /** The same, and the named key is {@code signer}. */
  static Ed25519Certificate readBy(
      Item item, CertificateType type, Ed25519Identity signer, Instant now)
      throws DocumentSyntaxException {
    Ed25519Certificate certificate = readNamed(item, type, now);
    if (!certificate.namedSigner().map(signer::equals).orElse(false)) {
      throw item.fault("certificate by another key");
    }
    return certificate;
  }
}
