package org.tunic.directory.doc.extrainfo;

import static org.tunic.directory.netdoc.ItemTable.exactlyOnce;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.cert.Ed25519Certificate;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.RsaPublicKey;
import org.tunic.directory.doc.Documents;
import org.tunic.directory.doc.Fields;
import org.tunic.directory.doc.routerdescriptor.DescriptorSignatures;
import org.tunic.directory.doc.routerdescriptor.RelaySigningKeys;
import org.tunic.directory.doc.routerdescriptor.RouterContents.ExtraInfoDigests;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.Item;
import org.tunic.directory.netdoc.ItemTable;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocTime;
import org.tunic.directory.netdoc.NetdocWriter;
import org.tunic.directory.netdoc.Section;

/**
 * An extra-info document whose Ed25519 signature holds. The RSA signature needs the identity key,
 * which only the descriptor has: see {@link #belongsTo}.
 *
 * <p>Spec: dir-spec/extra-info-document-format. Threads: immutable.
 *
 * @param text the document, from {@code extra-info} to the end of its RSA signature
 * @param digests what the descriptor names it by: SHA-1 of the part the RSA signature covers,
 *     SHA-256 of all
 * @param nickname the relay's nickname
 * @param identity SHA-1 of the relay's identity key, as the document claims
 * @param published when it was made
 * @param signingCertificate certificate of the Ed25519 signing key
 * @param rsaSignature not yet checked; 128 to 512 bytes
 */
public record ExtraInfo(
    NetdocText text,
    ExtraInfoDigests digests,
    String nickname,
    RsaIdentity identity,
    Instant published,
    Ed25519Certificate signingCertificate,
    Bytes rsaSignature) {

  /** Longest document an authority accepts, in bytes. */
  public static final int MAX_UPLOAD_LENGTH = 50_000;

  /** Longest document read, in bytes. */
  public static final int MAX_LENGTH = 128 * 1024;

  private static final int MIN_SIGNATURE = 128;
  private static final int MAX_SIGNATURE = 512;

  // Statistics are many and nobody but researchers reads them: they pass as unknown keywords.
  private static final ItemTable ITEMS =
      ItemTable.of(
          exactlyOnce("extra-info").asFirst().args(2),
          exactlyOnce("identity-ed25519").at(1).exactArgs(0).object("ED25519 CERT"),
          exactlyOnce("published").args(2),
          exactlyOnce("router-sig-ed25519").asLastButOne().args(1),
          exactlyOnce("router-signature").exactArgs(0).asLast().object("SIGNATURE"));

  /**
   * Reads a document and checks its Ed25519 signature.
   *
   * @throws DocumentSyntaxException if it is malformed or the signature does not hold: drop it
   */
  public static ExtraInfo parse(NetdocText given) throws DocumentSyntaxException {
    if (given.length() > MAX_LENGTH) {
      throw new DocumentSyntaxException("extra-info", 0, "document far too long");
    }
    Section items = ITEMS.read(given);
    Item first = items.one("extra-info");
    int start = first.start();
    Item rsa = items.one("router-signature");
    byte[] rsaSignature = rsa.object("SIGNATURE");
    if (rsaSignature.length < MIN_SIGNATURE || rsaSignature.length > MAX_SIGNATURE) {
      throw rsa.fault("signature of a wrong length");
    }
    Ed25519Certificate certificate =
        DescriptorSignatures.certificate(items.one("identity-ed25519"));
    DescriptorSignatures.checkEd25519(given, start, items.one("router-sig-ed25519"), certificate);
    return new ExtraInfo(
        given.part(start, rsa.end()),
        new ExtraInfoDigests(
            DescriptorSignatures.rsaDigest(given, start),
            Bytes.copyOf(given.sha256(start, rsa.end()))),
        Fields.nickname(first, 0),
        Fields.hexIdentity(first, 1),
        NetdocTime.at(items.one("published"), 0),
        certificate,
        Bytes.copyOf(rsaSignature));
  }

  /** Reads many, one after the other; malformed ones are left out. */
  public static List<ExtraInfo> parseAll(NetdocText text) {
    return Documents.parseAll(text, "extra-info", ExtraInfo::parse);
  }

  /**
   * Makes and signs a document.
   *
   * @param statistics further lines, without line ends; one character per byte
   */
  public static ExtraInfo sign(
      String nickname, Instant published, List<String> statistics, RelaySigningKeys keys) {
    NetdocWriter out = new NetdocWriter().item("extra-info", nickname, keys.ids().rsa().hex());
    DescriptorSignatures.writeCertificate(out, keys);
    out.item("published", NetdocTime.format(published));
    statistics.forEach(out::item);
    DescriptorSignatures.sign(out, keys);
    try {
      return parse(out.text());
    } catch (DocumentSyntaxException e) {
      throw new IllegalStateException("we made an extra-info document that does not parse", e);
    }
  }

  /**
   * Whether this is the document that {@code descriptor} names: identity, both digests, the signing
   * certificate and the RSA signature.
   */
  public boolean belongsTo(RouterDescriptor descriptor) {
    ExtraInfoDigests named = descriptor.contents().extraInfo();
    return named != null
        && identity.equals(descriptor.identity())
        && named.sha1().equals(digests.sha1())
        && (named.sha256() == null || Objects.equals(named.sha256(), digests.sha256()))
        && descriptor.ids().ed().equals(signingCertificate.namedSigner())
        && verify(descriptor.identityKey());
  }

  /** Whether the RSA signature is one by this identity key. */
  public boolean verify(RsaPublicKey identityKey) {
    return identityKey.identity().equals(identity)
        && identityKey.verifyBare(digests.sha1().toArray(), rsaSignature.toArray());
  }

  /** The fingerprint. Names a relay: for debug logs only. */
  @Override
  public String toString() {
    return "extra-info of " + identity;
  }
}
