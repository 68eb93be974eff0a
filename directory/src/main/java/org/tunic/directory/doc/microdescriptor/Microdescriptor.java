package org.tunic.directory.doc.microdescriptor;

import static org.tunic.directory.netdoc.ItemTable.anyNumber;
import static org.tunic.directory.netdoc.ItemTable.atMostOnce;
import static org.tunic.directory.netdoc.ItemTable.exactlyOnce;

import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.Ed25519Identity;
import org.tunic.crypto.key.NtorPublicKey;
import org.tunic.directory.doc.Documents;
import org.tunic.directory.doc.Fields;
import org.tunic.directory.linkspec.RelayAddress;
import org.tunic.directory.netdoc.DocumentSyntaxException;
import org.tunic.directory.netdoc.Item;
import org.tunic.directory.netdoc.ItemTable;
import org.tunic.directory.netdoc.NetdocText;
import org.tunic.directory.netdoc.NetdocTime;
import org.tunic.directory.netdoc.Section;
import org.tunic.directory.policy.PolicySummary;
import org.tunic.directory.policy.PolicySyntaxException;

/**
 * A microdescriptor. It is not signed: the consensus names it by its digest, so look it up there
 * before believing a word.
 *
 * <p>Spec: dir-spec/computing-microdescriptors. Threads: immutable.
 *
 * @param text the document itself, without annotations
 * @param digest SHA-256 (32 bytes) of the text
 * @param ntorOnionKey the key for ntor handshakes
 * @param ed25519 the Ed25519 master identity; null in very old ones
 * @param ipv6OrPort an IPv6 OR port, which newer consensuses carry themselves; null for none
 * @param family who runs it
 * @param policy ports to most IPv4 addresses; reject all if there is no line
 * @param policy6 ports to most IPv6 addresses; reject all if there is no line
 */
public record Microdescriptor(
    NetdocText text,
    Bytes digest,
    NtorPublicKey ntorOnionKey,
    @Nullable Ed25519Identity ed25519,
    @Nullable RelayAddress ipv6OrPort,
    RelayFamily family,
    PolicySummary policy,
    PolicySummary policy6) {

  /** Longest microdescriptor believed, in bytes; real ones are below 8 KiB (large families). */
  public static final int MAX_LENGTH = 128 * 1024;

  /** The annotation in caches: when a consensus last listed it. */
  private static final String LAST_LISTED = "@last-listed";

  private static final ItemTable ITEMS =
      ItemTable.of(
          exactlyOnce("onion-key").asFirst().exactArgs(0).optionalObject("RSA PUBLIC KEY"),
          exactlyOnce("ntor-onion-key").args(1),
          anyNumber("id").args(2),
          anyNumber("a").args(1),
          atMostOnce("family"),
          atMostOnce("family-ids"),
          atMostOnce("p"),
          atMostOnce("p6"),
          atMostOnce(LAST_LISTED).args(2));

  /** One microdescriptor of a cache file, with when a consensus last listed it. */
  public record Cached(Microdescriptor microdescriptor, @Nullable Instant lastListed) {}

  /**
   * Reads one microdescriptor, without annotations.
   *
   * @throws DocumentSyntaxException if it is malformed: drop it
   */
  public static Microdescriptor parse(NetdocText text) throws DocumentSyntaxException {
    checkLength(text);
    return of(text, ITEMS.read(text));
  }

  /**
   * Reads many, one after the other; malformed ones are left out, as their digests will be missed.
   *
   * @param text as served for {@code /tor/micro/d/…}
   */
  public static List<Microdescriptor> parseAll(NetdocText text) {
    return Documents.parseAll(text, "onion-key", Microdescriptor::parse);
  }

  /** Reads one microdescriptor of a cache file: annotations first. */
  public static Cached parseCached(NetdocText annotated) throws DocumentSyntaxException {
    checkLength(annotated);
    Section items = ITEMS.readAnnotated(annotated);
    Item listed = items.orNull(LAST_LISTED);
    Instant lastListed = listed == null ? null : NetdocTime.at(listed, 0);
    int start = items.one("onion-key").start();
    return new Cached(of(annotated.part(start, annotated.length()), items), lastListed);
  }

  private static void checkLength(NetdocText text) throws DocumentSyntaxException {
    if (text.length() > MAX_LENGTH) {
      throw new DocumentSyntaxException("onion-key", 0, "microdescriptor far too long");
    }
  }

  private static Microdescriptor of(NetdocText text, Section items) throws DocumentSyntaxException {
    Item family = items.orNull("family");
    Item familyIds = items.orNull("family-ids");
    return new Microdescriptor(
        text,
        Bytes.copyOf(text.sha256(0, text.length())),
        Fields.ntorKey(items.one("ntor-onion-key"), 0),
        identity(items.all("id")),
        Fields.ipv6OrPort(items.all("a")).orElse(null),
        RelayFamily.of(
            family == null ? List.of() : family.args(),
            familyIds == null ? List.of() : familyIds.args()),
        summary(items.orNull("p")),
        summary(items.orNull("p6")));
  }

  private static @Nullable Ed25519Identity identity(List<Item> lines)
      throws DocumentSyntaxException {
    Ed25519Identity found = null;
    for (Item line : lines) {
      if (line.arg(0).equals("ed25519")) {
        if (found != null) {
          throw line.fault("a second Ed25519 identity");
        }
        found = Fields.ed25519(line, 1);
      }
    }
    return found;
  }

  /** A malformed summary rejects everything, as in C tor, and does not spoil the document. */
  private static PolicySummary summary(@Nullable Item item) {
    if (item == null) {
      return PolicySummary.REJECT_ALL;
    }
    try {
      return PolicySummary.parse(item.argumentText());
    } catch (PolicySyntaxException e) {
      return PolicySummary.REJECT_ALL;
    }
  }

  /** The digest as URLs and consensuses write it: base64 without padding, 43 characters. */
  public String digestBase64() {
    return Base64.getEncoder().withoutPadding().encodeToString(digest.toArray());
  }

  /** The Ed25519 master identity, if it has one. */
  public Optional<Ed25519Identity> ed25519Identity() {
    return Optional.ofNullable(ed25519);
  }

  /** The text as our cache holds it: the annotation, then the document. */
  public String cacheEntry(Instant lastListed) {
    return LAST_LISTED + " " + NetdocTime.format(lastListed) + "\n" + text.text();
  }
}
