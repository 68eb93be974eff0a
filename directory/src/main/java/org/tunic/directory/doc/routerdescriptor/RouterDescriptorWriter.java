package org.tunic.directory.doc.routerdescriptor;

import java.util.Locale;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.cert.CertificateType;
import org.tunic.crypto.cert.Ed25519Certificate;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.key.RsaSecretKey;
import org.tunic.directory.doc.routerdescriptor.RouterContents.ExtraInfoDigests;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocTime;
import org.tunic.directory.netdoc.NetdocWriter;
import org.tunic.directory.policy.PolicySummary;

/**
 * Writes router descriptors, items in C tor's order.
 *
 * <p>Spec: dir-spec/server-descriptor-format. Threads: any, because all functions are pure.
 */
final class RouterDescriptorWriter {
  private static final int FINGERPRINT_GROUP = 4;

  private RouterDescriptorWriter() {}

  static RouterDescriptor write(RouterContents contents, RelaySigningKeys keys) {
    NetdocWriter out = new NetdocWriter();
    writeAddresses(out, contents, keys);
    writeSelf(out, contents, keys);
    writeKeys(out, contents, keys);
    writeRoles(out, contents, keys);
    DescriptorSignatures.sign(out, keys);
    try {
      return RouterDescriptor.parse(out.text());
    } catch (DocumentSyntaxException e) {
      throw new IllegalStateException("we made a descriptor that does not parse", e);
    }
  }

  private static void writeAddresses(
      NetdocWriter out, RouterContents contents, RelaySigningKeys keys) {
    RelayAddress orPort = contents.orPort();
    out.item("router", contents.nickname(), orPort.ipText(), orPort.port(), 0, contents.dirPort());
    DescriptorSignatures.writeCertificate(out, keys);
    out.item("master-key-ed25519", keys.master().base64());
    contents.ipv6().ifPresent(address -> out.item("or-address", address.unredacted()));
  }

  private static void writeSelf(NetdocWriter out, RouterContents contents, RelaySigningKeys keys) {
    RouterContents.Bandwidth bandwidth = contents.bandwidth();
    out.item("platform", contents.platform())
        .item("proto", contents.protocols())
        .item("published", NetdocTime.format(contents.published()))
        .item("fingerprint", grouped(keys.ids().rsa().hex()))
        .item("uptime", contents.uptimeSeconds())
        .item("bandwidth", bandwidth.rate(), bandwidth.burst(), bandwidth.observed());
    contents.extraInfoDigests().ifPresent(digests -> writeExtraInfo(out, digests));
    if (contents.cachesExtraInfo()) {
      out.item("caches-extra-info");
    }
  }

  private static void writeExtraInfo(NetdocWriter out, ExtraInfoDigests digests) {
    String sha1 = digests.sha1().hex().toUpperCase(Locale.ROOT);
    Bytes sha256 = digests.sha256();
    if (sha256 == null) {
      out.item("extra-info-digest", sha1);
    } else {
      out.item("extra-info-digest", sha1, Base64s.encodeUnpadded(sha256.toArray()));
    }
  }

  private static void writeKeys(NetdocWriter out, RouterContents contents, RelaySigningKeys keys) {
    RsaSecretKey tap = keys.tapOnionKey();
    Bytes crossCertified = Bytes.concat(keys.ids().rsa().bytes(), keys.master().bytes());
    out.item("onion-key")
        .raw(tap.publicKey().toPem())
        .item("signing-key")
        .raw(keys.identity().publicKey().toPem())
        .item("onion-key-crosscert")
        .object("CROSSCERT", tap.signBare(crossCertified.toArray()));
    try (Ed25519Keypair ntor = Ed25519Keypair.fromCurve25519(keys.ntorOnionKey())) {
      Ed25519Certificate certificate =
          Ed25519Certificate.certify(
              CertificateType.NTOR_CROSSCERT,
              contents.published().plus(RouterDescriptor.ONION_KEY_LIFETIME),
              keys.master(),
              ntor,
              false);
      out.item("ntor-onion-key-crosscert", ntor.signBit())
          .object("ED25519 CERT", certificate.encoded().toArray());
    }
  }

  private static void writeRoles(NetdocWriter out, RouterContents contents, RelaySigningKeys keys) {
    if (!contents.family().isEmpty()) {
      out.item("family", String.join(" ", contents.family()));
    }
    if (contents.hibernating()) {
      out.item("hibernating", 1);
    }
    if (contents.hiddenServiceDir()) {
      out.item("hidden-service-dir");
    }
    for (Ed25519Keypair family : keys.familyKeys()) {
      out.item("family-cert")
          .object("FAMILY CERT", familyCertificate(contents, keys.master(), family));
    }
    if (!contents.contact().isEmpty()) {
      out.item("contact", contents.contact());
    }
    out.item(
        "ntor-onion-key",
        Base64s.encodeUnpadded(keys.ntorOnionKey().publicKey().bytes().toArray()));
    contents.policy().descriptorLines().forEach(out::item);
    PolicySummary policy6 = contents.policy6();
    if (!policy6.isRejectAll()) {
      out.item("ipv6-policy", policy6);
    }
    if (contents.tunnelledDirServer()) {
      out.item("tunnelled-dir-server");
    }
  }

  private static byte[] familyCertificate(
      RouterContents contents, Ed25519Identity master, Ed25519Keypair family) {
    return Ed25519Certificate.certify(
            CertificateType.FAMILY,
            contents.published().plus(RouterDescriptor.FAMILY_CERTIFICATE_LIFETIME),
            master,
            family,
            true)
        .encoded()
        .toArray();
  }

  /** A fingerprint in groups of four digits. */
  private static String grouped(String hex) {
    StringBuilder groups = new StringBuilder();
    for (int i = 0; i < hex.length(); i += FINGERPRINT_GROUP) {
      groups.append(i == 0 ? "" : " ").append(hex, i, i + FINGERPRINT_GROUP);
    }
    return groups.toString();
  }
}
