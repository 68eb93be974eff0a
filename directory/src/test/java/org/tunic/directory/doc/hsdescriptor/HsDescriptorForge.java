package org.tunic.directory.doc.hsdescriptor;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.handshake.hsntor.IntroPointKeys;
import org.tunic.crypto.hs.AuthorizedClient;
import org.tunic.crypto.hs.HsBlindedKeypair;
import org.tunic.crypto.hs.HsIdKeypair;
import org.tunic.crypto.hs.TimePeriod;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.crypto.key.Ed25519Keypair;
import org.tunic.crypto.key.NtorOnionKeypair;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.directory.linkspec.LinkSpecifier;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocWriter;
import org.tunic.testing.SeededRandom;

/** Makes descriptors of a service of its own, whose texts can be changed before they are sealed. */
public final class HsDescriptorForge {
  static final Instant NOW = Instant.parse("2026-11-22T19:44:30Z");
  static final int INCREMENT = 31;
  static final int MAX = HsDescriptor.DEFAULT_MAX_LENGTH;

  final SeededRandom random;
  final HsIdKeypair identity;
  final HsBlindedKeypair blinded;
  final Ed25519Keypair signing;
  final HsDescriptorWriter writer;

  /** Applied to the inner, middle and outer text before encryption or signature. */
  UnaryOperator<String> inner = UnaryOperator.identity();

  UnaryOperator<String> middle = UnaryOperator.identity();
  UnaryOperator<String> outer = UnaryOperator.identity();

  /** A service whose keys come from {@code seed}. */
  public HsDescriptorForge(long seed) {
    random = new SeededRandom(seed);
    identity = HsIdKeypair.generate(random);
    blinded = identity.blind(new TimePeriod(20_000, 1440));
    signing = Ed25519Keypair.generate(random);
    writer = new HsDescriptorWriter(blinded, signing, random);
  }

  /** What the product publishes at {@code now}, readable by everybody. */
  public HsDescriptor publish(int introPoints, Instant now) throws DocumentSyntaxException {
    return writer.write(content(introPoints), List.of(), 4711, MAX, now);
  }

  /** Its onion address. */
  public String address() {
    return identity.id().unredactedHost();
  }

  HsIntroPoint introPoint() {
    return new HsIntroPoint(
        List.of(
            new LinkSpecifier.Ipv4(new RelayAddress(Bytes.copyOf(random.bytes(4)), 9001)),
            new LinkSpecifier.RsaId(RsaIdentity.of(random.bytes(20))),
            new LinkSpecifier.Ed25519Id(Ed25519Identity.of(random.bytes(32)))),
        NtorPublicKey.of(random.bytes(32)),
        new IntroPointKeys(
            Ed25519Identity.of(random.bytes(32)), NtorOnionKeypair.generate(random).publicKey()));
  }

  List<HsIntroPoint> introPoints(int count) {
    List<HsIntroPoint> points = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      points.add(introPoint());
    }
    return points;
  }

  HsDescriptorContent content(int introPoints) {
    return new HsDescriptorContent(
        false, false, new FlowControlOffer("1-2", INCREMENT), null, introPoints(introPoints));
  }

  /** A descriptor with all texts changed as the operators say. */
  String forge(HsDescriptorContent content) {
    long counter = 4711;
    String innerText = inner.apply(HsDescriptorWriter.inner(content, signing, NOW));
    Bytes encrypted =
        HsDescriptorLayer.inner(blinded.id(), null, blinded.subcredential(), counter)
            .encrypt(latin1(innerText), random);
    List<AuthorizedClient> clients = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      clients.add(AuthorizedClient.fake(random));
    }
    String middleText =
        middle.apply(
            HsDescriptorWriter.middle(
                NtorOnionKeypair.generate(random).publicKey(), clients, encrypted));
    Bytes superencrypted =
        HsDescriptorLayer.middle(blinded.id(), blinded.subcredential(), counter)
            .encrypt(HsDescriptorLayer.padded(latin1(middleText)), random);
    String outerText =
        outer.apply(
            new NetdocWriter()
                .item("hs-descriptor", 3)
                .item("descriptor-lifetime", 180)
                .item("descriptor-signing-key-cert")
                .object(
                    "ED25519 CERT",
                    blinded
                        .certify(signing.identity(), NOW.plus(Duration.ofHours(54)))
                        .encoded()
                        .toArray())
                .item("revision-counter", counter)
                .item("superencrypted")
                .object("MESSAGE", superencrypted.toArray())
                .latin1());
    byte[] signature = signing.sign(HsDescriptor.signedBytes(outerText));
    return outerText + "signature " + Base64s.encodeUnpadded(signature) + "\n";
  }

  HsDescriptor parse(String text) throws Exception {
    return HsDescriptor.parse(NetdocText.of(text), MAX, NOW);
  }

  HsDescriptorContent open(HsDescriptor descriptor) throws Exception {
    return descriptor.open(blinded.id(), blinded.subcredential(), null, INCREMENT, NOW);
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
