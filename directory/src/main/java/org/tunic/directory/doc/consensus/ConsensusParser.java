package org.tunic.directory.doc.consensus;

import static org.tunic.directory.netdoc.ItemTable.atLeastOnce;
import static org.tunic.directory.netdoc.ItemTable.atMostOnce;
import static org.tunic.directory.netdoc.ItemTable.exactlyOnce;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.Fields;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.Item;
import org.tunic.directory.netdoc.ItemTable;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocTime;
import org.tunic.directory.netdoc.Section;
import org.tunic.directory.netdoc.Tokenizer;
import org.tunic.directory.protover.ProtocolVersions;

/**
 * Reads a consensus: preamble, one section for each relay, footer with the signatures.
 *
 * <p>Spec: dir-spec/consensus-formats. Threads: one caller.
 */
final class ConsensusParser {
  private static final String ROUTER = "r";
  private static final String FOOTER = "directory-footer";
  private static final String SIGNATURE = "directory-signature";

  /** Greatest value of the seconds in {@code voting-delay}. */
  private static final int MAX_DELAY = Integer.MAX_VALUE;

  private static final ItemTable PREAMBLE =
      ItemTable.of(
          exactlyOnce("network-status-version").asFirst().args(1),
          exactlyOnce("vote-status").args(1),
          atMostOnce("consensus-method").exactArgs(1),
          exactlyOnce("valid-after").args(2),
          exactlyOnce("fresh-until").args(2),
          exactlyOnce("valid-until").args(2),
          exactlyOnce("voting-delay").args(2),
          atMostOnce("client-versions"),
          atMostOnce("server-versions"),
          exactlyOnce("known-flags"),
          atMostOnce("params"),
          atMostOnce("recommended-client-protocols"),
          atMostOnce("recommended-relay-protocols"),
          atMostOnce("required-client-protocols"),
          atMostOnce("required-relay-protocols"),
          atMostOnce("shared-rand-previous-value").exactArgs(2),
          atMostOnce("shared-rand-current-value").exactArgs(2),
          atLeastOnce("dir-source").args(6),
          atLeastOnce("contact"),
          atLeastOnce("vote-digest").args(1));

  private static final ItemTable FOOTER_ITEMS =
      ItemTable.of(
          atMostOnce(FOOTER).asFirst().exactArgs(0),
          atMostOnce("bandwidth-weights"),
          atLeastOnce(SIGNATURE).args(2).object("SIGNATURE"));

  private final NetdocText text;

  ConsensusParser(NetdocText text) throws DocumentSyntaxException {
    // What is signed starts at the first keyword, even if blank lines stand before it.
    int start = new Tokenizer(text).position();
    this.text = text.part(start, text.length());
  }

  UnverifiedConsensus parse() throws DocumentSyntaxException {
    if (text.length() > UnverifiedConsensus.MAX_LENGTH) {
      throw new DocumentSyntaxException("network-status-version", 0, "consensus far too long");
    }
    Tokenizer tokenizer = new Tokenizer(text);
    ConsensusPreamble preamble =
        preamble(PREAMBLE.readUntil(tokenizer, text, ROUTER, FOOTER, SIGNATURE));
    List<RouterStatus> relays = relays(tokenizer, preamble.flavor());
    Section footer = FOOTER_ITEMS.readUntil(tokenizer, text, "network-status-version");
    Item firstSignature = footer.one(SIGNATURE);
    Item weights = footer.orNull("bandwidth-weights");
    if (weights != null && weights.start() > firstSignature.start()) {
      throw weights.fault("behind a signature");
    }
    return new UnverifiedConsensus(
        text,
        firstSignature.afterKeywordAndSpace(),
        preamble,
        relays,
        weights == null ? Map.of() : Fields.numbers(weights, false),
        signatures(footer.all(SIGNATURE), preamble.sources()));
  }

  private static ConsensusPreamble preamble(Section items) throws DocumentSyntaxException {
    Item version = items.one("network-status-version");
    if (!version.arg(0).equals("3")) {
      throw version.fault("unknown version");
    }
    ConsensusFlavor flavor =
        version.argCount() == 1
            ? ConsensusFlavor.NS
            : ConsensusFlavor.of(version.arg(1))
                .orElseThrow(() -> version.fault("unknown flavour"));
    Item status = items.one("vote-status");
    if (!status.arg(0).equals("consensus")) {
      throw status.fault("not a consensus");
    }
    Item method = items.orNull("consensus-method");
    Item delay = items.one("voting-delay");
    return new ConsensusPreamble(
        flavor,
        method == null ? 1 : (int) method.number(0, 1, Integer.MAX_VALUE),
        lifetime(items),
        (int) delay.number(0, 0, MAX_DELAY),
        (int) delay.number(1, 0, MAX_DELAY),
        argumentText(items.orNull("client-versions")),
        argumentText(items.orNull("server-versions")),
        knownFlags(items.one("known-flags")),
        new ConsensusPreamble.Protocols(
            protocols(items.orNull("recommended-client-protocols")),
            protocols(items.orNull("recommended-relay-protocols")),
            protocols(items.orNull("required-client-protocols")),
            protocols(items.orNull("required-relay-protocols"))),
        params(items.orNull("params")),
        new SharedRandom(
            sharedRandom(items.orNull("shared-rand-previous-value")),
            sharedRandom(items.orNull("shared-rand-current-value"))),
        sources(items));
  }

  private static Lifetime lifetime(Section items) throws DocumentSyntaxException {
    Instant validAfter = NetdocTime.at(items.one("valid-after"), 0);
    Item freshItem = items.one("fresh-until");
    Instant freshUntil = NetdocTime.at(freshItem, 0);
    Instant validUntil = NetdocTime.at(items.one("valid-until"), 0);
    if (!freshUntil.isAfter(validAfter) || validUntil.isBefore(freshUntil)) {
      throw freshItem.fault("times out of order");
    }
    return new Lifetime(validAfter, freshUntil, validUntil);
  }

  private static List<String> knownFlags(Item item) throws DocumentSyntaxException {
    List<String> flags = item.args();
    for (int i = 1; i < flags.size(); i++) {
      if (flags.get(i - 1).compareTo(flags.get(i)) >= 0) {
        throw item.fault("flags not in order");
      }
    }
    return flags;
  }

  private static Map<String, Integer> params(@Nullable Item item) throws DocumentSyntaxException {
    return item == null ? Map.of() : Fields.numbers(item, true);
  }

  private static ProtocolVersions protocols(@Nullable Item item) throws DocumentSyntaxException {
    return item == null ? ProtocolVersions.EMPTY : Fields.protocols(item);
  }

  private static String argumentText(@Nullable Item item) {
    return item == null ? "" : item.argumentText();
  }

  /** A malformed value is as good as none, as in C tor. */
  private static SharedRandom.@Nullable Value sharedRandom(@Nullable Item item) {
    if (item == null) {
      return null;
    }
    try {
      return new SharedRandom.Value(
          (int) item.number(0, 0, Integer.MAX_VALUE),
          Fields.base64(item, 1, SharedRandom.Value.LENGTH));
    } catch (DocumentSyntaxException e) {
      return null;
    }
  }

  /** Each {@code dir-source} is followed by its {@code contact} and {@code vote-digest}. */
  private static List<DirSource> sources(Section items) throws DocumentSyntaxException {
    List<Item> starts = items.all("dir-source");
    List<Item> contacts = items.all("contact");
    List<Item> digests = items.all("vote-digest");
    List<DirSource> sources = new ArrayList<>(starts.size());
    for (int i = 0; i < starts.size(); i++) {
      Item start = starts.get(i);
      int end = i + 1 < starts.size() ? starts.get(i + 1).start() : items.end();
      Item contact = between(contacts, start.start(), end);
      Item digest = between(digests, start.start(), end);
      sources.add(source(start, contact, digest));
    }
    for (Item stray : List.of(contacts.getFirst(), digests.getFirst())) {
      if (stray.start() < starts.getFirst().start()) {
        throw stray.fault("before any dir-source");
      }
    }
    return sources;
  }

  private static @Nullable Item between(List<Item> items, int start, int end)
      throws DocumentSyntaxException {
    Item found = null;
    for (Item item : items) {
      if (item.start() > start && item.start() < end) {
        if (found != null) {
          throw item.fault("twice for one dir-source");
        }
        found = item;
      }
    }
    return found;
  }

  private static DirSource source(Item item, @Nullable Item contact, @Nullable Item digest)
      throws DocumentSyntaxException {
    return new DirSource(
        item.arg(0),
        Fields.hexIdentity(item, 1),
        item.arg(2),
        new RelayAddress(Fields.ipv4(item, 3), Fields.port(item, 4)),
        Fields.port(item, 5),
        argumentText(contact),
        digest == null ? null : Fields.hex(digest, 0, RsaIdentity.LENGTH));
  }

  private List<RouterStatus> relays(Tokenizer tokenizer, ConsensusFlavor flavor)
      throws DocumentSyntaxException {
    List<RouterStatus> relays = new ArrayList<>();
    RouterStatusParser parser = new RouterStatusParser(text, flavor);
    RsaIdentity before = null;
    while (tokenizer.nextIs(ROUTER)) {
      int line = tokenizer.line();
      RouterStatus relay = parser.parse(tokenizer);
      if (before != null && before.compareTo(relay.identity()) >= 0) {
        throw new DocumentSyntaxException(ROUTER, line, "entries not in order");
      }
      before = relay.identity();
      relays.add(relay);
    }
    return relays;
  }

  private static List<DirectorySignature> signatures(List<Item> items, List<DirSource> sources)
      throws DocumentSyntaxException {
    Map<String, DirectorySignature> byAuthorityAndAlgorithm = new HashMap<>();
    List<DirectorySignature> signatures = new ArrayList<>();
    for (Item item : items) {
      DirectorySignature signature = signature(item);
      if (sources.stream().noneMatch(s -> s.identity().equals(signature.identity()))) {
        throw item.fault("by an authority that is no dir-source");
      }
      // Of two by one authority the first counts, as in C tor.
      String key = signature.identity().hex() + signature.algorithm();
      if (byAuthorityAndAlgorithm.putIfAbsent(key, signature) == null) {
        signatures.add(signature);
      }
    }
    return signatures;
  }

  private static DirectorySignature signature(Item item) throws DocumentSyntaxException {
    int at = item.argCount() == 2 ? 0 : 1;
    byte[] signature = item.object("SIGNATURE");
    if (signature.length < DirectorySignature.MIN_LENGTH
        || signature.length > DirectorySignature.MAX_LENGTH) {
      throw item.fault("signature of a wrong length");
    }
    return new DirectorySignature(
        at == 0 ? DirectorySignature.SHA1 : item.arg(0),
        Fields.hexIdentity(item, at),
        Fields.hexIdentity(item, at + 1),
        Bytes.copyOf(signature));
  }
}
