package org.tunic.directory.serve;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tunic.crypto.bytes.Bytes;
import org.tunic.crypto.identity.RsaIdentity;
import org.tunic.directory.doc.consensus.DirectorySignature.CertificateId;
import org.tunic.directory.doc.extrainfo.ExtraInfo;
import org.tunic.directory.doc.keycertificate.KeyCertificate;
import org.tunic.directory.doc.microdescriptor.Microdescriptor;
import org.tunic.directory.doc.routerdescriptor.RouterDescriptor;
import org.tunic.directory.doc.vote.Vote;
import org.tunic.directory.fetch.DirAnswer;
import org.tunic.directory.fetch.DirRequest;
import org.tunic.directory.netdoc.NetdocText;

/**
 * Answers directory requests from the documents on the board, with C tor's status codes and words.
 *
 * <p>Bodies are plain text: content coding, and the {@code Date}, {@code Content-…} and {@code
 * X-Your-Address-Is} headers are the transport's, which also answers 503 when it is too busy. A
 * target may end in {@code .z}, which means nothing here.
 *
 * <p>One answer holds the documents of at most {@link DigestLists#MAX_ELEMENTS} digests and at most
 * {@link #MAX_ANSWER_BYTES}; what is missing the asker asks for again. Only {@code /all} is longer,
 * and is made once for all askers.
 *
 * <p>Spec: dir-spec/general-use-http-urls, dir-spec/serving-bandwidth-list-files,
 * dir-spec/standards-compliance. Threads: any, because it keeps nothing but the bodies of a few
 * documents, which guard themselves.
 */
public final class DirectoryResponder {
  /** Bytes of documents in one answer to a list of digests, before compression. */
  static final int MAX_ANSWER_BYTES = 8 * 1024 * 1024;

  private static final String COMPRESSED = ".z";
  private static final String SCHEME = "http://";
  private static final String ROOT = "/tor/";
  private static final String CURRENT_CONSENSUS = "/tor/status-vote/current/consensus";
  private static final String CURRENT = "/tor/status-vote/current/";
  private static final String NEXT = "/tor/status-vote/next/";
  private static final String BANDWIDTHS = "/tor/status-vote/next/bandwidth";
  private static final String MICRODESCRIPTORS = "/tor/micro/d/";
  private static final String DESCRIPTORS = "/tor/server/";
  private static final String EXTRA_INFOS = "/tor/extra/";
  private static final String KEYS = "/tor/keys/";
  private static final String ROBOTS = "/tor/robots.txt";
  private static final String BY_DIGEST = "d/";
  private static final String BY_FINGERPRINT = "fp/";

  private static final Duration ROBOTS_LIFETIME = Duration.ofDays(1);
  private static final Duration VOTES_LIFETIME = Duration.ofMinutes(1);
  private static final Duration BANDWIDTHS_LIFETIME = Duration.ofMinutes(30);
  private static final Duration KEYS_LIFETIME = Duration.ofHours(1);
  private static final Duration ALL_LIFETIME = Duration.ofHours(1);
  private static final Duration DESCRIPTOR_LIFETIME = Duration.ofDays(2);

  /** Descriptors older than this are given out by digest only. */
  private static final Duration MAX_DESCRIPTOR_AGE = Duration.ofDays(1);

  private static final Bytes ROBOTS_TEXT = bytes("User-agent: *\r\nDisallow: /\r\n");

  private final DocumentBoard board;
  private final @Nullable Uploads uploads;
  private final InstantSource clock;
  private final RenderedBodies rendered = new RenderedBodies();

  /**
   * The responder of a relay that takes no uploads.
   *
   * @param clock for expiry times, and to hold back a consensus a day out of its time
   */
  public DirectoryResponder(DocumentBoard board, InstantSource clock) {
    this(board, clock, null);
  }

  /**
   * The responder of an authority.
   *
   * @param uploads takes what is posted; null for a node that is no authority
   */
  public DirectoryResponder(DocumentBoard board, InstantSource clock, @Nullable Uploads uploads) {
    this.board = board;
    this.clock = clock;
    this.uploads = uploads;
  }

  /**
   * The answer to a request. It never throws, whatever the request holds.
   *
   * @param request its body, for a POST, of a length the transport has bounded
   */
  public DirAnswer answer(DirRequest request) {
    return switch (request.method()) {
      case GET -> get(request);
      case POST -> post(request);
    };
  }

  private DirAnswer post(DirRequest request) {
    if (uploads == null) {
      return DirAnswer.empty(
          400, "Nonauthoritative directory does not accept posted server descriptors");
    }
    return switch (belowRoot(request.path())) {
      case "/tor/" -> uploads.descriptors(request.body());
      case "/tor/post/vote" -> uploads.vote(request.body());
      case "/tor/post/consensus-signature" -> uploads.signatures(request.body());
      default -> notFound();
    };
  }

  private DirAnswer get(DirRequest request) {
    String target = belowRoot(request.path());
    if (target.endsWith(COMPRESSED)) {
      target = target.substring(0, target.length() - COMPRESSED.length());
    }
    Instant now = clock.instant();
    ServedDocuments documents = board.documents();
    if (target.startsWith(CURRENT_CONSENSUS)) {
      return new ConsensusRequest(target.substring(CURRENT_CONSENSUS.length()), request.headers())
          .answer(documents, rendered, now);
    }
    if (target.startsWith(CURRENT)) {
      return votes(currentVotes(documents, target.substring(CURRENT.length())), now);
    }
    if (target.equals(BANDWIDTHS)) {
      Bytes file = documents.voting().bandwidthFile();
      return file == null ? notFound() : expiring(DirAnswer.ok(file), BANDWIDTHS_LIFETIME, now);
    }
    if (target.startsWith(NEXT)) {
      return votes(nextVotes(documents, target.substring(NEXT.length())), now);
    }
    if (target.startsWith(MICRODESCRIPTORS)) {
      return microdescriptors(documents, target.substring(MICRODESCRIPTORS.length()), now);
    }
    if (target.startsWith(DESCRIPTORS)) {
      return descriptors(documents, target.substring(DESCRIPTORS.length()), now);
    }
    if (target.startsWith(EXTRA_INFOS)) {
      return extraInfos(documents, target.substring(EXTRA_INFOS.length()), now);
    }
    if (target.startsWith(KEYS)) {
      return keys(documents, target.substring(KEYS.length()), request, now);
    }
    return target.equals(ROBOTS)
        ? expiring(DirAnswer.ok(ROBOTS_TEXT), ROBOTS_LIFETIME, now)
        : notFound();
  }

  /**
   * The target below {@link #ROOT}: C tor drops the scheme and host that proxies leave in front,
   * and puts targets outside of the root into it.
   */
  private static String belowRoot(String target) {
    String path = target;
    if (target.startsWith(SCHEME)) {
      int slash = target.indexOf('/', SCHEME.length());
      path = slash < 0 ? "/" : target.substring(slash);
    }
    if (path.startsWith(ROOT)) {
      return path;
    }
    return path.startsWith("/") ? "/tor" + path : ROOT + path;
  }

  // ---- votes ----

  private static Stream<NetdocText> currentVotes(ServedDocuments documents, String name) {
    return votes(documents, name, documents.voting()::previousOf);
  }

  private static Stream<NetdocText> nextVotes(ServedDocuments documents, String name) {
    return switch (name) {
      case "consensus" -> documents.voting().pendingConsensus().stream();
      case "consensus-signatures" -> documents.voting().pendingSignatures().stream();
      default -> votes(documents, name, documents.voting()::pendingOf);
    };
  }

  private static Stream<NetdocText> votes(
      ServedDocuments documents, String name, Function<RsaIdentity, Optional<Vote>> ofAuthority) {
    Stream<Vote> found;
    if (name.equals("authority")) {
      found = documents.own().authority().flatMap(ofAuthority).stream();
    } else if (name.startsWith(BY_DIGEST)) {
      found =
          DigestLists.sha1(name.substring(BY_DIGEST.length())).stream()
              .flatMap(d -> documents.voting().byDigest(d).stream());
    } else {
      found = DigestLists.identities(name).stream().flatMap(id -> ofAuthority.apply(id).stream());
    }
    return found.map(Vote::text);
  }

  private static DirAnswer votes(Stream<NetdocText> found, Instant now) {
    List<NetdocText> texts = found.toList();
    return texts.isEmpty() ? notFound() : expiring(joined(texts), VOTES_LIFETIME, now);
  }

  // ---- relays ----

  private static DirAnswer microdescriptors(
      ServedDocuments documents, String digests, Instant now) {
    List<NetdocText> found =
        DigestLists.sha256(digests).stream()
            .flatMap(d -> documents.microdescriptor(d).stream())
            .map(Microdescriptor::text)
            .toList();
    return found.isEmpty() ? notFound() : expiring(joined(found), DESCRIPTOR_LIFETIME, now);
  }

  private DirAnswer descriptors(ServedDocuments documents, String name, Instant now) {
    if (name.equals("all")) {
      return all(
          "server/all",
          documents,
          () -> recent(documents.allDescriptors(), now).map(RouterDescriptor::text),
          now);
    }
    Optional<Stream<RouterDescriptor>> found =
        name.startsWith(BY_DIGEST)
            ? Optional.of(
                DigestLists.sha1(name.substring(BY_DIGEST.length())).stream()
                    .flatMap(d -> documents.descriptor(d).stream()))
            : named(documents, name).map(relays -> recent(relays.toList(), now));
    return relays(found.map(some -> some.map(RouterDescriptor::text)), now);
  }

  private DirAnswer extraInfos(ServedDocuments documents, String name, Instant now) {
    Function<Stream<RouterDescriptor>, Stream<ExtraInfo>> theirs =
        relays ->
            relays
                .flatMap(d -> documents.extraInfoOf(d).stream())
                .filter(e -> isRecent(e.published(), now));
    if (name.equals("all")) {
      return all(
          "extra/all",
          documents,
          () -> theirs.apply(documents.allDescriptors().stream()).map(ExtraInfo::text),
          now);
    }
    Optional<Stream<ExtraInfo>> found =
        name.startsWith(BY_DIGEST)
            ? Optional.of(
                DigestLists.sha1(name.substring(BY_DIGEST.length())).stream()
                    .flatMap(d -> documents.extraInfo(d).stream()))
            : named(documents, name).map(theirs);
    return relays(found.map(some -> some.map(ExtraInfo::text)), now);
  }

  /** The relays behind {@code authority} or {@code fp/…}; empty for any other name. */
  private static Optional<Stream<RouterDescriptor>> named(ServedDocuments documents, String name) {
    if (name.equals("authority")) {
      return Optional.of(Stream.ofNullable(documents.own().descriptor()));
    }
    if (name.startsWith(BY_FINGERPRINT)) {
      return Optional.of(
          DigestLists.identities(name.substring(BY_FINGERPRINT.length())).stream()
              .flatMap(id -> documents.descriptorOf(id).stream()));
    }
    return Optional.empty();
  }

  private static Stream<RouterDescriptor> recent(Collection<RouterDescriptor> relays, Instant now) {
    return relays.stream().filter(d -> isRecent(d.published(), now));
  }

  private static boolean isRecent(Instant published, Instant now) {
    return !published.isBefore(now.minus(MAX_DESCRIPTOR_AGE));
  }

  private static DirAnswer relays(Optional<Stream<NetdocText>> found, Instant now) {
    List<NetdocText> texts = found.orElse(Stream.empty()).toList();
    if (texts.isEmpty()) {
      return found.isPresent() ? DirAnswer.empty(404, "Servers unavailable") : notFound();
    }
    DirAnswer answer = joined(texts);
    return texts.size() == 1
        ? expiring(answer, DESCRIPTOR_LIFETIME, now)
        : answer.with("Pragma", "no-cache");
  }

  private DirAnswer all(
      String name, ServedDocuments documents, Supplier<Stream<NetdocText>> texts, Instant now) {
    List<Object> sources = List.of(documents.own(), documents.uploaded(), documents.cached());
    Bytes body = rendered.body(name, sources, () -> concatenated(texts.get().toList()));
    return body.length() == 0
        ? DirAnswer.empty(404, "Servers unavailable")
        : expiring(DirAnswer.ok(body), ALL_LIFETIME, now);
  }

  // ---- key certificates ----

  private static DirAnswer keys(
      ServedDocuments documents, String name, DirRequest request, Instant now) {
    List<KeyCertificate> known = documents.certificates();
    Stream<KeyCertificate> found;
    if (name.equals("all")) {
      found = known.stream();
    } else if (name.equals("authority")) {
      found = Stream.ofNullable(documents.own().certificate());
    } else if (name.startsWith(BY_FINGERPRINT)) {
      found =
          DigestLists.identities(name.substring(BY_FINGERPRINT.length())).stream()
              .flatMap(id -> newest(known.stream().filter(c -> c.identity().equals(id))));
    } else if (name.startsWith("sk/")) {
      found =
          DigestLists.identities(name.substring("sk/".length())).stream()
              .flatMap(sk -> newest(known.stream().filter(c -> c.signingKeyDigest().equals(sk))));
    } else if (name.startsWith("fp-sk/")) {
      found =
          DigestLists.pairs(name.substring("fp-sk/".length())).stream()
              .flatMap(id -> newest(known.stream().filter(c -> id(c).equals(id))));
    } else {
      return DirAnswer.empty(400, "Bad request");
    }
    List<KeyCertificate> certificates = found.toList();
    if (certificates.isEmpty()) {
      return notFound();
    }
    Optional<Instant> since = request.headers().get("If-Modified-Since").flatMap(HttpTime::parse);
    List<NetdocText> modified =
        certificates.stream()
            .filter(c -> !since.map(c.published()::isBefore).orElse(false))
            .map(KeyCertificate::text)
            .toList();
    return modified.isEmpty()
        ? DirAnswer.empty(304, "Not modified")
        : expiring(joined(modified), KEYS_LIFETIME, now);
  }

  private static CertificateId id(KeyCertificate certificate) {
    return new CertificateId(certificate.identity(), certificate.signingKeyDigest());
  }

  private static Stream<KeyCertificate> newest(Stream<KeyCertificate> some) {
    return some.max(Comparator.comparing(KeyCertificate::published)).stream();
  }

  // ---- answers ----

  static DirAnswer notFound() {
    return DirAnswer.empty(404, "Not found");
  }

  /** Says until when the answer may be kept. */
  static DirAnswer expiring(DirAnswer answer, Duration lifetime, Instant now) {
    return lifetime.isPositive()
        ? answer.with("Expires", HttpTime.format(now.plus(lifetime)))
        : answer.with("Pragma", "no-cache");
  }

  /** As many of the texts, from the first on, as fit into an answer; at least one. */
  private static DirAnswer joined(List<NetdocText> texts) {
    int fitting = 0;
    for (long bytes = 0; fitting < texts.size(); fitting++) {
      bytes += texts.get(fitting).length();
      if (bytes > MAX_ANSWER_BYTES && fitting > 0) {
        break;
      }
    }
    return DirAnswer.ok(concatenated(texts.subList(0, fitting)));
  }

  private static Bytes concatenated(List<NetdocText> texts) {
    StringBuilder all =
        new StringBuilder(texts.stream().mapToInt(NetdocText::length).reduce(0, Math::addExact));
    texts.forEach(t -> all.append(t.text()));
    return bytes(all.toString());
  }

  static Bytes bytes(String latin1) {
    return Bytes.copyOf(latin1.getBytes(StandardCharsets.ISO_8859_1));
  }
}
