package org.tunic.directory.doc.routerdescriptor;

import static org.tunic.directory.netdoc.ItemTable.anyNumber;
import static org.tunic.directory.netdoc.ItemTable.atMostOnce;
import static org.tunic.directory.netdoc.ItemTable.exactlyOnce;
import static org.tunic.directory.netdoc.ItemTable.never;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.cert.CertificateType;
import org.tunic.crypto.cert.Ed25519Certificate;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RelayIds;
import org.tunic.crypto.key.Ed25519;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.crypto.key.RsaPublicKey;
import org.tunic.directory.doc.Fields;
import org.tunic.directory.doc.routerdescriptor.RouterContents.Bandwidth;
import org.tunic.directory.doc.routerdescriptor.RouterContents.ExtraInfoDigests;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.Item;
import org.tunic.directory.netdoc.ItemTable;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocTime;
import org.tunic.directory.netdoc.Section;
import org.tunic.directory.policy.ExitPolicy;
import org.tunic.directory.policy.PolicySummary;
import org.tunic.directory.policy.PolicySyntaxException;

/**
 * Reads a router descriptor and checks all its signatures.
 *
 * <p>Authorities must agree on which descriptors are good, so it accepts and refuses what C tor
 * does, oddities included: a malformed {@code extra-info-digest} is ignored, a malformed {@code
 * family} is not; {@code accept6} and {@code reject6} are refused.
 *
 * <p>Spec: dir-spec/server-descriptor-format. Threads: one caller.
 */
final class RouterDescriptorParser {
  private static final int RSA_BITS = 1024;
  private static final int SHA1_LENGTH = 20;
  private static final int SHA256_LENGTH = 32;
  private static final String ED25519_CERT = "ED25519 CERT";

  private static final ItemTable ITEMS =
      ItemTable.of(
          exactlyOnce("router").asFirst().args(5),
          exactlyOnce("identity-ed25519").at(1).exactArgs(0).object(ED25519_CERT),
          exactlyOnce("master-key-ed25519").args(1),
          anyNumber("or-address").args(1),
          atMostOnce("platform"),
          exactlyOnce("proto"),
          exactlyOnce("published").args(2),
          atMostOnce("fingerprint"),
          atMostOnce("uptime").args(1),
          exactlyOnce("bandwidth").args(3),
          atMostOnce("extra-info-digest").args(1),
          atMostOnce("caches-extra-info").exactArgs(0),
          atMostOnce("onion-key").exactArgs(0).object("RSA PUBLIC KEY"),
          exactlyOnce("signing-key").exactArgs(0).object("RSA PUBLIC KEY"),
          atMostOnce("onion-key-crosscert").exactArgs(0).object("CROSSCERT"),
          exactlyOnce("ntor-onion-key-crosscert").exactArgs(1).object(ED25519_CERT),
          atMostOnce("family"),
          anyNumber("family-cert").anyObject(),
          atMostOnce("hibernating").args(1),
          atMostOnce("hidden-service-dir").exactArgs(0),
          atMostOnce("allow-single-hop-exits").exactArgs(0),
          atMostOnce("contact"),
          exactlyOnce("ntor-onion-key").args(1),
          anyNumber("accept"),
          anyNumber("reject"),
          never("accept6"),
          never("reject6"),
          atMostOnce("read-history"),
          atMostOnce("write-history"),
          atMostOnce("ipv6-policy"),
          atMostOnce("tunnelled-dir-server").exactArgs(0),
          exactlyOnce("router-sig-ed25519").asLastButOne().args(1),
          exactlyOnce("router-signature").exactArgs(0).asLast().object("SIGNATURE"));

  private final NetdocText given;
  private final Section items;
  private final int start;

  RouterDescriptorParser(NetdocText given) throws DocumentSyntaxException {
    if (given.length() > RouterDescriptor.MAX_LENGTH) {
      throw new DocumentSyntaxException("router", 0, "descriptor far too long");
    }
    this.given = given;
    this.items = ITEMS.read(given);
    this.start = items.one("router").start();
  }

  RouterDescriptor parse() throws DocumentSyntaxException {
    RouterContents contents = contents();
    RsaPublicKey identityKey = rsaKey1024(items.one("signing-key"));
    Item certificateItem = items.one("identity-ed25519");
    Ed25519Certificate signing = DescriptorSignatures.certificate(certificateItem);
    Ed25519Identity master =
        signing.namedSigner().orElseThrow(() -> certificateItem.fault("names no signer"));
    RelayIds ids = new RelayIds(identityKey.identity(), master);
    checkNames(ids, master);
    NtorPublicKey ntor = Fields.ntorKey(items.one("ntor-onion-key"), 0);
    RsaPublicKey tap = tapKey(ids, master);
    Instant ntorExpires = checkNtor(ntor, master);
    Family family = family(master);
    Bytes digest = checkSignatures(signing, identityKey);
    return new RouterDescriptor(
        given.part(start, items.one("router-signature").end()),
        digest,
        ids,
        contents,
        identityKey,
        tap,
        ntor,
        family.ids(),
        earliest(earliest(signing.expires(), ntorExpires), family.expires()));
  }

  private RouterContents contents() throws DocumentSyntaxException {
    Item router = items.one("router");
    RelayAddress orPort = new RelayAddress(Fields.ipv4(router, 1), Fields.port(router, 2));
    if (orPort.port() == 0) {
      throw router.fault("no OR port");
    }
    Item uptime = items.orNull("uptime");
    Item hibernating = items.orNull("hibernating");
    return new RouterContents(
        Fields.nickname(router, 0),
        orPort,
        Fields.port(router, 4),
        Fields.ipv6OrPort(items.all("or-address")).orElse(null),
        argumentText("platform"),
        argumentText("proto"),
        NetdocTime.at(items.one("published"), 0),
        uptime == null ? 0 : uptime.number(0, 0, Long.MAX_VALUE),
        bandwidth(items.one("bandwidth")),
        extraInfo(),
        items.has("caches-extra-info"),
        declaredFamily(),
        hibernating != null && !hibernating.arg(0).equals("0"),
        items.has("hidden-service-dir"),
        argumentText("contact"),
        policy(),
        policy6(),
        items.has("tunnelled-dir-server"));
  }

  private String argumentText(String keyword) {
    Item item = items.orNull(keyword);
    return item == null ? "" : item.argumentText();
  }

  private static Bandwidth bandwidth(Item item) throws DocumentSyntaxException {
    return new Bandwidth(
        (int) item.number(0, 1, Integer.MAX_VALUE),
        (int) item.number(1, 0, Integer.MAX_VALUE),
        (int) item.number(2, 0, Integer.MAX_VALUE));
  }

  /** Malformed digests are as good as none. */
  private @Nullable ExtraInfoDigests extraInfo() {
    Item item = items.orNull("extra-info-digest");
    if (item == null) {
      return null;
    }
    try {
      Bytes sha1 = Fields.hex(item, 0, SHA1_LENGTH);
      Bytes sha256 = item.argCount() < 2 ? null : Fields.base64(item, 1, SHA256_LENGTH);
      return new ExtraInfoDigests(sha1, sha256);
    } catch (DocumentSyntaxException e) {
      return null;
    }
  }

  private List<String> declaredFamily() throws DocumentSyntaxException {
    Item item = items.orNull("family");
    if (item == null) {
      return List.of();
    }
    for (String member : item.args()) {
      if (!Fields.isNicknameOrFingerprint(member)) {
        throw item.fault("member is neither nickname nor fingerprint");
      }
    }
    return item.args();
  }

  private ExitPolicy policy() throws DocumentSyntaxException {
    List<Item> rules = new ArrayList<>(items.all("accept"));
    rules.addAll(items.all("reject"));
    if (rules.isEmpty()) {
      throw new DocumentSyntaxException("accept or reject", 0, "missing");
    }
    rules.sort(Comparator.comparingInt(Item::start));
    List<String> lines = new ArrayList<>(rules.size());
    for (Item rule : rules) {
      lines.add(rule.keyword() + " " + rule.argumentText());
    }
    try {
      return ExitPolicy.parseDescriptor(lines);
    } catch (PolicySyntaxException e) {
      throw rules.getFirst().fault("malformed exit policy");
    }
  }

  private PolicySummary policy6() throws DocumentSyntaxException {
    Item item = items.orNull("ipv6-policy");
    if (item == null) {
      return PolicySummary.REJECT_ALL;
    }
    try {
      return PolicySummary.parse(item.argumentText());
    } catch (PolicySyntaxException e) {
      throw item.fault("malformed policy summary");
    }
  }

  private static RsaPublicKey rsaKey1024(Item item) throws DocumentSyntaxException {
    RsaPublicKey key = Fields.rsaKey(item);
    if (key.bits() != RSA_BITS) {
      throw item.fault("RSA key not of 1024 bits");
    }
    return key;
  }

  /** The lines that repeat what the keys say. */
  private void checkNames(RelayIds ids, Ed25519Identity master) throws DocumentSyntaxException {
    Item masterItem = items.one("master-key-ed25519");
    if (!Fields.ed25519(masterItem, 0).equals(master)) {
      throw masterItem.fault("not the key that signed the certificate");
    }
    Item fingerprint = items.orNull("fingerprint");
    if (fingerprint != null
        && !fingerprint.argumentText().replace(" ", "").equalsIgnoreCase(ids.rsa().hex())) {
      throw fingerprint.fault("not that of the identity key");
    }
  }

  private @Nullable RsaPublicKey tapKey(RelayIds ids, Ed25519Identity master)
      throws DocumentSyntaxException {
    Item keyItem = items.orNull("onion-key");
    Item certificate = items.orNull("onion-key-crosscert");
    if (keyItem == null && certificate == null) {
      return null;
    }
    if (keyItem == null || certificate == null) {
      throw new DocumentSyntaxException("onion-key", 0, "without cross-certificate, or reverse");
    }
    RsaPublicKey key = rsaKey1024(keyItem);
    Bytes certified = Bytes.concat(ids.rsa().bytes(), master.bytes());
    if (!key.verifyBare(certified.toArray(), certificate.object("CROSSCERT"))) {
      throw certificate.fault("signature does not hold");
    }
    return key;
  }

  /** The ntor key, as an Ed25519 key, certifies the master identity. Returns the expiry. */
  private Instant checkNtor(NtorPublicKey ntor, Ed25519Identity master)
      throws DocumentSyntaxException {
    Item item = items.one("ntor-onion-key-crosscert");
    int signBit = (int) item.number(0, 0, 1);
    Ed25519Certificate certificate = DescriptorSignatures.parse(item, item.object(ED25519_CERT));
    if (!certificate.type().equals(CertificateType.NTOR_CROSSCERT)
        || certificate.keyType() != Ed25519Certificate.KEY_ED25519
        || !certificate.certifiedKey().equals(master.bytes())
        || certificate.namedSigner().isPresent()) {
      throw item.fault("certifies something else");
    }
    if (!certificate.verify(Ed25519.fromCurve25519(ntor, signBit))) {
      throw item.fault("signature does not hold");
    }
    return certificate.expires();
  }

  /** Proven family identifiers, sorted, and when the first proof expires. */
  private record Family(List<String> ids, Instant expires) {}

  private Family family(Ed25519Identity master) throws DocumentSyntaxException {
    TreeSet<String> ids = new TreeSet<>();
    Instant expires = Instant.MAX;
    for (Item item : items.all("family-cert")) {
      Ed25519Certificate certificate = DescriptorSignatures.parse(item, item.anyObject());
      Ed25519Identity familyKey = certificate.namedSigner().orElse(null);
      if (!certificate.type().equals(CertificateType.FAMILY)
          || familyKey == null
          || !certificate.certifiedKey().equals(master.bytes())) {
        throw item.fault("certifies something else");
      }
      if (!certificate.verify(familyKey)) {
        throw item.fault("signature does not hold");
      }
      ids.add("ed25519:" + familyKey.base64());
      expires = earliest(expires, certificate.expires());
    }
    return new Family(List.copyOf(ids), expires);
  }

  private static Instant earliest(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private Bytes checkSignatures(Ed25519Certificate signing, RsaPublicKey identityKey)
      throws DocumentSyntaxException {
    Item ed25519 = items.one("router-sig-ed25519");
    DescriptorSignatures.checkEd25519(given, start, ed25519, signing);
    Item rsa = items.one("router-signature");
    Bytes digest = DescriptorSignatures.rsaDigest(given, start);
    if (!identityKey.verifyBare(digest.toArray(), rsa.object("SIGNATURE"))) {
      throw rsa.fault("signature does not hold");
    }
    return digest;
  }
}
