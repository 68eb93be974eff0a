package org.tunic.directory.authority.descriptors;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.authority.AuthorityConfig;
import org.tunic.directory.doc.extrainfo.ExtraInfo;
import org.tunic.directory.doc.routerdescriptor.RouterContents;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.directory.protover.TorVersion;

/**
 * The descriptors an authority knows: the newest of each relay, the one before (others may still
 * ask for it), and their extra-info documents; and the checks that decide what gets in.
 *
 * <p>What somebody can make us keep: {@link #MAX_RELAYS} relays with two descriptors of 20000 bytes
 * and two extra-infos of 50000 bytes each. A relay whose newest descriptor is more than two days
 * old is forgotten.
 *
 * <p>Spec: dir-spec/accepting-relay-documents. Threads: one caller at a time; its owner guards it.
 */
public final class DescriptorBook {
  /** Most relays kept; relays unknown so far are refused beyond it. */
  public static final int MAX_RELAYS = 30_000;

  /** Most documents read from one upload; a relay sends two. */
  public static final int MAX_DOCUMENTS = 64;

  /** Characters of a faulty keyword that a refusal repeats. */
  private static final int MAX_KEYWORD = 40;

  private static final Duration ALLOWED_SKEW = Duration.ofHours(12);
  private static final Duration MAX_AGE_TO_PUBLISH = Duration.ofHours(24);
  private static final Duration MAX_AGE = Duration.ofDays(2);

  private static final String KEYPAIR_CHANGED =
      "Looks like your keypair has changed? This authority previously recorded a different RSA identity for this Ed25519"
          + " identity (or vice versa.) Did you replace or copy some of your key files, but not the others? You should either"
          + " restore the expected keypair, or delete your keys and restart Tor to start your relay with a new identity.";
  private static final String MARKED_REJECTED =
      "Fingerprint and/or ed25519 identity is marked rejected -- if you think this is a mistake please contact the operators"
          + " of this directory authority.";

  private static final String ADDRESS_REJECTED =
      "Suspicious relay address range -- if you think this is a mistake please contact the operators"
          + " of this directory authority.";

  private static final Logger log = LoggerFactory.getLogger(DescriptorBook.class);

  private final AuthorityConfig config;
  private final KeyPins pins;
  private final int maxRelays;
  private final Map<RsaIdentity, RouterDescriptor> newest = new HashMap<>();
  private final Map<RsaIdentity, RouterDescriptor> previous = new HashMap<>();
  private final Map<Bytes, RouterDescriptor> byDigest = new HashMap<>();

  /** By the SHA-1 digest that the descriptor names. */
  private final Map<Bytes, ExtraInfo> extraInfos = new HashMap<>();

  /**
   * What a change to this book means to others: it has to reach the disk, and a relay may need a
   * test at once.
   *
   * <p>Threads: called within the book's methods.
   */
  public interface Listener {
    /**
     * A descriptor was added. {@code testNow} says whether the relay is new, has moved, or came out
     * of hibernation.
     */
    void added(RouterDescriptor descriptor, boolean testNow);

    /** An extra-info document was added. */
    void added(ExtraInfo extraInfo);

    /** A line to append to the key-pinning journal. */
    void pinned(String line);
  }

  public DescriptorBook(AuthorityConfig config, KeyPins pins) {
    this(config, pins, MAX_RELAYS);
  }

  DescriptorBook(AuthorityConfig config, KeyPins pins, int maxRelays) {
    this.config = config;
    this.pins = pins;
    this.maxRelays = maxRelays;
  }

  /**
   * Looks at everything in an upload and keeps what passes.
   *
   * @param body one or more router descriptors and extra-info documents, one after the other
   */
  public UploadOutcome upload(byte[] body, Instant now, Listener listener) {
    if (!isUtf8WithoutBom(body)) {
      return UploadOutcome.refused("descriptor(s) or extrainfo(s) not valid UTF-8 or had BOM.");
    }
    List<NetdocText> parts = split(NetdocText.of(body), MAX_DOCUMENTS);
    if (parts.isEmpty()) {
      return UploadOutcome.refused("No descriptors found in your POST.");
    }
    UploadOutcome worst = UploadOutcome.STORED;
    for (NetdocText part : parts) {
      if (!isExtraInfo(part)) {
        worst = worst.worse(addDescriptor(part, now, listener));
      }
    }
    for (NetdocText part : parts) {
      if (isExtraInfo(part)) {
        worst = worst.worse(addExtraInfo(part, listener));
      }
    }
    return worst;
  }

  /**
   * Takes a document from our own disk, or one of our own relay, without the checks that are about
   * uploads. What is damaged or outdated is left out, and an extra-info that no descriptor names.
   */
  public void restore(NetdocText document, Instant now) {
    try {
      if (isExtraInfo(document)) {
        restore(ExtraInfo.parse(document));
      } else {
        restore(RouterDescriptor.parse(document), now);
      }
    } catch (DocumentSyntaxException e) {
      log.debug("left out a damaged document: {}", e.getMessage());
    }
  }

  private void restore(RouterDescriptor descriptor, Instant now) {
    RouterDescriptor known = newest.get(descriptor.identity());
    boolean newer = known == null || known.published().isBefore(descriptor.published());
    if (newer && descriptor.published().isAfter(now.minus(MAX_AGE)) && hasRoomFor(descriptor)) {
      descriptor.ids().ed().ifPresent(ed -> pins.pin(descriptor.identity(), ed));
      put(descriptor);
    }
  }

  private void restore(ExtraInfo extraInfo) {
    RouterDescriptor owner = newest.get(extraInfo.identity());
    if (owner != null && extraInfo.belongsTo(owner)) {
      extraInfos.put(extraInfo.digests().sha1(), extraInfo);
    }
  }

  /** All worth keeping on disk: the newest descriptor of each relay, with its extra-info behind. */
  public List<NetdocText> documents() {
    List<NetdocText> documents = new ArrayList<>();
    for (RouterDescriptor descriptor : newest.values()) {
      documents.add(descriptor.text());
      descriptor
          .contents()
          .extraInfoDigests()
          .flatMap(digests -> extraInfo(digests.sha1()))
          .ifPresent(extraInfo -> documents.add(extraInfo.text()));
    }
    return documents;
  }

  /** Forgets relays that have not published for two days. */
  public void expire(Instant now) {
    List<RouterDescriptor> old =
        newest.values().stream().filter(d -> d.published().isBefore(now.minus(MAX_AGE))).toList();
    for (RouterDescriptor descriptor : old) {
      newest.remove(descriptor.identity());
      drop(descriptor);
      RouterDescriptor before = previous.remove(descriptor.identity());
      if (before != null) {
        drop(before);
      }
    }
  }

  /** The newest descriptor of every relay. */
  public Collection<RouterDescriptor> all() {
    return List.copyOf(newest.values());
  }

  public Optional<RouterDescriptor> newest(RsaIdentity relay) {
    return Optional.ofNullable(newest.get(relay));
  }

  /** The descriptor whose signed part has this SHA-1 digest. */
  public Optional<RouterDescriptor> byDigest(Bytes digest) {
    return Optional.ofNullable(byDigest.get(digest));
  }

  /** The extra-info document whose signed part has this SHA-1 digest. */
  public Optional<ExtraInfo> extraInfo(Bytes digest) {
    return Optional.ofNullable(extraInfos.get(digest));
  }

  private UploadOutcome addDescriptor(NetdocText text, Instant now, Listener listener) {
    if (text.length() > RouterDescriptor.MAX_UPLOAD_LENGTH) {
      return UploadOutcome.refused("Router descriptor was too large.");
    }
    RouterDescriptor descriptor;
    try {
      descriptor = RouterDescriptor.parse(text);
    } catch (DocumentSyntaxException e) {
      return UploadOutcome.refused("Descriptor malformed: " + printable(e));
    }
    if (descriptor.tapKey().isEmpty()) {
      return UploadOutcome.refused("Missing TAP key in descriptor.");
    }
    RouterDescriptor old = newest.get(descriptor.identity());
    boolean self = descriptor.identity().equals(config.ids().rsa());
    if (old != null
        && !self
        && old.published().isBefore(descriptor.published())
        && CosmeticDifference.isAll(old, descriptor)) {
      return UploadOutcome.notNew(
          "Not replacing router descriptor; no information has changed since the last one with this identity.");
    }
    if (descriptor.certificatesExpire().isBefore(now)) {
      return UploadOutcome.notNew("Some certs on this router are expired.");
    }
    if (byDigest.containsKey(descriptor.digest())) {
      return UploadOutcome.notNew("Router descriptor was not new.");
    }
    Optional<String> refusal = refusal(descriptor, now);
    if (refusal.isPresent()) {
      return UploadOutcome.refused(refusal.get());
    }
    if (old != null && !old.published().isBefore(descriptor.published())) {
      return UploadOutcome.notNew("Router descriptor was not new.");
    }
    if (!hasRoomFor(descriptor)) {
      return UploadOutcome.refused("This directory authority knows too many relays.");
    }
    descriptor
        .ids()
        .ed()
        .flatMap(ed -> pins.pin(descriptor.identity(), ed))
        .ifPresent(listener::pinned);
    put(descriptor);
    listener.added(descriptor, old == null || needsTest(old.contents(), descriptor.contents()));
    return UploadOutcome.STORED;
  }

  /** Why the descriptor is not wanted, in C tor's words and order; empty if it is. */
  private Optional<String> refusal(RouterDescriptor descriptor, Instant now) {
    RouterContents contents = descriptor.contents();
    if (contents.platform().startsWith("Tor ")) {
      Optional<TorVersion> version = TorVersion.ofPlatform(contents.platform());
      if (version.isEmpty()) {
        return Optional.of("Malformed platform string.");
      }
      if (version.get().compareTo(config.minimalVersion()) < 0) {
        return Optional.of("Tor version is insecure or unsupported. Please upgrade!");
      }
    }
    if (config.operator().approvedRouters().of(descriptor.ids()).reject()) {
      return Optional.of(MARKED_REJECTED);
    }
    if (config.operator().addresses().of(contents.orPort()).reject()) {
      return Optional.of(ADDRESS_REJECTED);
    }
    if (descriptor.ntorOnionKey().bytes().isZero()) {
      return Optional.of("Missing ntor curve25519 onion key. Please upgrade!");
    }
    Optional<String> pinning = pinningRefusal(descriptor);
    if (pinning.isPresent()) {
      return pinning;
    }
    if (descriptor.published().isAfter(now.plus(ALLOWED_SKEW))) {
      return Optional.of(
          "Rejected: Your clock is set too far in the future, or your timezone is not correct.");
    }
    if (descriptor.published().isBefore(now.minus(MAX_AGE_TO_PUBLISH))) {
      return Optional.of(
          "Rejected: Server is expired, or your clock is too far in the past, or your timezone is not correct.");
    }
    boolean internal =
        IpLiteral.isInternal(contents.orPort().inetAddress())
            || contents.ipv6().map(a -> IpLiteral.isInternal(a.inetAddress())).orElse(false);
    if (internal && !config.allowPrivateAddresses()) {
      return Optional.of("Rejected: Address is a private address.");
    }
    return Optional.empty();
  }

  private Optional<String> pinningRefusal(RouterDescriptor descriptor) {
    if (!config.pinKeys()) {
      return Optional.empty();
    }
    if (descriptor.ids().ed().isEmpty()) {
      return pins.hasEd25519(descriptor.identity())
          ? Optional.of("Ed25519 identity key has disappeared.")
          : Optional.empty();
    }
    return switch (pins.check(descriptor.identity(), descriptor.ids().ed().orElseThrow())) {
      case MISMATCH -> Optional.of(KEYPAIR_CHANGED);
      case NEW ->
          pins.isFull()
              ? Optional.of("This directory authority knows too many relays.")
              : Optional.empty();
      case FOUND -> Optional.empty();
    };
  }

  private static boolean needsTest(RouterContents old, RouterContents now) {
    boolean awake = old.hibernating() && !now.hibernating();
    return awake || !old.orPort().equals(now.orPort()) || !old.ipv6().equals(now.ipv6());
  }

  private UploadOutcome addExtraInfo(NetdocText text, Listener listener) {
    if (text.length() > ExtraInfo.MAX_UPLOAD_LENGTH) {
      return badExtraInfo("Extrainfo document was too large");
    }
    ExtraInfo extraInfo;
    try {
      extraInfo = ExtraInfo.parse(text);
    } catch (DocumentSyntaxException e) {
      return badExtraInfo("Extrainfo malformed: " + printable(e));
    }
    RouterDescriptor owner = newest.get(extraInfo.identity());
    if (owner == null) {
      return badExtraInfo("No corresponding router descriptor for extra-info descriptor");
    }
    if (!extraInfo.verify(owner.identityKey())) {
      return badExtraInfo("Extrainfo signature bad, or signed with wrong key");
    }
    if (extraInfo.published().isAfter(owner.published())) {
      return UploadOutcome.notNew("Extrainfo published time did not match routerdesc");
    }
    if (extraInfo.published().isBefore(owner.published())) {
      return badExtraInfo("Extrainfo published time did not match routerdesc");
    }
    if (!extraInfo.belongsTo(owner)) {
      return badExtraInfo("Extrainfo digest did not match value from routerdesc");
    }
    if (extraInfos.put(extraInfo.digests().sha1(), extraInfo) == null) {
      listener.added(extraInfo);
    }
    return UploadOutcome.STORED;
  }

  private static UploadOutcome badExtraInfo(String reason) {
    return new UploadOutcome(UploadOutcome.Kind.BAD_EXTRA_INFO, reason);
  }

  private boolean hasRoomFor(RouterDescriptor descriptor) {
    return newest.size() < maxRelays || newest.containsKey(descriptor.identity());
  }

  private void put(RouterDescriptor descriptor) {
    RouterDescriptor old = newest.put(descriptor.identity(), descriptor);
    byDigest.put(descriptor.digest(), descriptor);
    if (old != null) {
      RouterDescriptor older = previous.put(old.identity(), old);
      if (older != null) {
        drop(older);
      }
    }
  }

  private void drop(RouterDescriptor descriptor) {
    byDigest.remove(descriptor.digest());
    descriptor
        .contents()
        .extraInfoDigests()
        .ifPresent(digests -> extraInfos.remove(digests.sha1()));
  }

  /**
   * Cuts before each line that begins a descriptor or an extra-info document; what stands before
   * the first is dropped.
   */
  public static List<NetdocText> split(NetdocText body, int limit) {
    String text = body.text();
    List<NetdocText> parts = new ArrayList<>();
    int start = -1;
    for (int at = 0; at < text.length() && parts.size() < limit; ) {
      if (text.startsWith("router ", at) || text.startsWith("extra-info ", at)) {
        if (start >= 0) {
          parts.add(body.part(start, at));
        }
        start = at;
      }
      int eol = text.indexOf('\n', at);
      at = eol < 0 ? text.length() : eol + 1;
    }
    if (start >= 0 && parts.size() < limit) {
      parts.add(body.part(start, text.length()));
    }
    return parts;
  }

  private static boolean isExtraInfo(NetdocText part) {
    return part.text().startsWith("extra-info ");
  }

  private static boolean isUtf8WithoutBom(byte[] body) {
    boolean bom =
        body.length >= 3
            && body[0] == (byte) 0xef
            && body[1] == (byte) 0xbb
            && body[2] == (byte) 0xbf;
    boolean bom16 =
        body.length >= 2 && ((body[0] == -1 && body[1] == -2) || (body[0] == -2 && body[1] == -1));
    if (bom || bom16) {
      return false;
    }
    try {
      java.nio.charset.StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(body));
      return true;
    } catch (java.nio.charset.CharacterCodingException e) {
      return false;
    }
  }

  /** What goes into a status line has no control characters, and the keyword is the sender's. */
  private static String printable(DocumentSyntaxException e) {
    String keyword =
        e.keyword().length() > MAX_KEYWORD ? e.keyword().substring(0, MAX_KEYWORD) : e.keyword();
    return keyword.replaceAll("[^ -~]", "?") + ", line " + e.line() + ": " + e.why();
  }
}
