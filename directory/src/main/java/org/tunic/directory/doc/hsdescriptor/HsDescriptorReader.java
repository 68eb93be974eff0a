package org.tunic.directory.doc.hsdescriptor;

import static org.tunic.directory.netdoc.ItemTable.anyNumber;
import static org.tunic.directory.netdoc.ItemTable.atLeastOnce;
import static org.tunic.directory.netdoc.ItemTable.atMostOnce;
import static org.tunic.directory.netdoc.ItemTable.exactlyOnce;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.ByteReader;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.cert.CertificateType;
import org.tunic.crypto.handshake.hsntor.IntroPointKeys;
import org.tunic.crypto.hs.AuthorizedClient;
import org.tunic.crypto.hs.DescriptorCookie;
import org.tunic.crypto.hs.HsClientKeypair;
import org.tunic.crypto.hs.Subcredential;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.crypto.pow.PowSeed;
import org.tunic.directory.doc.Fields;
import org.tunic.directory.doc.hsdescriptor.HsDescriptorRefusedException.Reason;
import org.tunic.directory.linkspec.LinkSpecifier;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.Item;
import org.tunic.directory.netdoc.ItemTable;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocTime;
import org.tunic.directory.netdoc.Section;

/**
 * Reads the two encrypted layers of a descriptor, refusing what C tor refuses.
 *
 * <p>An introduction point that cannot be used is left out, as one of a later kind may be; any
 * other fault refuses the whole.
 *
 * <p>Spec: rend-spec/hsdesc-encrypt
 *
 * <p>Threads: any, because it has no state.
 */
final class HsDescriptorReader {
  static final String MESSAGE = "MESSAGE";

  private static final ItemTable MIDDLE =
      ItemTable.of(
          exactlyOnce("desc-auth-type").asFirst().args(1),
          exactlyOnce("desc-auth-ephemeral-key").args(1),
          atLeastOnce("auth-client").args(3),
          exactlyOnce("encrypted").exactArgs(0).object(MESSAGE));

  private static final ItemTable INNER =
      ItemTable.of(
          exactlyOnce("create2-formats").asFirst(),
          atMostOnce("intro-auth-required").args(1),
          atMostOnce("single-onion-service"),
          atMostOnce("flow-control").args(2),
          anyNumber("pow-params").args(1));

  private static final ItemTable INTRO_POINT =
      ItemTable.of(
          exactlyOnce("introduction-point").asFirst().exactArgs(1),
          atLeastOnce("onion-key").args(2).optionalObject(Certificates.OBJECT),
          exactlyOnce("auth-key").exactArgs(0).object(Certificates.OBJECT),
          exactlyOnce("enc-key").args(2).optionalObject(Certificates.OBJECT),
          exactlyOnce("enc-key-cert").object(Certificates.OBJECT),
          atMostOnce("legacy-key").object("RSA PUBLIC KEY"),
          atMostOnce("legacy-key-cert").anyObject());

  private static final String INTRO_POINT_START = "\nintroduction-point ";
  private static final String NTOR_FORMAT = "2";
  private static final long MAX_EFFORT = 0xffff_ffffL;

  private HsDescriptorReader() {}

  static HsDescriptorContent open(
      HsDescriptor outer,
      Subcredential subcredential,
      @Nullable HsClientKeypair client,
      int sendmeIncrement,
      Instant now)
      throws HsDescriptorRefusedException {
    byte[] middle =
        HsDescriptorLayer.middle(outer.blindedId(), subcredential, outer.revisionCounter())
            .decrypt(outer.superencrypted())
            .orElseThrow(() -> new HsDescriptorRefusedException(Reason.BAD_OUTER_LAYER));
    byte[] inner = openMiddle(outer, middle, subcredential, client);
    try {
      return readInner(NetdocText.of(inner), outer.signingKey(), sendmeIncrement, now);
    } catch (DocumentSyntaxException e) {
      throw new HsDescriptorRefusedException(Reason.BAD_INNER_LAYER);
    }
  }

  private static byte[] openMiddle(
      HsDescriptor outer,
      byte[] middle,
      Subcredential subcredential,
      @Nullable HsClientKeypair client)
      throws HsDescriptorRefusedException {
    List<AuthorizedClient> clients = new ArrayList<>();
    NtorPublicKey ephemeral;
    Bytes encrypted;
    try {
      Section items = MIDDLE.read(NetdocText.of(middle));
      Item type = items.one("desc-auth-type");
      if (!type.arg(0).equals("x25519")) {
        throw type.fault("unknown type of client authorisation");
      }
      ephemeral = Fields.ntorKey(items.one("desc-auth-ephemeral-key"), 0);
      for (Item line : items.all("auth-client")) {
        clients.add(authorizedClient(line));
      }
      Item item = items.one("encrypted");
      encrypted = HsDescriptorLayer.checkLength(item, item.object(MESSAGE));
    } catch (DocumentSyntaxException e) {
      throw new HsDescriptorRefusedException(Reason.BAD_OUTER_LAYER);
    }
    // A client with a key that is in no line tries without a cookie: the service may be open.
    try (@Nullable DescriptorCookie cookie =
        client == null
            ? null
            : AuthorizedClient.findCookie(clients, client, ephemeral, subcredential).orElse(null)) {
      return HsDescriptorLayer.inner(
              outer.blindedId(), cookie, subcredential, outer.revisionCounter())
          .decrypt(encrypted)
          .orElseThrow(
              () ->
                  new HsDescriptorRefusedException(
                      client == null ? Reason.NEEDS_CLIENT_AUTH : Reason.BAD_CLIENT_AUTH));
    }
  }

  private static AuthorizedClient authorizedClient(Item line) throws DocumentSyntaxException {
    return new AuthorizedClient(
        Fields.base64(line, 0, AuthorizedClient.CLIENT_ID_LENGTH),
        Fields.base64(line, 1, AuthorizedClient.IV_LENGTH),
        Fields.base64(line, 2, DescriptorCookie.LENGTH));
  }

  static HsDescriptorContent readInner(
      NetdocText text, Ed25519Identity signingKey, int sendmeIncrement, Instant now)
      throws DocumentSyntaxException {
    Section items = INNER.read(text);
    Item formats = items.one("create2-formats");
    if (!formats.args().contains(NTOR_FORMAT)) {
      throw formats.fault("does not offer ntor");
    }
    Item auth = items.orNull("intro-auth-required");
    if (auth != null && !auth.arg(0).startsWith("ed25519")) {
      throw auth.fault("unknown type of authentication");
    }
    Item flowControl = items.orNull("flow-control");
    List<HsIntroPoint> introPoints = introPoints(text, signingKey, now);
    if (introPoints.size() > HsDescriptorContent.MAX_INTRO_POINTS) {
      throw formats.fault("too many introduction points");
    }
    return new HsDescriptorContent(
        auth != null,
        items.has("single-onion-service"),
        flowControl == null ? null : flowControl(flowControl, sendmeIncrement),
        powParameters(items.all("pow-params")).orElse(null),
        introPoints);
  }

  private static FlowControlOffer flowControl(Item item, int ours) throws DocumentSyntaxException {
    int increment = (int) item.number(1, 1, 255);
    if (Math.abs(increment - ours) > 1) {
      throw item.fault("SENDME increment too far from ours");
    }
    return new FlowControlOffer(item.arg(0), increment);
  }

  private static Optional<PowParameters> powParameters(List<Item> lines)
      throws DocumentSyntaxException {
    PowParameters found = null;
    for (Item line : lines) {
      if (!line.arg(0).equals("v1")) {
        continue;
      }
      if (found != null) {
        throw line.fault("two of version 1");
      }
      found =
          new PowParameters(
              new PowSeed(Fields.base64(line, 1, PowSeed.LENGTH)),
              line.number(2, 0, MAX_EFFORT),
              time(line, line.arg(3)));
    }
    return Optional.ofNullable(found);
  }

  /** {@code YYYY-MM-DDTHH:MM:SS}. */
  private static Instant time(Item line, String text) throws DocumentSyntaxException {
    String[] parts = text.split("T", 2);
    try {
      return NetdocTime.parse(parts[0], parts.length == 2 ? parts[1] : "");
    } catch (DateTimeException e) {
      throw line.fault("not a valid time");
    }
  }

  private static List<HsIntroPoint> introPoints(
      NetdocText text, Ed25519Identity signingKey, Instant now) {
    List<HsIntroPoint> found = new ArrayList<>();
    String all = text.text();
    int start = all.indexOf(INTRO_POINT_START);
    while (start >= 0) {
      int next = all.indexOf(INTRO_POINT_START, start + 1);
      NetdocText part = text.part(start + 1, next < 0 ? all.length() : next + 1);
      try {
        found.add(introPoint(INTRO_POINT.read(part), signingKey, now));
      } catch (DocumentSyntaxException e) {
        // Of a later kind, or broken: C tor too goes on with the others.
      }
      start = next;
    }
    return found;
  }

  private static HsIntroPoint introPoint(Section items, Ed25519Identity signingKey, Instant now)
      throws DocumentSyntaxException {
    List<LinkSpecifier> specifiers = specifiers(items.one("introduction-point"));
    NtorPublicKey onionKey = onionKey(items.all("onion-key"));
    Ed25519Identity authKey =
        Certificates.readBy(
                items.one("auth-key"), CertificateType.HS_INTRO_AUTHENTICATION, signingKey, now)
            .certifiedEd25519();
    Item encKey = items.one("enc-key");
    if (!encKey.arg(0).equals("ntor")) {
      throw encKey.fault("unknown type of key");
    }
    NtorPublicKey key = Fields.ntorKey(encKey, 1);
    // What it certifies is the Edwards form of the key; C tor compares the two nowhere.
    Certificates.readBy(
        items.one("enc-key-cert"), CertificateType.HS_INTRO_ENCRYPTION, signingKey, now);
    if (items.has("legacy-key") && !items.has("legacy-key-cert")) {
      throw items.one("legacy-key").fault("certificate missing");
    }
    return new HsIntroPoint(specifiers, onionKey, new IntroPointKeys(authKey, key));
  }

  private static List<LinkSpecifier> specifiers(Item item) throws DocumentSyntaxException {
    try {
      ByteReader in = new ByteReader(Base64s.decode(item.arg(0)));
      List<LinkSpecifier> specifiers = LinkSpecifier.decodeList(in);
      in.expectEnd();
      return specifiers;
    } catch (MalformedException e) {
      throw item.fault("malformed link specifiers");
    }
  }

  private static NtorPublicKey onionKey(List<Item> lines) throws DocumentSyntaxException {
    NtorPublicKey key = null;
    for (Item line : lines) {
      if (line.arg(0).equals("ntor")) {
        key = Fields.ntorKey(line, 1);
      }
    }
    if (key == null) {
      throw lines.getFirst().fault("no ntor key");
    }
    return key;
  }
}
