package org.tunic.directory.doc.vote;

import static org.tunic.directory.netdoc.ItemTable.anyNumber;
import static org.tunic.directory.netdoc.ItemTable.atLeastOnce;
import static org.tunic.directory.netdoc.ItemTable.atMostOnce;
import static org.tunic.directory.netdoc.ItemTable.exactlyOnce;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Base64s;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.bytes.MalformedException;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.Fields;
import org.tunic.directory.doc.consensus.DirectorySignature;
import org.tunic.directory.doc.consensus.Lifetime;
import org.tunic.directory.doc.consensus.SharedRandom;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.Item;
import org.tunic.directory.netdoc.ItemTable;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocTime;
import org.tunic.directory.netdoc.Section;
import org.tunic.directory.netdoc.Tokenizer;
import org.tunic.directory.policy.IpLiteral;
import org.tunic.directory.protover.ProtocolSyntaxException;
import org.tunic.directory.protover.ProtocolVersions;

/**
 * Reads one vote. What it takes and refuses is what C tor does: authorities that refuse different
 * votes compute different consensuses.
 *
 * <p>Spec: dir-spec/consensus-formats. Threads: one caller.
 */
final class VoteParser {
  /** Shortest interval and shortest delays a vote may propose. */
  private static final Duration MIN_INTERVAL = Duration.ofMinutes(5);

  private static final Duration MIN_INTERVAL_TESTING = Duration.ofSeconds(10);
  private static final int MIN_DELAY = 2;

  private static final List<String> PROTOCOLS =
      List.of(
          "recommended-client-protocols",
          "recommended-relay-protocols",
          "required-client-protocols",
          "required-relay-protocols");

  private static final ItemTable HEADER =
      ItemTable.of(
          exactlyOnce("network-status-version").asFirst().args(1),
          exactlyOnce("vote-status").args(1),
          exactlyOnce("consensus-methods").args(1),
          exactlyOnce("published").args(2),
          exactlyOnce("valid-after").args(2),
          exactlyOnce("fresh-until").args(2),
          exactlyOnce("valid-until").args(2),
          exactlyOnce("voting-delay").args(2),
          atMostOnce("client-versions"),
          atMostOnce("server-versions"),
          atMostOnce("recommended-client-protocols"),
          atMostOnce("recommended-relay-protocols"),
          atMostOnce("required-client-protocols"),
          atMostOnce("required-relay-protocols"),
          exactlyOnce("known-flags"),
          atMostOnce("params"),
          exactlyOnce("dir-source").args(6),
          exactlyOnce("contact"),
          atMostOnce("legacy-dir-key").args(1),
          atMostOnce("shared-rand-participate"),
          anyNumber("shared-rand-commit").args(3),
          atMostOnce("shared-rand-previous-value").exactArgs(2),
          atMostOnce("shared-rand-current-value").exactArgs(2),
          exactlyOnce("dir-key-certificate-version").args(1),
          atMostOnce("dir-identity-key").anyObject(),
          atMostOnce("dir-signing-key").anyObject(),
          atMostOnce("dir-key-crosscert").anyObject(),
          exactlyOnce("dir-key-certification").anyObject());

  private static final ItemTable ENTRY =
      ItemTable.of(
          exactlyOnce("r").asFirst().args(8),
          anyNumber("a").args(1),
          exactlyOnce("s"),
          atMostOnce("v"),
          exactlyOnce("pr"),
          atMostOnce("w"),
          atMostOnce("p"),
          anyNumber("m"),
          anyNumber("id").args(2));

  private static final ItemTable FOOTER =
      ItemTable.of(
          atMostOnce("directory-footer").exactArgs(0),
          atMostOnce("bandwidth-weights"),
          atLeastOnce("directory-signature").args(2).object("SIGNATURE"));

  private final NetdocText document;
  private final boolean testing;

  /** Where the footer, or without one the signature, begins; 0 until it was searched. */
  private int footer;

  VoteParser(NetdocText document, boolean testing) throws DocumentSyntaxException {
    if (document.length() > Vote.MAX_LENGTH) {
      throw new DocumentSyntaxException("network-status-version", 0, "vote far too long");
    }
    this.document = document;
    this.testing = testing;
  }

  Vote vote() throws DocumentSyntaxException {
    int headerEnd = nextSection(0);
    Section header = HEADER.readUntil(tokenizer(0, headerEnd), document);
    checkKind(header);
    KeyCertificate certificate = certificate(header);
    List<String> knownFlags = knownFlags(header);
    int[] delays = delays(header);
    Lifetime lifetime = lifetime(header);
    List<Integer> methods = methods(header);
    Map<String, ProtocolVersions> protocols = protocols(header);
    Map<String, Integer> parameters = parameters(header);
    Vote.Voter voter = voter(header, certificate);
    SharedRandomVote sharedRandom = sharedRandom(header);
    List<VoteEntry> entries = new ArrayList<>();
    int at = headerEnd;
    while (document.text().startsWith("r ", at)) {
      int end = nextSection(at);
      entries.add(entry(ENTRY.readUntil(tokenizer(at, end), document), knownFlags));
      checkOrder(entries);
      at = end;
    }
    checkUniqueEd25519(entries);
    Bytes digest = checkSignature(at, certificate);
    return new Vote(
        document,
        digest,
        NetdocTime.at(header.one("published"), 0),
        lifetime,
        delays[0],
        delays[1],
        methods,
        text(header.orNull("client-versions")),
        text(header.orNull("server-versions")),
        protocols,
        knownFlags,
        parameters,
        voter,
        sharedRandom,
        certificate,
        entries);
  }

  /**
   * Where the next relay entry, or the footer, or the signature begins; the end of the text if
   * nothing does. Entries have an end without one of these only once, so the way to the footer is
   * not searched again for each.
   */
  private int nextSection(int from) {
    String text = document.text();
    if (footer <= from) {
      footer =
          Math.min(lineAfter(from, "directory-footer"), lineAfter(from, "directory-signature"));
    }
    int entry = text.indexOf("\nr ", from);
    return entry >= 0 && entry + 1 < footer ? entry + 1 : footer;
  }

  /** Where the first line behind {@code from} that begins so begins; the end if there is none. */
  private int lineAfter(int from, String keyword) {
    int at = document.text().indexOf("\n" + keyword, from);
    return at < 0 ? document.length() : at + 1;
  }

  private Tokenizer tokenizer(int from, int to) throws DocumentSyntaxException {
    return new Tokenizer(document, from, to, 1);
  }

  private static void checkKind(Section header) throws DocumentSyntaxException {
    Item version = header.one("network-status-version");
    if (version.argCount() > 1 && !version.arg(1).equals("ns")) {
      throw version.fault("a vote has no flavour");
    }
    Item status = header.one("vote-status");
    if (!status.arg(0).equals("vote")) {
      throw status.fault("not a vote");
    }
  }

  private KeyCertificate certificate(Section header) throws DocumentSyntaxException {
    int start = header.one("dir-key-certificate-version").start();
    int end = header.one("dir-key-certification").end();
    if (end <= start) {
      throw header.one("dir-key-certification").fault("before the beginning of its certificate");
    }
    return KeyCertificate.parse(document.part(start, end));
  }

  private Lifetime lifetime(Section header) throws DocumentSyntaxException {
    Instant validAfter = NetdocTime.at(header.one("valid-after"), 0);
    Instant freshUntil = NetdocTime.at(header.one("fresh-until"), 0);
    Instant validUntil = NetdocTime.at(header.one("valid-until"), 0);
    Duration least = testing ? MIN_INTERVAL_TESTING : MIN_INTERVAL;
    if (freshUntil.isBefore(validAfter.plus(least))) {
      throw header.one("fresh-until").fault("interval too short");
    }
    if (validUntil.isBefore(validAfter.plus(least.multipliedBy(2)))
        || validUntil.isBefore(freshUntil)) {
      throw header.one("valid-until").fault("interval too short");
    }
    return new Lifetime(validAfter, freshUntil, validUntil);
  }

  private static int[] delays(Section header) throws DocumentSyntaxException {
    Item item = header.one("voting-delay");
    int[] delays = {(int) number(item, item.arg(0)), (int) number(item, item.arg(1))};
    if (delays[0] < MIN_DELAY || delays[1] < MIN_DELAY) {
      throw item.fault("delay too short");
    }
    return delays;
  }

  private static List<Integer> methods(Section header) throws DocumentSyntaxException {
    TreeSet<Integer> methods = new TreeSet<>();
    for (String arg : header.one("consensus-methods").args()) {
      // A method whose name is no such number is one of the future, which we do not share.
      if (!arg.isEmpty() && arg.length() <= 9 && arg.chars().allMatch(c -> c >= '0' && c <= '9')) {
        methods.add(Integer.parseInt(arg));
      }
    }
    return List.copyOf(methods);
  }

  private static Map<String, ProtocolVersions> protocols(Section header)
      throws DocumentSyntaxException {
    Map<String, ProtocolVersions> protocols = new HashMap<>();
    for (String keyword : PROTOCOLS) {
      Item item = header.orNull(keyword);
      if (item != null) {
        protocols.put(keyword, Fields.protocols(item));
      }
    }
    return protocols;
  }

  private static List<String> knownFlags(Section header) throws DocumentSyntaxException {
    Item item = header.one("known-flags");
    List<String> flags = item.args();
    for (int i = 1; i < flags.size(); i++) {
      if (flags.get(i - 1).compareTo(flags.get(i)) >= 0) {
        throw item.fault("flags not in order");
      }
    }
    if (flags.size() > Vote.MAX_KNOWN_FLAGS) {
      throw item.fault("too many flags");
    }
    return flags;
  }

  private static Map<String, Integer> parameters(Section header) throws DocumentSyntaxException {
    Item item = header.orNull("params");
    return item == null ? Map.of() : Fields.numbers(item, true);
  }

  private static Vote.Voter voter(Section header, KeyCertificate certificate)
      throws DocumentSyntaxException {
    Item source = header.one("dir-source");
    RsaIdentity identity = Fields.hexIdentity(source, 1);
    if (!identity.equals(certificate.identity())) {
      throw source.fault("another identity than in the certificate");
    }
    Item contact = header.one("contact");
    if (contact.start() < source.start()) {
      throw contact.fault("before dir-source");
    }
    if (IpLiteral.parse(source.arg(3)).filter(ip -> ip.length == 4).isEmpty()) {
      throw source.fault("no IPv4 address");
    }
    Item legacy = header.orNull("legacy-dir-key");
    return new Vote.Voter(
        source.arg(0),
        identity,
        source.arg(2),
        IpLiteral.format(IpLiteral.parse(source.arg(3)).orElseThrow()),
        Fields.port(source, 4),
        Fields.port(source, 5),
        contact.argumentText(),
        legacy == null ? null : legacyIdentity(legacy));
  }

  private static @Nullable RsaIdentity legacyIdentity(Item item) throws DocumentSyntaxException {
    try {
      return RsaIdentity.fromHex(item.arg(0));
    } catch (MalformedException e) {
      return null; // C tor goes on without it
    }
  }

  private static SharedRandomVote sharedRandom(Section header) throws DocumentSyntaxException {
    boolean participates = header.has("shared-rand-participate");
    List<SharedRandomCommit> commits = new ArrayList<>();
    if (participates) {
      for (Item item : header.all("shared-rand-commit")) {
        if (commits.size() < SharedRandomVote.MAX_COMMITS) {
          SharedRandomCommit.parse(item.args()).ifPresent(commits::add);
        }
      }
    }
    SharedRandom values =
        new SharedRandom(
            value(header.orNull("shared-rand-previous-value")),
            value(header.orNull("shared-rand-current-value")));
    return new SharedRandomVote(participates, commits, values);
  }

  /** A malformed value counts as none, as in C tor. */
  private static SharedRandom.@Nullable Value value(@Nullable Item item)
      throws DocumentSyntaxException {
    if (item == null) {
      return null;
    }
    try {
      byte[] value = Base64s.decode(item.arg(1));
      return value.length == SharedRandom.Value.LENGTH
          ? new SharedRandom.Value(Integer.parseUnsignedInt(item.arg(0)), Bytes.copyOf(value))
          : null;
    } catch (MalformedException | NumberFormatException e) {
      return null;
    }
  }

  private static VoteEntry entry(Section items, List<String> knownFlags)
      throws DocumentSyntaxException {
    Item r = items.one("r");
    String nickname = Fields.nickname(r, 0);
    RsaIdentity identity = new RsaIdentity(Fields.base64(r, 1, RsaIdentity.LENGTH));
    Bytes descriptorDigest = Fields.base64(r, 2, 20);
    Instant published = published(r);
    Bytes address =
        IpLiteral.parse(r.arg(5))
            .filter(ip -> ip.length == 4)
            .map(Bytes::copyOf)
            .orElseThrow(() -> r.fault("no IPv4 address"));
    Item pr = items.one("pr");
    checkProtocols(pr);
    Item p = items.orNull("p");
    if (p != null
        && !p.argumentText().startsWith("accept ")
        && !p.argumentText().startsWith("reject ")) {
      throw p.fault("unknown policy summary");
    }
    Weights w = Weights.of(items.orNull("w"));
    Bytes ed25519 = ed25519(items.all("id"));
    return new VoteEntry(
        nickname,
        identity,
        descriptorDigest,
        published,
        new org.tunic.directory.linkspec.RelayAddress(address, lenientPort(r.arg(6))),
        lenientPort(r.arg(7)),
        Fields.ipv6OrPort(items.all("a")).orElse(null),
        flags(items.one("s"), knownFlags),
        text(items.orNull("v")),
        pr.argumentText(),
        w.bandwidth,
        w.measured,
        w.guardFraction,
        text(p),
        ed25519 != null,
        ed25519 == null ? VoteEntry.NO_ED25519 : ed25519,
        items.all("m").stream().map(Item::argumentText).toList());
  }

  private static Instant published(Item r) throws DocumentSyntaxException {
    try {
      return NetdocTime.parse(r.arg(3), r.arg(4));
    } catch (DateTimeException e) {
      throw r.fault("not a valid time");
    }
  }

  /** C tor reads what is no port as 0. */
  private static int lenientPort(String text) {
    return Math.max(0, org.tunic.directory.linkspec.RelayAddress.port(text));
  }

  private static void checkProtocols(Item pr) throws DocumentSyntaxException {
    try {
      ProtocolVersions.parse(pr.argumentText());
    } catch (ProtocolSyntaxException e) {
      throw pr.fault("malformed protocol list");
    }
  }

  private static long flags(Item s, List<String> knownFlags) throws DocumentSyntaxException {
    long flags = 0;
    for (String flag : s.args()) {
      int index = knownFlags.indexOf(flag);
      if (index < 0) {
        throw s.fault("flag that is not among the known ones");
      }
      flags |= 1L << index;
    }
    return flags;
  }

  /**
   * The Ed25519 identity; all zero for {@code none}, null if nothing is said. The last line counts.
   */
  private static @Nullable Bytes ed25519(List<Item> lines) throws DocumentSyntaxException {
    Bytes found = null;
    for (Item line : lines) {
      if (line.arg(0).equals("ed25519")) {
        found = line.arg(1).equals("none") ? VoteEntry.NO_ED25519 : Fields.base64(line, 1, 32);
      }
    }
    return found;
  }

  private record Weights(long bandwidth, long measured, int guardFraction) {
    static Weights of(@Nullable Item w) throws DocumentSyntaxException {
      long bandwidth = -1;
      long measured = -1;
      int guardFraction = -1;
      if (w != null) {
        for (String arg : w.args()) {
          if (arg.startsWith("Bandwidth=")) {
            bandwidth = number(w, arg.substring("Bandwidth=".length()));
          } else if (arg.startsWith("Measured=")) {
            measured = number(w, arg.substring("Measured=".length()));
          } else if (arg.startsWith("GuardFraction=")) {
            guardFraction = (int) number(w, arg.substring("GuardFraction=".length()));
            if (guardFraction > 100) {
              throw w.fault("guard fraction above 100 percent");
            }
          }
        }
      }
      return new Weights(bandwidth, measured, guardFraction);
    }
  }

  private static void checkOrder(List<VoteEntry> entries) throws DocumentSyntaxException {
    int last = entries.size() - 1;
    if (last > 0 && entries.get(last - 1).identity().compareTo(entries.get(last).identity()) >= 0) {
      throw new DocumentSyntaxException("r", 0, "entries not in order of identity");
    }
  }

  private static void checkUniqueEd25519(List<VoteEntry> entries) throws DocumentSyntaxException {
    Set<Bytes> seen = new HashSet<>();
    for (VoteEntry entry : entries) {
      if (!entry.ed25519().isZero() && !seen.add(entry.ed25519())) {
        throw new DocumentSyntaxException("id", 0, "two relays with one Ed25519 identity");
      }
    }
  }

  private Bytes checkSignature(int footerStart, KeyCertificate certificate)
      throws DocumentSyntaxException {
    Section footer = FOOTER.readUntil(tokenizer(footerStart, document.length()), document);
    Item mark = footer.orNull("directory-footer");
    List<Item> signatures = footer.all("directory-signature");
    Item signature = signatures.getFirst();
    if (mark != null && mark.start() > signature.start()) {
      throw mark.fault("after the signature");
    }
    boolean named = signature.argCount() > 2;
    if (named && !signature.arg(0).equals(DirectorySignature.SHA1)) {
      throw signature.fault("a vote is signed over SHA-1");
    }
    if (signatures.size() != 1) {
      throw signature.fault("a vote has one signature");
    }
    RsaIdentity identity = Fields.hexIdentity(signature, named ? 1 : 0);
    Fields.hexIdentity(signature, named ? 2 : 1);
    Bytes body = Bytes.copyOf(signature.object("SIGNATURE"));
    if (body.length() < DirectorySignature.MIN_LENGTH
        || body.length() > DirectorySignature.MAX_LENGTH) {
      throw signature.fault("length of the signature");
    }
    byte[] digest = document.sha1(0, signature.afterKeywordAndSpace());
    if (!identity.equals(certificate.identity()) || !certificate.verify(digest, body)) {
      throw signature.fault("signature does not verify");
    }
    return Bytes.copyOf(digest);
  }

  private static long number(Item item, String text) throws DocumentSyntaxException {
    try {
      long value = Long.parseLong(text);
      if (value >= 0 && value <= 0xffffffffL && text.charAt(0) != '+') {
        return value;
      }
    } catch (NumberFormatException e) {
      throw item.fault("not a number");
    }
    throw item.fault("number out of range");
  }

  private static @Nullable String text(@Nullable Item item) {
    return item == null ? null : item.argumentText();
  }
}
