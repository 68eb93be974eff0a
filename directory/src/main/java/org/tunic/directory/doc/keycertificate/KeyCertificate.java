package org.tunic.directory.doc.keycertificate;

import static org.tunic.directory.netdoc.ItemTable.atMostOnce;
import static org.tunic.directory.netdoc.ItemTable.exactlyOnce;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.RsaPublicKey;
import org.tunic.crypto.key.RsaSecretKey;
import org.tunic.directory.doc.Documents;
import org.tunic.directory.doc.Fields;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.Item;
import org.tunic.directory.netdoc.ItemTable;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocTime;
import org.tunic.directory.netdoc.NetdocWriter;
import org.tunic.directory.netdoc.Section;

/**
 * An authority key certificate whose two signatures hold. Whether the identity is that of a
 * configured authority, and whether the certificate is still valid, is the caller's to check.
 *
 * <p>Spec: dir-spec/creating-key-certificates. Threads: immutable.
 *
 * @param text the certificate itself
 * @param dirAddress where the authority's directory port is; null if not said
 * @param identity SHA-1 of the identity key: the {@code v3ident}
 * @param published when it was made
 * @param expires until when the signing key counts
 * @param identityKey the long-term key
 * @param signingKey the key that signs votes and consensuses
 */
public record KeyCertificate(
    NetdocText text,
    @Nullable RelayAddress dirAddress,
    RsaIdentity identity,
    Instant published,
    Instant expires,
    RsaPublicKey identityKey,
    RsaPublicKey signingKey) {

  /** Longest certificate believed, in bytes. */
  public static final int MAX_LENGTH = 128 * 1024;

  private static final String SIGNATURE = "SIGNATURE";
  private static final String ID_SIGNATURE = "ID SIGNATURE";

  private static final ItemTable ITEMS =
      ItemTable.of(
          exactlyOnce("dir-key-certificate-version").asFirst().args(1),
          atMostOnce("dir-address").args(1),
          exactlyOnce("fingerprint").args(1),
          exactlyOnce("dir-key-published").args(2),
          exactlyOnce("dir-key-expires").args(2),
          exactlyOnce("dir-identity-key").exactArgs(0).object("RSA PUBLIC KEY"),
          exactlyOnce("dir-signing-key").exactArgs(0).object("RSA PUBLIC KEY"),
          exactlyOnce("dir-key-crosscert").exactArgs(0).anyObject(),
          exactlyOnce("dir-key-certification").exactArgs(0).asLast().object(SIGNATURE));

  /**
   * Reads one certificate and checks its signatures.
   *
   * @throws DocumentSyntaxException if it is malformed, or a signature does not hold: drop it
   */
  public static KeyCertificate parse(NetdocText text) throws DocumentSyntaxException {
    if (text.length() > MAX_LENGTH) {
      throw new DocumentSyntaxException("dir-key-certificate-version", 0, "far too long");
    }
    Section items = ITEMS.read(text);
    Item version = items.one("dir-key-certificate-version");
    if (!version.arg(0).equals("3")) {
      throw version.fault("unknown version");
    }
    RsaPublicKey identityKey = Fields.rsaKey(items.one("dir-identity-key"));
    RsaPublicKey signingKey = Fields.rsaKey(items.one("dir-signing-key"));
    Item fingerprint = items.one("fingerprint");
    RsaIdentity identity = Fields.hexIdentity(fingerprint, 0);
    if (!identityKey.identity().equals(identity)) {
      throw fingerprint.fault("not that of the identity key");
    }
    Item address = items.orNull("dir-address");
    KeyCertificate certificate =
        new KeyCertificate(
            text.part(version.start(), items.one("dir-key-certification").end()),
            address == null ? null : address(address),
            identity,
            NetdocTime.at(items.one("dir-key-published"), 0),
            NetdocTime.at(items.one("dir-key-expires"), 0),
            identityKey,
            signingKey);
    checkSignatures(items, certificate);
    return certificate;
  }

  private static RelayAddress address(Item item) throws DocumentSyntaxException {
    return RelayAddress.parse(item.arg(0))
        .filter(RelayAddress::isIpv4)
        .orElseThrow(() -> item.fault("no IPv4 address with a port"));
  }

  private static void checkSignatures(Section items, KeyCertificate certificate)
      throws DocumentSyntaxException {
    Item crossCertificate = items.one("dir-key-crosscert");
    // The label is "ID SIGNATURE", but C tor takes any.
    byte[] crossSignature = crossCertificate.anyObject();
    Item certification = items.one("dir-key-certification");
    byte[] digest =
        items
            .document()
            .sha1(items.one("dir-key-certificate-version").start(), certification.lineEnd());
    boolean crossHolds =
        certificate
            .signingKey()
            .verifyBare(certificate.identity().bytes().toArray(), crossSignature);
    boolean holds = certificate.identityKey().verifyBare(digest, certification.object(SIGNATURE));
    if (!crossHolds) {
      throw crossCertificate.fault("signature does not hold");
    }
    if (!holds) {
      throw certification.fault("signature does not hold");
    }
  }

  /** Reads many, one after the other; malformed ones are left out. */
  public static List<KeyCertificate> parseAll(NetdocText text) {
    return Documents.parseAll(text, "dir-key-certificate-version", KeyCertificate::parse);
  }

  /**
   * Makes a certificate.
   *
   * @param dirAddress the authority's directory port; null to leave it out
   * @param published whole seconds
   * @param expires whole seconds, after {@code published}
   */
  public static KeyCertificate create(
      RsaSecretKey identityKey,
      RsaSecretKey signingKey,
      @Nullable RelayAddress dirAddress,
      Instant published,
      Instant expires) {
    RsaIdentity identity = identityKey.publicKey().identity();
    NetdocWriter out = new NetdocWriter().item("dir-key-certificate-version", 3);
    if (dirAddress != null) {
      out.item("dir-address", dirAddress.unredacted());
    }
    out.item("fingerprint", identity.hex())
        .item("dir-key-published", NetdocTime.format(published))
        .item("dir-key-expires", NetdocTime.format(expires))
        .item("dir-identity-key")
        .raw(identityKey.publicKey().toPem())
        .item("dir-signing-key")
        .raw(signingKey.publicKey().toPem())
        .item("dir-key-crosscert")
        .object(ID_SIGNATURE, signingKey.signBare(identity.bytes().toArray()))
        .item("dir-key-certification");
    NetdocText signed = out.text();
    out.object(SIGNATURE, identityKey.signBare(signed.sha1(0, signed.length())));
    try {
      return parse(out.text());
    } catch (DocumentSyntaxException e) {
      throw new IllegalStateException("we made a certificate that does not parse", e);
    }
  }

  /** SHA-1 of the signing key: with {@link #identity} it names the certificate. */
  public RsaIdentity signingKeyDigest() {
    return signingKey.identity();
  }

  /** Whether {@code now} is before its expiry. */
  public boolean isValid(Instant now) {
    return now.isBefore(expires);
  }

  /** Where the authority's directory port is, if the certificate says. */
  public Optional<RelayAddress> address() {
    return Optional.ofNullable(dirAddress);
  }

  /** Whether a bare signature by the signing key over this digest holds. */
  public boolean verify(byte[] digest, Bytes signature) {
    return signingKey.verifyBare(digest, signature.toArray());
  }

  /** The fingerprint. */
  @Override
  public String toString() {
    return "key certificate of " + identity.hex();
  }
}
