package org.tunic.directory.doc.routerdescriptor;

import java.nio.charset.StandardCharsets;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.cert.CertificateType;
import org.tunic.crypto.cert.Ed25519Certificate;
import org.tunic.crypto.digest.Sha;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.Ed25519;
import org.tunic.directory.doc.Fields;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.Item;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocWriter;

/**
 * What router descriptors and extra-info documents have in common: the certificate of the signing
 * key, and the two signatures at the end.
 *
 * <pre>
 * router-sig-ed25519   signing key over SHA-256(PREFIX | document through "router-sig-ed25519 ")
 * router-signature     RSA identity key over SHA-1(document through "router-signature\n")
 * </pre>
 *
 * <p>Spec: dir-spec/server-descriptor-format. Threads: any, because all functions are pure.
 */
public final class DescriptorSignatures {
  private static final byte[] PREFIX =
      "Tor router descriptor signature v1".getBytes(StandardCharsets.US_ASCII);
  private static final String ED_SIGNATURE = "router-sig-ed25519";
  private static final String RSA_SIGNATURE = "router-signature";
  private static final String CERT_LABEL = "ED25519 CERT";

  private DescriptorSignatures() {}

  /**
   * Reads the certificate of the signing key; its signature is checked, its expiry is not.
   *
   * @throws DocumentSyntaxException if it is malformed, of another kind, or its signature does not
   *     hold
   */
  public static Ed25519Certificate certificate(Item item) throws DocumentSyntaxException {
    Ed25519Certificate certificate = parse(item, item.object(CERT_LABEL));
    Ed25519Identity master = certificate.namedSigner().orElse(null);
    if (!certificate.type().equals(CertificateType.SIGNING)
        || certificate.keyType() != Ed25519Certificate.KEY_ED25519
        || master == null) {
      throw item.fault("not a certificate of a signing key");
    }
    if (!certificate.verify(master)) {
      throw item.fault("signature does not hold");
    }
    return certificate;
  }

  static Ed25519Certificate parse(Item item, byte[] encoded) throws DocumentSyntaxException {
    try {
      return Ed25519Certificate.parse(encoded);
    } catch (MalformedException e) {
      throw item.fault("malformed certificate");
    }
  }

  /** Checks {@code router-sig-ed25519}, made by the certified signing key. */
  public static void checkEd25519(
      NetdocText text, int start, Item item, Ed25519Certificate certificate)
      throws DocumentSyntaxException {
    Bytes signature = Fields.base64(item, 0, Ed25519.SIGNATURE_LENGTH);
    int end = text.endOfSigned(ED_SIGNATURE, ' ', start);
    Ed25519Identity signer = new Ed25519Identity(certificate.certifiedKey());
    if (end <= 0 || !Ed25519.verify(signer, digest(text, start, end), signature)) {
      throw item.fault("signature does not hold");
    }
  }

  private static byte[] digest(NetdocText text, int start, int end) {
    return Sha.sha256(PREFIX, text.part(start, end).bytes());
  }

  /** SHA-1 of what {@code router-signature} covers: the digest that names the document. */
  public static Bytes rsaDigest(NetdocText text, int start) throws DocumentSyntaxException {
    int end = text.endOfSigned(RSA_SIGNATURE, '\n', start);
    if (end <= 0) {
      throw new DocumentSyntaxException(RSA_SIGNATURE, 0, "missing");
    }
    return Bytes.copyOf(text.sha1(start, end));
  }

  /** Appends {@code identity-ed25519}. */
  public static void writeCertificate(NetdocWriter out, RelaySigningKeys keys) {
    out.item("identity-ed25519").object(CERT_LABEL, keys.signingCertificate().encoded().toArray());
  }

  /** Appends both signatures over everything written so far. */
  public static void sign(NetdocWriter out, RelaySigningKeys keys) {
    out.raw(ED_SIGNATURE + " ");
    NetdocText text = out.text();
    out.raw(Base64s.encodeUnpadded(keys.signing().sign(digest(text, 0, text.length()))) + "\n");
    out.item(RSA_SIGNATURE);
    text = out.text();
    out.object("SIGNATURE", keys.identity().signBare(text.sha1(0, text.length())));
  }
}
