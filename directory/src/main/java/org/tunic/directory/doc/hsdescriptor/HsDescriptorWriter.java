package org.tunic.directory.doc.hsdescriptor;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.ByteWriter;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.cert.CertificateType;
import org.tunic.crypto.cert.Ed25519Certificate;
import org.tunic.crypto.hs.AuthorizedClient;
import org.tunic.crypto.hs.DescriptorCookie;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.crypto.hs.HsBlindedKeypair;
import org.tunic.crypto.hs.HsClientPublicKey;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.Ed25519;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.directory.linkspec.LinkSpecifier;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocTime;
import org.tunic.directory.netdoc.NetdocWriter;

/**
 * Makes descriptors, item by item as C tor does.
 *
 * <p>A service keeps one for each time period: the signing key lives as long as the period's
 * descriptor does. Salts, the ephemeral key and the cookie are new in every document, and lines of
 * no client fill the authorised clients up to a multiple of 16 in random order, so that a directory
 * does not learn whether anything changed or how many clients there are.
 *
 * <p>Spec: rend-spec/hsdesc-outer, rend-spec/hsdesc-encrypt
 *
 * <p>Threads: its owner's; borrows its keys.
 */
public final class HsDescriptorWriter {
  /** What a directory is told to keep a descriptor for. */
  public static final Duration LIFETIME = Duration.ofHours(3);

  /** How long certificates in a descriptor are good for. */
  public static final Duration CERTIFICATE_LIFETIME = Duration.ofHours(54);

  /** Authorised clients come in multiples of this. */
  static final int CLIENT_MULTIPLE = 16;

  private final HsBlindedKeypair blinded;
  private final Ed25519Keypair signingKey;
  private final SecureRandom random;

  /**
   * A writer for one period.
   *
   * @param blinded the service's key of the period
   * @param signingKey the descriptor signing key, made for this period alone
   */
  public HsDescriptorWriter(
      HsBlindedKeypair blinded, Ed25519Keypair signingKey, SecureRandom random) {
    this.blinded = blinded;
    this.signingKey = signingKey;
    this.random = random;
  }

  /**
   * Makes a descriptor.
   *
   * @param clients who may read it; empty for everybody
   * @param revisionCounter must exceed that of every descriptor before, see {@code
   *     RevisionCounters}
   * @param maxLength what directories accept, see {@link HsDescriptor#DEFAULT_MAX_LENGTH}
   * @throws DocumentSyntaxException if it comes out too long: fewer clients or introduction points
   */
  public HsDescriptor write(
      HsDescriptorContent content,
      Collection<HsClientPublicKey> clients,
      long revisionCounter,
      int maxLength,
      Instant now)
      throws DocumentSyntaxException {
    HsBlindedId id = blinded.id();
    Subcredential subcredential = blinded.subcredential();
    byte[] inner = latin1(inner(content, signingKey, now));
    byte[] middle;
    try (@Nullable DescriptorCookie cookie =
            clients.isEmpty() ? null : DescriptorCookie.generate(random);
        NtorOnionKeypair ephemeral = NtorOnionKeypair.generate(random)) {
      Bytes encrypted =
          HsDescriptorLayer.inner(id, cookie, subcredential, revisionCounter)
              .encrypt(inner, random);
      List<AuthorizedClient> lines = lines(clients, ephemeral, cookie);
      middle = latin1(middle(ephemeral.publicKey(), lines, encrypted));
    }
    Bytes superencrypted =
        HsDescriptorLayer.middle(id, subcredential, revisionCounter)
            .encrypt(HsDescriptorLayer.padded(middle), random);
    NetdocText text = outer(superencrypted, revisionCounter, now);
    return HsDescriptor.parse(text, maxLength, now);
  }

  private NetdocText outer(Bytes superencrypted, long revisionCounter, Instant now) {
    Ed25519Certificate certificate =
        blinded.certify(signingKey.identity(), now.plus(CERTIFICATE_LIFETIME));
    NetdocWriter out =
        new NetdocWriter()
            .item("hs-descriptor", 3)
            .item("descriptor-lifetime", LIFETIME.toMinutes())
            .item("descriptor-signing-key-cert")
            .object(Certificates.OBJECT, certificate.encoded().toArray())
            .item("revision-counter", Long.toUnsignedString(revisionCounter))
            .item("superencrypted")
            .object(HsDescriptorReader.MESSAGE, superencrypted.toArray());
    byte[] signature = signingKey.sign(HsDescriptor.signedBytes(out.latin1()));
    return out.item("signature", Base64s.encodeUnpadded(signature)).text();
  }

  private List<AuthorizedClient> lines(
      Collection<HsClientPublicKey> clients,
      NtorOnionKeypair ephemeral,
      @Nullable DescriptorCookie cookie) {
    List<AuthorizedClient> lines = new ArrayList<>();
    if (cookie != null) {
      for (HsClientPublicKey client : clients) {
        lines.add(AuthorizedClient.of(client, ephemeral, blinded.subcredential(), cookie, random));
      }
    }
    int wanted = Math.max(1, Math.ceilDiv(lines.size(), CLIENT_MULTIPLE)) * CLIENT_MULTIPLE;
    while (lines.size() < wanted) {
      lines.add(AuthorizedClient.fake(random));
    }
    Collections.shuffle(lines, random);
    return lines;
  }

  /** The middle layer: C tor ends it without a line end. */
  static String middle(NtorPublicKey ephemeral, List<AuthorizedClient> lines, Bytes encrypted) {
    NetdocWriter out =
        new NetdocWriter()
            .item("desc-auth-type", "x25519")
            .item("desc-auth-ephemeral-key", base64(ephemeral.bytes()));
    for (AuthorizedClient line : lines) {
      out.item(
          "auth-client",
          Base64s.encodeUnpadded(line.clientId().toArray()),
          Base64s.encodeUnpadded(line.iv().toArray()),
          Base64s.encodeUnpadded(line.encryptedCookie().toArray()));
    }
    String text =
        out.item("encrypted").object(HsDescriptorReader.MESSAGE, encrypted.toArray()).latin1();
    return text.substring(0, text.length() - 1);
  }

  /** The inner layer, with certificates by {@code signingKey}. */
  static String inner(HsDescriptorContent content, Ed25519Keypair signingKey, Instant now) {
    NetdocWriter out = new NetdocWriter().item("create2-formats", 2);
    if (content.introAuthRequired()) {
      out.item("intro-auth-required", "ed25519");
    }
    if (content.singleOnionService()) {
      out.item("single-onion-service");
    }
    content
        .flowControl()
        .ifPresent(f -> out.item("flow-control", f.versions(), f.sendmeIncrement()));
    content
        .pow()
        .ifPresent(
            pow ->
                out.item(
                    "pow-params",
                    "v1",
                    base64(pow.seed().bytes()),
                    pow.suggestedEffort(),
                    NetdocTime.format(pow.expires()).replace(' ', 'T')));
    Instant expires = now.plus(CERTIFICATE_LIFETIME);
    for (HsIntroPoint point : content.introPoints()) {
      introPoint(out, point, signingKey, expires);
    }
    return out.latin1();
  }

  private static void introPoint(
      NetdocWriter out, HsIntroPoint point, Ed25519Keypair signingKey, Instant expires) {
    ByteWriter specifiers = new ByteWriter(96);
    LinkSpecifier.encodeList(point.specifiers(), specifiers);
    Ed25519Identity encKeyForm = Ed25519.fromCurve25519(point.keys().encKey(), 0);
    out.item("introduction-point", Base64s.encode(specifiers.toArray()))
        .item("onion-key", "ntor", base64(point.onionKey().bytes()))
        .item("auth-key")
        .object(
            Certificates.OBJECT,
            certificate(
                CertificateType.HS_INTRO_AUTHENTICATION,
                point.keys().authKey(),
                signingKey,
                expires))
        .item("enc-key", "ntor", base64(point.keys().encKey().bytes()))
        .item("enc-key-cert")
        .object(
            Certificates.OBJECT,
            certificate(CertificateType.HS_INTRO_ENCRYPTION, encKeyForm, signingKey, expires));
  }

  private static byte[] certificate(
      CertificateType type, Ed25519Identity key, Ed25519Keypair signingKey, Instant expires) {
    return Ed25519Certificate.certify(type, expires, key, signingKey, true).encoded().toArray();
  }

  private static String base64(Bytes bytes) {
    return Base64s.encode(bytes.toArray());
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
