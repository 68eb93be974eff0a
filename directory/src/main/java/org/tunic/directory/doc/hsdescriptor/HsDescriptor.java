package org.tunic.directory.doc.hsdescriptor;

import static org.tunic.directory.netdoc.ItemTable.exactlyOnce;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.cert.CertificateType;
import org.tunic.crypto.cert.Ed25519Certificate;
import org.tunic.crypto.hs.HsBlindedId;
import org.tunic.crypto.hs.HsClientKeypair;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.Ed25519;
import org.tunic.directory.doc.Fields;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.Item;
import org.tunic.directory.netdoc.ItemTable;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.Section;

/**
 * The outer document of an onion service's descriptor, version 3: all that its directory sees.
 *
 * <p>To have one is to know that the blinded key in it certified the signing key, that this signed
 * the document, and that the certificate had not expired when it was read. Which service it is of,
 * the blinded key says; whether it is the wanted one, {@link #open} asks.
 *
 * <p>Spec: rend-spec/hsdesc-outer
 *
 * <p>Threads: immutable.
 */
public final class HsDescriptor {
  /** Bytes that no descriptor reaches, unless {@code HSV3MaxDescriptorSize} says otherwise. */
  public static final int DEFAULT_MAX_LENGTH = 50_000;

  /** Longest {@code descriptor-lifetime}. */
  public static final Duration MAX_LIFETIME = Duration.ofHours(12);

  /** Before the signed text. */
  static final String SIGNATURE_PREFIX = "Tor onion service descriptor sig v3";

  private static final int VERSION = 3;
  private static final String CERTIFICATE = "ED25519 CERT";
  private static final String MESSAGE = "MESSAGE";
  private static final int SIGNATURE_CHARACTERS = 86;

  private static final ItemTable ITEMS =
      ItemTable.of(
          exactlyOnce("hs-descriptor").asFirst().exactArgs(1),
          exactlyOnce("descriptor-lifetime").exactArgs(1),
          exactlyOnce("descriptor-signing-key-cert").exactArgs(0).object(CERTIFICATE),
          exactlyOnce("revision-counter").exactArgs(1),
          exactlyOnce("superencrypted").exactArgs(0).object(MESSAGE),
          exactlyOnce("signature").asLast().exactArgs(1));

  private final NetdocText text;
  private final Duration lifetime;
  private final HsBlindedId blindedId;
  private final Ed25519Identity signingKey;
  private final Instant certificateExpires;
  private final long revisionCounter;
  private final Bytes superencrypted;

  private HsDescriptor(
      NetdocText text,
      Duration lifetime,
      Ed25519Certificate certificate,
      HsBlindedId blindedId,
      long revisionCounter,
      Bytes superencrypted) {
    this.text = text;
    this.lifetime = lifetime;
    this.blindedId = blindedId;
    this.signingKey = certificate.certifiedEd25519();
    this.certificateExpires = certificate.expires();
    this.revisionCounter = revisionCounter;
    this.superencrypted = superencrypted;
  }

  /**
   * Reads a descriptor and checks it.
   *
   * @param maxLength bytes that it must stay below, see {@link #DEFAULT_MAX_LENGTH}
   * @param now for the certificate's expiry
   * @throws DocumentSyntaxException if it is too long or malformed, or certificate or signature are
   *     not good: drop it
   */
  public static HsDescriptor parse(NetdocText text, int maxLength, Instant now)
      throws DocumentSyntaxException {
    if (text.length() >= maxLength) {
      throw new DocumentSyntaxException("hs-descriptor", 0, "descriptor too long");
    }
    Section items = ITEMS.read(text);
    items.one("hs-descriptor").number(0, VERSION, VERSION);
    long minutes = items.one("descriptor-lifetime").number(0, 0, MAX_LIFETIME.toMinutes());
    Ed25519Certificate certificate =
        Certificates.readNamed(
            items.one("descriptor-signing-key-cert"), CertificateType.HS_DESCRIPTOR_SIGNING, now);
    Ed25519Identity blinded = certificate.namedSigner().orElseThrow();
    long counter = unsigned(items.one("revision-counter"));
    Item superencrypted = items.one("superencrypted");
    Bytes blob = HsDescriptorLayer.checkLength(superencrypted, superencrypted.object(MESSAGE));
    checkSignature(text, items.one("signature"), certificate.certifiedEd25519());
    return new HsDescriptor(
        text, Duration.ofMinutes(minutes), certificate, new HsBlindedId(blinded), counter, blob);
  }

  private static void checkSignature(NetdocText text, Item item, Ed25519Identity signer)
      throws DocumentSyntaxException {
    if (item.arg(0).length() != SIGNATURE_CHARACTERS) {
      throw item.fault("signature of the wrong length");
    }
    Bytes signature = Fields.base64(item, 0, Ed25519.SIGNATURE_LENGTH);
    // From the start to where the first line of this keyword begins, its newline before included.
    int end = text.text().indexOf("\nsignature ") + 1;
    if (!Ed25519.verify(signer, signedBytes(text.text().substring(0, end)), signature)) {
      throw item.fault("bad signature");
    }
  }

  /** What the signing key signs. */
  static byte[] signedBytes(String latin1) {
    return (SIGNATURE_PREFIX + latin1).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static long unsigned(Item item) throws DocumentSyntaxException {
    String digits = item.arg(0);
    try {
      if (Character.isDigit(digits.charAt(0))) {
        return Long.parseUnsignedLong(digits);
      }
    } catch (NumberFormatException e) {
      throw item.fault("not a number of 64 bits");
    }
    throw item.fault("not a number");
  }

  /** The document itself. */
  public NetdocText text() {
    return text;
  }

  /** How long a directory keeps it. */
  public Duration lifetime() {
    return lifetime;
  }

  /** Under which key it is stored and asked for. */
  public HsBlindedId blindedId() {
    return blindedId;
  }

  /** The key that signed the document and certifies what is inside. */
  public Ed25519Identity signingKey() {
    return signingKey;
  }

  /** When the certificate of the signing key ends. */
  public Instant certificateExpires() {
    return certificateExpires;
  }

  /**
   * Grows with each descriptor of one blinded key; unsigned 64 bits, see {@link
   * Long#compareUnsigned}.
   */
  public long revisionCounter() {
    return revisionCounter;
  }

  /** Whether this one takes the place of {@code stored}, of the same blinded key. */
  public boolean isNewerThan(HsDescriptor stored) {
    return Long.compareUnsigned(revisionCounter, stored.revisionCounter) > 0;
  }

  Bytes superencrypted() {
    return superencrypted;
  }

  /**
   * Opens both layers.
   *
   * @param wanted the blinded key that was asked for
   * @param subcredential of the service in the same period
   * @param client our key for this service, if it authorises its clients; null if we have none
   * @param sendmeIncrement our {@code cc_sendme_inc}, from which the service's may differ by one
   * @throws HsDescriptorRefusedException if it is another service's, cannot be decrypted or says
   *     what C tor refuses; the reason tells what a user could do
   */
  public HsDescriptorContent open(
      HsBlindedId wanted,
      Subcredential subcredential,
      @Nullable HsClientKeypair client,
      int sendmeIncrement,
      Instant now)
      throws HsDescriptorRefusedException {
    if (!wanted.equals(blindedId)) {
      throw new HsDescriptorRefusedException(HsDescriptorRefusedException.Reason.OTHER_SERVICE);
    }
    return HsDescriptorReader.open(this, subcredential, client, sendmeIncrement, now);
  }

  /** Nothing of its contents. */
  @Override
  public String toString() {
    return "HsDescriptor[" + text.length() + " bytes]";
  }
}
