package org.tunic.directory.doc.detachedsig;

import static org.tunic.directory.netdoc.ItemTable.anyNumber;
import static org.tunic.directory.netdoc.ItemTable.atLeastOnce;
import static org.tunic.directory.netdoc.ItemTable.exactlyOnce;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.Hex;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.Fields;
import org.tunic.directory.doc.consensus.ConsensusFlavor;
import org.tunic.directory.doc.consensus.DirectorySignature;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.Item;
import org.tunic.directory.netdoc.ItemTable;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocTime;
import org.tunic.directory.netdoc.NetdocWriter;
import org.tunic.directory.netdoc.Section;

/**
 * Signatures on a consensus of known digest, in both flavours. None of them is checked here.
 *
 * @param lifetime the times of the consensus meant
 * @param digests the digests of the consensus meant: SHA-1 (ns) and SHA-256 (microdesc)
 * @param signatures the signatures on each, at most one for each pair of identity and signing key
 *     <p>Spec: dir-spec/exchanging-detached-signatures. Threads: immutable.
 */
public record DetachedSignatures(
    Lifetime lifetime,
    Map<ConsensusFlavor, Bytes> digests,
    Map<ConsensusFlavor, List<DirectorySignature>> signatures) {
  /** Longest document read, in bytes; ten authorities need about 14 KiB. */
  public static final int MAX_LENGTH = 512 * 1024;

  /** Most signatures read of one flavour. */
  public static final int MAX_SIGNATURES = 128;

  private static final ItemTable ITEMS =
      ItemTable.of(
          exactlyOnce("consensus-digest").asFirst().args(1),
          exactlyOnce("valid-after").args(2),
          exactlyOnce("fresh-until").args(2),
          exactlyOnce("valid-until").args(2),
          anyNumber("additional-digest").args(3),
          anyNumber("additional-signature").args(4).object("SIGNATURE"),
          atLeastOnce("directory-signature").args(2).object("SIGNATURE"));

  public DetachedSignatures {
    digests = Map.copyOf(digests);
    signatures = Map.copyOf(signatures);
  }

  /**
   * Reads such a document. Flavours and algorithms of the future are skipped.
   *
   * @throws DocumentSyntaxException if it is malformed: refuse it
   */
  public static DetachedSignatures parse(NetdocText text) throws DocumentSyntaxException {
    if (text.length() > MAX_LENGTH) {
      throw new DocumentSyntaxException("consensus-digest", 0, "far too long");
    }
    Section items = ITEMS.read(text);
    Map<ConsensusFlavor, Bytes> digests = new EnumMap<>(ConsensusFlavor.class);
    digests.put(ConsensusFlavor.NS, Fields.hex(items.one("consensus-digest"), 0, 20));
    for (Item item : items.all("additional-digest")) {
      if (isMicrodesc(item)) {
        digests.putIfAbsent(ConsensusFlavor.MICRODESC, Fields.hex(item, 2, 32));
      }
    }
    Map<ConsensusFlavor, List<DirectorySignature>> signatures =
        new EnumMap<>(ConsensusFlavor.class);
    for (Item item : items.all("directory-signature")) {
      add(signatures, ConsensusFlavor.NS, signature(item, DirectorySignature.SHA1, 0), item);
    }
    for (Item item : items.all("additional-signature")) {
      if (isMicrodesc(item)) {
        add(
            signatures,
            ConsensusFlavor.MICRODESC,
            signature(item, DirectorySignature.SHA256, 2),
            item);
      }
    }
    return new DetachedSignatures(lifetime(items), digests, signatures);
  }

  /** The document as authorities exchange it; empty if there is no signature on the ns flavour. */
  public Optional<NetdocText> text() {
    Bytes digest = digests.get(ConsensusFlavor.NS);
    List<DirectorySignature> ns = signatures.getOrDefault(ConsensusFlavor.NS, List.of());
    if (digest == null || ns.isEmpty()) {
      return Optional.empty();
    }
    NetdocWriter out = new NetdocWriter();
    out.item("consensus-digest", Hex.encodeUpper(digest.toArray()));
    out.item("valid-after", NetdocTime.format(lifetime.validAfter()));
    out.item("fresh-until", NetdocTime.format(lifetime.freshUntil()));
    out.item("valid-until", NetdocTime.format(lifetime.validUntil()));
    Bytes microdesc = digests.get(ConsensusFlavor.MICRODESC);
    if (microdesc != null) {
      out.item("additional-digest", "microdesc", "sha256", Hex.encodeUpper(microdesc.toArray()));
      for (DirectorySignature s : signatures.getOrDefault(ConsensusFlavor.MICRODESC, List.of())) {
        out.item(
            "additional-signature",
            "microdesc",
            "sha256",
            s.identity().hex(),
            s.signingKeyDigest().hex());
        out.object("SIGNATURE", s.signature().toArray());
      }
    }
    for (DirectorySignature s : ns) {
      out.item("directory-signature", s.identity().hex(), s.signingKeyDigest().hex());
      out.object("SIGNATURE", s.signature().toArray());
    }
    return Optional.of(out.text());
  }

  private static boolean isMicrodesc(Item item) throws DocumentSyntaxException {
    return item.arg(0).equals("microdesc") && item.arg(1).equals(DirectorySignature.SHA256);
  }

  private static Lifetime lifetime(Section items) throws DocumentSyntaxException {
    try {
      return new Lifetime(
          NetdocTime.at(items.one("valid-after"), 0),
          NetdocTime.at(items.one("fresh-until"), 0),
          NetdocTime.at(items.one("valid-until"), 0));
    } catch (IllegalArgumentException e) {
      throw items.one("valid-after").fault("times out of order");
    }
  }

  private static DirectorySignature signature(Item item, String algorithm, int index)
      throws DocumentSyntaxException {
    RsaIdentity identity = Fields.hexIdentity(item, index);
    RsaIdentity signingKey = Fields.hexIdentity(item, index + 1);
    Bytes body = Bytes.copyOf(item.object("SIGNATURE"));
    if (body.length() < DirectorySignature.MIN_LENGTH
        || body.length() > DirectorySignature.MAX_LENGTH) {
      throw item.fault("length of the signature");
    }
    return new DirectorySignature(algorithm, identity, signingKey, body);
  }

  private static void add(
      Map<ConsensusFlavor, List<DirectorySignature>> signatures,
      ConsensusFlavor flavor,
      DirectorySignature signature,
      Item item)
      throws DocumentSyntaxException {
    List<DirectorySignature> known = signatures.computeIfAbsent(flavor, _ -> new ArrayList<>());
    boolean duplicate =
        known.stream().anyMatch(s -> s.certificate().equals(signature.certificate()));
    if (!duplicate && known.size() == MAX_SIGNATURES) {
      throw item.fault("too many signatures");
    }
    if (!duplicate) {
      known.add(signature);
    }
  }
}
